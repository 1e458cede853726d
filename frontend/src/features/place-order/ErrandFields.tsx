import { Plus } from "lucide-react";
import { useFieldArray, useFormContext } from "react-hook-form";
import { useTranslations } from "use-intl";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Field } from "@/shared/ui/Field";
import { ItemRow } from "./ItemRow";
import type { Draft } from "./shape";
import { useFieldError } from "./use-field-error";

const ITEMS_MOST = 20;

/** Where from, and what. */
export function ErrandFields() {
  const t = useTranslations("placeOrder");
  const { register, control } = useFormContext<Draft>();
  const { fields, append, remove } = useFieldArray({ control, name: "items" });
  const error = useFieldError();
  return (
    <>
      <Card aria-labelledby="from">
        <h2 id="from">{t("from")}</h2>
        <div className="mt-4 grid gap-4 md:grid-cols-2">
          <Field
            label={t("store")}
            placeholder={t("storeHint")}
            error={error("store")}
            {...register("store")}
          />
          <Field
            label={t("location")}
            placeholder={t("locationHint")}
            error={error("location")}
            {...register("location")}
          />
        </div>
      </Card>
      <Card aria-labelledby="what" className="flex flex-col gap-4">
        <h2 id="what">{t("what")}</h2>
        <p className="text-sm text-fg-muted">{t("estimate")}</p>
        {fields.map((field, index) => (
          <ItemRow
            key={field.id}
            index={index}
            onRemove={fields.length > 1 ? () => remove(index) : undefined}
          />
        ))}
        <Button
          kind="secondary"
          disabled={fields.length >= ITEMS_MOST}
          onClick={() => append({ name: "", quantity: 1, price: "" })}
        >
          <Plus aria-hidden="true" size={18} />
          {t("add")}
        </Button>
      </Card>
    </>
  );
}

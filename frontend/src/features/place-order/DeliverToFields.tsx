import { useFormContext, useWatch } from "react-hook-form";
import { useTranslations } from "use-intl";
import { Card } from "@/shared/ui/Card";
import { Field, TextArea } from "@/shared/ui/Field";
import type { Draft } from "./shape";
import { useFieldError } from "./use-field-error";

const NOTE_MOST = 100;

/** Where to bring it. */
export function DeliverToFields() {
  const t = useTranslations("placeOrder");
  const { register, control } = useFormContext<Draft>();
  const note = useWatch({ control, name: "note" });
  const error = useFieldError();
  return (
    <Card aria-labelledby="to">
      <h2 id="to">{t("to")}</h2>
      <div className="mt-4 grid gap-4 md:grid-cols-2">
        <Field
          label={t("building")}
          placeholder={t("buildingHint")}
          error={error("building")}
          {...register("building")}
        />
        <Field label={t("room")} placeholder={t("roomHint")} error={error("room")} {...register("room")} />
        <div className="md:col-span-2">
          <TextArea
            label={t("note")}
            hint={t("noteLeft", { left: NOTE_MOST - note.length })}
            error={error("note")}
            maxLength={NOTE_MOST}
            {...register("note")}
          />
        </div>
      </div>
    </Card>
  );
}

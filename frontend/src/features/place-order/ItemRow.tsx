import { Minus, Plus, Trash2 } from "lucide-react";
import { useFormContext, useWatch } from "react-hook-form";
import { useTranslations } from "use-intl";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import type { Draft } from "./shape";
import { useFieldError } from "./use-field-error";

/** One thing to buy. Enter in it adds nothing and sends nothing. */
export function ItemRow({ index, onRemove }: { index: number; onRemove: (() => void) | undefined }) {
  const t = useTranslations("placeOrder");
  const { register, control, setValue } = useFormContext<Draft>();
  const { name, quantity } = useWatch({ control, name: `items.${index}` });
  const error = useFieldError();
  const set = (next: number) =>
    setValue(`items.${index}.quantity`, next, { shouldDirty: true, shouldValidate: true });
  const noSubmit = (event: React.KeyboardEvent) => {
    if (event.key === "Enter") event.preventDefault();
  };
  return (
    <div className="grid grid-cols-[1fr_auto] gap-x-2 gap-y-3 border-b border-border pb-4 md:grid-cols-[1fr_auto_9rem_auto]">
      <Field
        label={t("item")}
        onKeyDown={noSubmit}
        error={error(`items.${index}.name`)}
        {...register(`items.${index}.name`)}
      />
      <fieldset className="order-3 min-w-0 md:order-none">
        <legend className="mb-1.5 text-sm font-medium">{t("quantity")}</legend>
        <div className="flex items-center gap-2">
          <Button
            kind="secondary"
            className="size-12 !px-0"
            aria-label={t("fewer")}
            disabled={quantity <= 1}
            onClick={() => set(quantity - 1)}
          >
            <Minus aria-hidden="true" size={18} />
          </Button>
          <output className="tabular w-8 text-center">{quantity}</output>
          <Button
            kind="secondary"
            className="size-12 !px-0"
            aria-label={t("more")}
            disabled={quantity >= 99}
            onClick={() => set(quantity + 1)}
          >
            <Plus aria-hidden="true" size={18} />
          </Button>
        </div>
      </fieldset>
      <div className="order-4 w-28 md:order-none md:w-auto">
        <Field
          label={t("price")}
          inputMode="decimal"
          autoComplete="off"
          onKeyDown={noSubmit}
          error={error(`items.${index}.price`)}
          {...register(`items.${index}.price`)}
        />
      </div>
      <div className="order-2 mt-7 size-12 md:order-none">
        {onRemove && (
          <Button
            kind="quiet"
            className="size-12 !px-0"
            aria-label={t("remove", { name: name || t("nameless") })}
            onClick={onRemove}
          >
            <Trash2 aria-hidden="true" size={18} />
          </Button>
        )}
      </div>
    </div>
  );
}

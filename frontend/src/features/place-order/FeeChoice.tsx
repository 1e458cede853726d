import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { useTranslations } from "use-intl";
import type { Currency } from "@/shared/lib/money";
import { ChipChoice } from "@/shared/ui/ChipChoice";
import { Field } from "@/shared/ui/Field";
import { useMoney } from "@/shared/ui/Money";
import type { Draft } from "./shape";
import { useFieldError } from "./use-field-error";

const FEES = ["2", "3", "4", "5"];
/** What the runner earns: four amounts, or another. */
export function FeeChoice({ currency }: { currency: Currency }) {
  const t = useTranslations("placeOrder");
  const money = useMoney();
  const { control, setValue, register } = useFormContext<Draft>();
  const fee = useWatch({ control, name: "fee" });
  const [other, setOther] = useState(!FEES.includes(fee));
  const error = useFieldError();
  const choose = (next: string) => {
    setOther(false);
    setValue("fee", next, { shouldDirty: true, shouldValidate: true });
  };
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="text-sm font-medium" aria-hidden="true">
        {t("fee")}
      </p>
      <ChipChoice
        legend={t("fee")}
        name="fee"
        value={other ? "other" : fee}
        onChange={(next) => (next === "other" ? setOther(true) : choose(next))}
        options={[
          ...FEES.map((value) => ({
            value,
            label: money(Number(value) * 100, currency).replace(/[.,]00$/, ""),
          })),
          { value: "other", label: t("feeOther") },
        ]}
      />
      {other && (
        <Field
          label={t("feeAmount")}
          inputMode="decimal"
          autoComplete="off"
          error={error("fee")}
          {...register("fee")}
        />
      )}
      <p className="text-sm text-fg-subtle">{t("feeHint")}</p>
    </div>
  );
}

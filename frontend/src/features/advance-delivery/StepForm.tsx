import { type FormEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";
import type { Problem } from "@/shared/api/problem";
import { centsOf } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { useProblemText } from "@/shared/ui/use-problem-text";
import type { Step } from "./next-step";
import type { StepInput } from "./steps";

interface Props {
  step: Step;
  needsReceipt: boolean;
  /** Whether the runner has waited long enough at the door to do without the PIN. */
  mayLeave: boolean;
  pending: string | false;
  wrong: Problem | undefined;
  label: string;
  onSubmit: (input: Omit<StepInput, "to">) => void;
}

/** A step with what it needs: the till receipt of an errand, the customer's PIN. Its button is where the thumb is. */
export function StepForm({ step, needsReceipt, mayLeave, pending, wrong, label, onSubmit }: Props) {
  const t = useTranslations("runner.active");
  const problemText = useProblemText();
  const form = useId();
  const [text, setText] = useState("");
  const [bad, setBad] = useState<string>();
  const asks = step === "PLACED" && needsReceipt ? "receipt" : step === "DELIVERED" ? "pin" : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const typed = text.trim();
    const cents = centsOf(typed);
    if (asks === "receipt" && cents === undefined) return setBad(t("receiptMissing"));
    if (asks === "pin" && !/^\d{4}$/.test(typed) && !(mayLeave && typed === ""))
      return setBad(t("pinMissing"));
    setBad(undefined);
    if (asks === "receipt" && cents !== undefined) onSubmit({ receipt_cents: cents });
    else onSubmit(asks === "pin" && typed !== "" ? { pin: typed } : {});
  };
  const field = {
    value: text,
    autoComplete: "off",
    error: bad ?? (wrong && problemText(wrong)),
    onChange: (event: { target: { value: string } }) => setText(event.target.value),
  };
  return (
    <>
      <form id={form} onSubmit={submit} noValidate className="empty:hidden">
        {asks === "receipt" && (
          <Field label={t("receipt")} hint={t("receiptHint")} inputMode="decimal" {...field} />
        )}
        {asks === "pin" && (
          <Field
            label={t("pin")}
            hint={mayLeave ? t("pinNotNeeded") : t("pinHint")}
            inputMode="numeric"
            maxLength={4}
            className="tabular text-2xl tracking-[0.5em]"
            {...field}
          />
        )}
      </form>
      {/* Above the tabs of a phone, whatever is scrolled. */}
      <div className="sticky bottom-[calc(4rem+env(safe-area-inset-bottom))] z-20 -mx-4 bg-bg px-4 py-3 md:static md:mx-0 md:p-0">
        <Button type="submit" form={form} size="large" wide pending={pending}>
          {label}
        </Button>
      </div>
    </>
  );
}

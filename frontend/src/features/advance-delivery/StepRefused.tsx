import { CircleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { useProblemText } from "@/shared/ui/use-problem-text";
import type { Step } from "./next-step";
import { steps } from "./steps";

/** A step that was taken and did not count, with the reason; it stays until it was read. */
export function StepRefused({ step, problem, orderId }: { step: Step; problem: Problem; orderId: string }) {
  const t = useTranslations("runner.active");
  const problemText = useProblemText();
  return (
    <div role="alert" className="flex gap-3 rounded-card border border-bad bg-bad-soft p-4 text-bad">
      <CircleAlert aria-hidden="true" size={20} className="mt-0.5 shrink-0" />
      <div className="flex flex-1 flex-col items-start gap-2">
        <p className="font-medium">{t("refused", { step: t(`next.${step}`) })}</p>
        <p className="text-sm">{problem.code === "stopped" ? t("stopped") : problemText(problem)}</p>
        <Button kind="secondary" size="small" onClick={() => void steps.dismiss(orderId)}>
          {t("understood")}
        </Button>
      </div>
    </div>
  );
}

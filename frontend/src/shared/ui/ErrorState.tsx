import { CircleAlert, Copy, RotateCw } from "lucide-react";
import { useTranslations } from "use-intl";
import { Problem } from "@/shared/api/problem";
import { announce } from "@/shared/lib/announce";
import { useCountdownFrom } from "@/shared/lib/use-countdown-from";
import { Button } from "./Button";
import { useProblemText } from "./use-problem-text";

/** What went wrong, in the words of whoever said no; with another try where that may help, and its trace for support. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const t = useTranslations("app");
  const problem = Problem.from(error);
  const wait = useCountdownFrom(problem.retryAfter ?? 0, problem);
  const copy = async (id: string) => {
    await navigator.clipboard.writeText(id);
    announce(t("copied"));
  };
  return (
    <div
      role="alert"
      className="flex flex-col items-start gap-3 rounded-card border border-bad bg-bad-soft p-4"
    >
      <p className="flex items-start gap-2 font-medium text-bad">
        <CircleAlert aria-hidden="true" size={20} className="mt-0.5 shrink-0" />
        <ProblemText problem={problem} />
      </p>
      <div className="flex flex-wrap gap-2">
        {onRetry && (
          <Button kind="secondary" size="small" disabled={wait > 0} onClick={onRetry}>
            <RotateCw aria-hidden="true" size={16} />
            {wait > 0 ? t("retryIn", { seconds: wait }) : t("retry")}
          </Button>
        )}
        {problem.traceId && (
          <Button kind="quiet" size="small" onClick={() => void copy(problem.traceId ?? "")}>
            <Copy aria-hidden="true" size={16} />
            {t("trace")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The platform's own sentence, which is English; in another language ours for its code. Ours too for what never reached it. */
export function ProblemText({ problem }: { problem: Problem }) {
  return useProblemText()(problem);
}

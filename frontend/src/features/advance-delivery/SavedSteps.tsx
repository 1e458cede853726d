import { CloudUpload } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Queued } from "@/shared/queue/queue";
import { Time } from "@/shared/ui/Time";
import type { StepInput } from "./steps";

/** What was done and is not sent: nobody but this phone knows of it yet. */
export function SavedSteps({ steps, durable }: { steps: Queued<StepInput>[]; durable: boolean }) {
  const t = useTranslations("runner.active");
  return (
    <section
      role="status"
      data-testid="saved-steps"
      className="flex gap-3 rounded-card border border-warn bg-warn-soft p-4 text-warn"
    >
      <CloudUpload aria-hidden="true" size={20} className="mt-0.5 shrink-0" />
      <div className="flex flex-col gap-1">
        <p className="font-medium">{durable ? t("saved") : t("savedPage")}</p>
        <ul className="text-sm">
          {steps.map(({ key, at, input }) => (
            <li key={key}>
              {t.rich("savedStepRich", { step: t(`next.${input.to}`), time: () => <Time at={at} /> })}
            </li>
          ))}
        </ul>
        {steps.some(({ input }) => input.to === "DELIVERED") && <p className="text-sm">{t("savedPin")}</p>}
      </div>
    </section>
  );
}

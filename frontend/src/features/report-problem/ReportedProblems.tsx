import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { Card } from "@/shared/ui/Card";
import { Time } from "@/shared/ui/Time";

/** What was reported, by whom, and what was answered. */
export function ReportedProblems({ order, viewer }: { order: Order; viewer: string | undefined }) {
  const t = useTranslations("order.report");
  if (order.problems.length === 0) return null;
  return (
    <Card aria-labelledby="problems">
      <h2 id="problems">{t("list")}</h2>
      <ul className="mt-2 flex flex-col divide-y divide-border">
        {order.problems.map((problem) => (
          <li key={`${problem.by}-${problem.at}`} className="flex flex-col gap-1 py-3">
            <p className="flex flex-wrap justify-between gap-x-4">
              <span className="font-medium">{t(`kind.${problem.kind}`)}</span>
              <span className="text-sm text-fg-muted">
                {problem.by === viewer ? t("byYou") : t("byOther")} <Time at={problem.at} />
              </span>
            </p>
            {problem.text && <p className="text-fg-muted">{problem.text}</p>}
            <p className="text-sm">
              {problem.resolved ? t("resolved", { text: problem.resolved }) : t("waiting")}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

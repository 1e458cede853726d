import { useTranslations } from "use-intl";
import { useServerNow } from "@/shared/lib/clock";
import { Countdown } from "@/shared/ui/Countdown";
import type { Order, Role } from "./queries";
import { isOver } from "./status";

/** How much time is left, and what happens then: to whoever reads it. */
export function DeadlineLine({ order, side }: { order: Pick<Order, "deadline" | "status">; side: Role }) {
  const t = useTranslations("order.deadline");
  const now = useServerNow();
  const { deadline } = order;
  if (!deadline || isOver(order.status)) return null;
  const key = `${side}.${deadline.consequence}` as `${Role}.cancel`;
  return (
    <p className="text-fg-muted">
      {Date.parse(deadline.at) <= now
        ? t("over")
        : t.rich("leftRich", { clock: () => <Countdown until={deadline.at} /> })}{" "}
      {/* A newer platform may know a consequence that this page does not. */}
      {t.has(key) && t(key)}
    </p>
  );
}

import { useTranslations } from "use-intl";
import {
  DeadlineLine,
  isOver,
  type Order,
  PATH,
  placeOnPath,
  useMoneyWords,
  useStatusWords,
} from "@/entities/order";
import { cn } from "@/shared/lib/cn";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { PageTitle } from "@/shared/ui/PageTitle";

/** One sentence of now: the state, until when, and what happens then. What ended says why, and where the money is. */
export function Now({ order }: { order: Order }) {
  const t = useTranslations("order");
  const words = useStatusWords();
  const money = useMoneyWords()(order);
  const cancelled = order.status === "CANCELLED";
  return (
    <Card className="flex flex-col gap-3">
      <PageTitle aside={order.overdue && !isOver(order.status) && <Chip tone="warn">{t("overdue")}</Chip>}>
        {words(order, "customer")}
      </PageTitle>
      {cancelled && order.reason && <p>{t(`ending.${order.reason}`)}</p>}
      {order.note && <p className="text-fg-muted">{order.note}</p>}
      {cancelled &&
        money.map((words) => (
          <p key={words} className="font-medium">
            {words}.
          </p>
        ))}
      {order.problem && !isOver(order.status) && (
        <p className="rounded-control bg-warn-soft p-3 text-warn">
          <span className="font-medium">{t("problem")}:</span> {order.problem}
        </p>
      )}
      <DeadlineLine order={order} side="customer" />
      {!cancelled && <Progress place={placeOnPath(order.status)} />}
    </Card>
  );
}

/** How far it is, for the eye; the timeline says it in words. */
function Progress({ place }: { place: number }) {
  return (
    <div aria-hidden="true" className="mt-1 grid grid-cols-6 gap-1.5">
      {PATH.slice(1).map((status, index) => (
        <span
          key={status}
          className={cn("h-1.5 rounded-full", index < place ? "bg-brand" : "bg-surface-2")}
        />
      ))}
    </div>
  );
}

import { useTranslations } from "use-intl";
import { MoneyLines, type Order, useMoneyWords } from "@/entities/order";
import { Card } from "@/shared/ui/Card";

/** What was ordered, where it goes, what it costs and where the money is. */
export function Ordered({ order }: { order: Order }) {
  const t = useTranslations("order");
  const words = useMoneyWords()(order);
  return (
    <Card className="flex flex-col gap-4">
      <div>
        <p className="font-semibold">{order.store.name}</p>
        <p className="text-sm text-fg-muted">{order.store.location}</p>
        <p className="mt-2 text-sm text-fg-muted">
          {t("to")} {order.deliver_to.building} {order.deliver_to.room}
        </p>
        {order.deliver_to.note && <p className="mt-1 text-sm text-fg-muted">{order.deliver_to.note}</p>}
      </div>
      <MoneyLines price={order.price} basis={order.basis} lines={order.lines} order={order} />
      {/* What is held has its line above, and of what was called off the top of the page says it. */}
      {order.status !== "CANCELLED" &&
        order.money?.stage !== "held" &&
        words.map((words) => (
          <p key={words} className="text-sm text-fg-muted">
            {words}.
          </p>
        ))}
    </Card>
  );
}

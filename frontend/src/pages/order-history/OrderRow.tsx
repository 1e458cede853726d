import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useTranslations } from "use-intl";
import { DeadlineLine, isOver, type Order, placedAt, StatusChip } from "@/entities/order";
import { useOrderAgain } from "@/features/place-order";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Money } from "@/shared/ui/Money";
import { Time } from "@/shared/ui/Time";

/** One order: where from, what, how much, how it stands; and the same again once it is over. */
export function OrderRow({ order }: { order: Order }) {
  const t = useTranslations("order");
  const again = useOrderAgain();
  const items = order.lines.map((line) => t("by", { quantity: line.quantity, name: line.name })).join(", ");
  const placed = placedAt(order);
  const over = isOver(order.status);
  return (
    <Card className="relative flex flex-col gap-2 hover:border-border-strong">
      <span className="flex items-start justify-between gap-4">
        <Link
          to="/orders/$id"
          params={{ id: order.order_id }}
          // The whole card leads there.
          className="font-semibold after:absolute after:inset-0 after:rounded-card"
        >
          {order.store.name}
        </Link>
        <Money cents={order.price.total_cents} currency={order.price.currency} />
      </span>
      <span className="-mt-1 text-sm text-fg-muted">
        {placed && (
          <>
            <Time at={placed} /> ·{" "}
          </>
        )}
        {items}
      </span>
      {!over && <DeadlineLine order={order} side="customer" />}
      {order.status === "CANCELLED" && order.reason && (
        <span className="text-sm text-fg-muted">{t(`reason.${order.reason}`)}</span>
      )}
      <span className="flex flex-wrap items-center justify-between gap-2">
        <StatusChip order={order} side="customer" />
        {over && (
          <span className="relative -my-2 -mr-4">
            <Button kind="quiet" size="small" onClick={() => void again(order)}>
              <RotateCcw aria-hidden="true" size={16} />
              {t("again")}
            </Button>
          </span>
        )}
      </span>
    </Card>
  );
}

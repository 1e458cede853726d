import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { useOrderAgain } from "@/features/place-order";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { useMoney } from "@/shared/ui/Money";

const MORE_CENTS = 100;
const CARD_REASONS = ["payment_declined", "no_payment_method", "action_timed_out"];

/** What can be done when an order is over: have it again, at a higher fee if nobody came, with another card if that was it. */
export function Ended({ order }: { order: Order }) {
  const t = useTranslations("order");
  const money = useMoney();
  const again = useOrderAgain();
  const { delivery_fee_cents: fee, currency } = order.price;
  const higher = order.reason === "expired" ? fee + MORE_CENTS : undefined;
  return (
    <Card className="flex flex-col gap-3">
      {order.reason && CARD_REASONS.includes(order.reason) && (
        <Link to="/payment" className={buttonClass({ wide: true })}>
          {t("addCard")}
        </Link>
      )}
      {higher !== undefined && (
        <Button wide onClick={() => void again(order, higher)}>
          {t("againWith", { fee: money(higher, currency) })}
        </Button>
      )}
      <Button kind="secondary" wide onClick={() => void again(order)}>
        <RotateCcw aria-hidden="true" size={18} />
        {t("again")}
      </Button>
      <Link
        to="/orders/$id/receipt"
        params={{ id: order.order_id }}
        className={buttonClass({ kind: "secondary", wide: true })}
      >
        {t("receipt")}
      </Link>
    </Card>
  );
}

import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { useMoney } from "@/shared/ui/Money";

/** What it earns, and what has to be laid out for it: two numbers that must not be taken for each other. */
export function Purse({ order }: { order: Order }) {
  const t = useTranslations("runner.active");
  const money = useMoney();
  const { price, money: purse } = order;
  const amount = (cents: number) => money(cents, price.currency);
  if (order.status === "CANCELLED") return null;
  if (purse && purse.paid_out_cents > 0) {
    return <p className="font-medium text-ok">{t("paid", { amount: amount(purse.paid_out_cents) })}</p>;
  }
  return (
    <dl className="grid grid-cols-2 gap-4 border-t border-border pt-3">
      <div className="flex flex-col-reverse">
        <dt className="text-sm text-fg-muted">{t("earns")}</dt>
        <dd className="tabular text-2xl font-semibold text-brand">
          {amount(price.delivery_fee_cents + price.tip_cents)}
        </dd>
      </div>
      <div className="flex flex-col-reverse">
        <dt className="text-sm text-fg-muted">
          {order.receipt_cents === undefined ? t("spends") : t("spent")}
        </dt>
        <dd className="tabular text-2xl font-semibold">{amount(order.receipt_cents ?? price.items_cents)}</dd>
      </div>
    </dl>
  );
}

import { Link } from "@tanstack/react-router";
import { Bike, Download } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { saveCsv } from "@/shared/lib/csv";
import { campusDay } from "@/shared/lib/time";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Money } from "@/shared/ui/Money";
import { Time } from "@/shared/ui/Time";
import { deliveredAt, earnedCents } from "./earned";

interface Props {
  orders: Order[];
  since: string;
  currency: Order["price"]["currency"];
}

/** Order by order: the fee, the tips, and the food that was paid back. */
export function Deliveries({ orders, since, currency }: Props) {
  const t = useTranslations("runner.earnings");
  const rows = orders.flatMap((order) => {
    const at = deliveredAt(order);
    return at && campusDay(at) >= since ? [{ order, at }] : [];
  });
  const save = () =>
    saveCsv(`campusg-${since}.csv`, [
      [t("csv.delivered"), t("csv.order"), t("csv.store"), t("fee"), t("tip"), t("food"), t("csv.currency")],
      ...rows.map(({ order, at }) => [
        at,
        order.order_id,
        order.store.name,
        // Spreadsheets count in whole units.
        order.price.delivery_fee_cents / 100,
        (order.price.tip_cents + (order.tipped_cents ?? 0)) / 100,
        (order.receipt_cents ?? order.price.items_cents) / 100,
        currency.toUpperCase(),
      ]),
    ]);
  if (rows.length === 0) {
    const find = (
      <Link to="/run" className={buttonClass()}>
        {t("find")}
      </Link>
    );
    return <EmptyState icon={Bike} text={t("empty")} action={find} />;
  }
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2>{t("deliveries")}</h2>
        <Button kind="secondary" size="small" onClick={save}>
          <Download aria-hidden="true" size={16} />
          {t("save")}
        </Button>
      </div>
      <ul className="mt-2 flex flex-col divide-y divide-border">
        {rows.map(({ order, at }) => (
          <li key={order.order_id}>
            <Link
              to="/run/active"
              search={{ order: order.order_id }}
              className="flex min-h-11 justify-between gap-4 py-3 hover:text-brand-ink"
            >
              <span className="min-w-0">
                <span className="block font-medium">{order.store.name}</span>
                <span className="block text-sm text-fg-muted">
                  <Time at={at} /> ·{" "}
                  {t.rich("partsRich", {
                    fee: () => <Money cents={order.price.delivery_fee_cents} currency={currency} />,
                    tip: () => (
                      <Money cents={order.price.tip_cents + (order.tipped_cents ?? 0)} currency={currency} />
                    ),
                    food: () => (
                      <Money cents={order.receipt_cents ?? order.price.items_cents} currency={currency} />
                    ),
                  })}
                </span>
              </span>
              <span className="font-semibold">
                <Money cents={earnedCents(order)} currency={currency} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

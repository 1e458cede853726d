import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ordersQuery } from "@/entities/order";
import { Card } from "@/shared/ui/Card";
import { Time } from "@/shared/ui/Time";

/** Deliveries that are handed over and not paid yet, with what is in the way if something is. */
export function OnTheirWay() {
  const t = useTranslations("runner.wallet");
  const delivered = useInfiniteQuery(ordersQuery({ role: "runner", status: "DELIVERED" }));
  const orders = delivered.data?.pages.flatMap((page) => page.orders) ?? [];
  if (orders.length === 0) return null;
  return (
    <Card>
      <h2>{t("onTheirWay")}</h2>
      <ul className="mt-2 flex flex-col divide-y divide-border">
        {orders.map((order) => (
          <li key={order.order_id}>
            <Link
              to="/run/active"
              search={{ order: order.order_id }}
              className="flex min-h-11 flex-col py-3 hover:text-brand-ink"
            >
              <span className="flex justify-between gap-4">
                <span className="font-medium">{order.store.name}</span>
                <span className="text-sm text-fg-muted">
                  <Time at={order.timeline.at(-1)?.at ?? ""} />
                </span>
              </span>
              <span className={order.problem ? "text-sm text-warn" : "text-sm text-fg-muted"}>
                {order.problem ?? t("settling")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { Bike, ChevronRight } from "lucide-react";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { isOver, type Order, ordersQuery } from "@/entities/order";
import { useMe } from "@/entities/user";
import { storage } from "@/shared/lib/storage";

const HAD_ONE = "underWay";

/** A delivery under way stays one tap away, also while somebody orders for themselves. */
export function UnderWayBar() {
  const t = useTranslations("app");
  const path = useLocation({ select: (location) => location.pathname });
  const me = useMe();
  const runs = me?.roles.includes("runner") ?? false;
  const deliveries = useInfiniteQuery({ ...ordersQuery({ role: "runner" }), enabled: runs });
  const orders = deliveries.data?.pages.flatMap((page) => page.orders) ?? [];
  const underWay = orders.filter(({ status }: Order) => !isOver(status) && status !== "DELIVERED");
  const [first] = underWay;
  const coming = me === undefined || (runs && deliveries.isPending);
  const has = first !== undefined;
  useEffect(() => {
    if (!coming) storage.write(HAD_ONE, has);
  }, [coming, has]);
  if (path === "/run/active") return null;
  // Whoever had one a moment ago most likely has it still: its place is kept, so that nothing moves when it comes.
  if (coming && storage.read<boolean>(HAD_ONE))
    return <div className="min-h-11 bg-brand-soft" data-role="runner" />;
  if (!first) return null;
  return (
    <aside aria-label={t("underWayLabel")}>
      <Link
        to="/run/active"
        search={{ order: first.order_id }}
        data-role="runner"
        className="flex min-h-11 items-center justify-center gap-2 bg-brand-soft px-4 py-2 text-sm font-medium text-brand-ink"
      >
        <Bike aria-hidden="true" size={18} className="shrink-0" />
        <span className="min-w-0">{t("underWay", { count: underWay.length, store: first.store.name })}</span>
        <ChevronRight aria-hidden="true" size={18} className="shrink-0" />
      </Link>
    </aside>
  );
}

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Receipt, SearchX } from "lucide-react";
import { useTranslations } from "use-intl";
import { isOver, type Order, ordersQuery } from "@/entities/order";
import { cn } from "@/shared/lib/cn";
import { Button, buttonClass } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Filters, MonthFilter } from "./Filters";
import { OrderRow } from "./OrderRow";
import type { HistorySearch } from "./search";

/** All orders of a customer, newest first, with those under way on top. */
export function OrderHistoryPage({ search }: { search: HistorySearch }) {
  const t = useTranslations("customer.orders");
  const app = useTranslations("app");
  const orders = useInfiniteQuery({
    ...ordersQuery({ role: "customer", ...search }),
    placeholderData: keepPreviousData,
  });
  const filtered = Object.keys(search).length > 0;
  return (
    <div className="flex flex-col gap-6">
      <PageTitle aside={<MonthFilter search={search} />}>{t("title")}</PageTitle>
      <Filters search={search} />
      <QueryView query={orders} skeleton={<SkeletonCards count={5} className="h-28" />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.orders);
          if (rows.length === 0) return filtered ? <Nothing /> : <First />;
          return (
            <div
              aria-busy={orders.isPlaceholderData}
              className={cn("flex flex-col gap-6", orders.isPlaceholderData && "opacity-60")}
            >
              <Rows title={t("underWay")} rows={rows.filter((row) => !isOver(row.status))} />
              <Rows title={t("earlier")} rows={rows.filter((row) => isOver(row.status))} />
              {orders.hasNextPage && (
                <Button
                  kind="secondary"
                  pending={orders.isFetchingNextPage && app("loading")}
                  onClick={() => void orders.fetchNextPage()}
                >
                  {app("more")}
                </Button>
              )}
            </div>
          );
        }}
      </QueryView>
    </div>
  );
}

function Rows({ title, rows }: { title: string; rows: Order[] }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <h2 className="text-fg-muted">{title}</h2>
      <ul className="flex flex-col gap-4">
        {rows.map((order) => (
          <li key={order.order_id}>
            <OrderRow order={order} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function First() {
  const t = useTranslations("customer.orders");
  const first = (
    <Link to="/order" className={buttonClass()}>
      {t("first")}
    </Link>
  );
  return <EmptyState icon={Receipt} text={t("empty")} action={first} />;
}

function Nothing() {
  const t = useTranslations("customer.orders");
  const clear = (
    <Link to="/orders" search={{}} className={buttonClass({ kind: "secondary" })}>
      {t("clear")}
    </Link>
  );
  return <EmptyState icon={SearchX} text={t("nothing")} action={clear} />;
}

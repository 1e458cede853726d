import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ordersQuery } from "@/entities/order";
import { Card } from "@/shared/ui/Card";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { averageWaitMinutes, favouritePlaces } from "./figures";

/** How long it took and where from, of the newest orders: the same list as the history begins with. */
export function Habits() {
  const t = useTranslations("customer.home");
  const orders = useInfiniteQuery(ordersQuery({ role: "customer" }));
  return (
    <QueryView query={orders} skeleton={<SkeletonCards count={1} className="h-40" />}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => page.orders);
        const wait = averageWaitMinutes(rows);
        return (
          <Card aria-labelledby="places" className="flex flex-col gap-3">
            <h2 id="places">{t("places")}</h2>
            <ol className="flex flex-col gap-2">
              {favouritePlaces(rows).map(({ name, count }) => (
                <li key={name} className="flex justify-between gap-4">
                  <span>{name}</span>
                  <span className="text-fg-muted">{t("times", { count })}</span>
                </li>
              ))}
            </ol>
            {wait !== undefined && (
              <p>
                {t("wait")}: <span className="tabular font-semibold">{t("minutes", { minutes: wait })}</span>
              </p>
            )}
            <p className="text-sm text-fg-subtle">{t("from", { count: rows.length })}</p>
          </Card>
        );
      }}
    </QueryView>
  );
}

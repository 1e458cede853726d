import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bike } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { isOver, type Order, orderQuery, ordersQuery } from "@/entities/order";
import { Problem } from "@/shared/api/problem";
import { buttonClass } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Tabs } from "@/shared/ui/Tabs";
import { Delivery } from "./Delivery";

interface Props {
  /** The order that the address names. */
  order: string | undefined;
  onChoose: (order: string) => void;
}

/** The delivery that the address names, or else the newest one under way; several are tabs. */
export function ActiveDeliveryPage({ order, onChoose }: Props) {
  const t = useTranslations("runner.active");
  const deliveries = useInfiniteQuery(ordersQuery({ role: "runner" }));
  const [first, setFirst] = useState<string>();
  const known = deliveries.data?.pages.flatMap((page) => page.orders) ?? [];
  const underWay = known.filter((row: Order) => !isOver(row.status));
  const newest = underWay[0]?.order_id;
  // It stays when it is done: somebody wants to see that they are paid.
  if (newest && !first) setFirst(newest);
  const chosen = order ?? first;
  if (!chosen) {
    return (
      <QueryView query={deliveries} skeleton={<SkeletonCards className="h-48" />}>
        {() => <NoDelivery />}
      </QueryView>
    );
  }
  const rows = known.filter((row) => underWay.includes(row) || row.order_id === chosen);
  const listed = rows.some((row) => row.order_id === chosen);
  const tabs = listed
    ? rows.map((row) => ({
        value: row.order_id,
        label: row.store.name,
        content: <OneDelivery id={row.order_id} known={row} knownAt={deliveries.dataUpdatedAt} />,
      }))
    : [{ value: chosen, label: t("title"), content: <OneDelivery id={chosen} /> }];
  return (
    <div className="mx-auto max-w-xl">
      {/* Also for a single one: what is being typed must stay when the list of the others arrives. */}
      <Tabs label={t("several")} value={chosen} onChange={onChoose} tabs={tabs} />
    </div>
  );
}

/** What the list says of it is enough to begin with. */
function OneDelivery({ id, known, knownAt }: { id: string; known?: Order; knownAt?: number }) {
  const order = useQuery({
    ...orderQuery(id),
    initialData: () => known,
    initialDataUpdatedAt: () => knownAt,
  });
  // Whoever gave it back, or was not let have it, may not see it any more.
  if (order.isError && Problem.from(order.error).status === 404) return <NotTheirs />;
  return (
    <QueryView query={order} skeleton={<SkeletonCards className="h-48" />}>
      {(order) => <Delivery key={order.order_id} order={order} />}
    </QueryView>
  );
}

function NotTheirs() {
  const t = useTranslations("runner.active");
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 py-8">
      <PageTitle>{t("lost")}</PageTitle>
      <p className="text-fg-muted">{t("lostText")}</p>
      <Link to="/run" className={buttonClass()}>
        {t("find")}
      </Link>
    </div>
  );
}

function NoDelivery() {
  const t = useTranslations("runner.active");
  const find = (
    <Link to="/run" className={buttonClass()}>
      {t("find")}
    </Link>
  );
  return (
    <>
      <PageTitle>{t("title")}</PageTitle>
      <EmptyState icon={Bike} text={t("empty")} action={find} />
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useTranslations } from "use-intl";
import { orderQuery } from "@/entities/order";
import { usePerson } from "@/shared/auth/auth";
import { buttonClass } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Tracking } from "./Tracking";

export function OrderTrackingPage({ id }: { id: string }) {
  const person = usePerson();
  const order = useQuery(orderQuery(id));
  return (
    <QueryView query={order} skeleton={<SkeletonCards className="h-48" />} missing={<NoOrder />}>
      {(order) =>
        // What somebody is told of a delivery leads here too.
        person && order.runner_id === person.id ? (
          <Navigate to="/run/active" search={{ order: order.order_id }} replace />
        ) : (
          <Tracking order={order} />
        )
      }
    </QueryView>
  );
}

/** Not there, or somebody else's: the platform tells nobody which. */
function NoOrder() {
  const t = useTranslations("order.missing");
  const back = (
    <Link to="/orders" className={buttonClass()}>
      {t("back")}
    </Link>
  );
  return (
    <>
      <PageTitle>{t("title")}</PageTitle>
      <EmptyState icon={SearchX} text={t("text")} action={back} />
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { CreditCard } from "lucide-react";
import { useTranslations } from "use-intl";
import { cardsQuery } from "@/entities/card";
import { SetUpCard } from "@/features/set-up-card";
import { EmptyState } from "@/shared/ui/EmptyState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { CardList } from "./CardList";
import { FromStripe } from "./FromStripe";

export type Setup = "done" | "cancelled";

export function PaymentPage({ setup }: { setup: Setup | undefined }) {
  const t = useTranslations("customer.payment");
  const cards = useQuery(cardsQuery);
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6">
      <PageTitle>{t("title")}</PageTitle>
      {setup === "done" && <FromStripe />}
      {setup === "cancelled" && <p role="status">{t("cancelled")}</p>}
      <QueryView query={cards} skeleton={<SkeletonCards count={1} className="h-20" />}>
        {({ payment_methods: rows }) =>
          rows.length === 0 ? <EmptyState icon={CreditCard} text={t("empty")} /> : <CardList cards={rows} />
        }
      </QueryView>
      <SetUpCard />
      <p className="text-sm text-fg-muted">{t("promise")}</p>
    </div>
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { walletQuery } from "@/entities/wallet";
import { Figures } from "@/shared/ui/Figures";
import { Money } from "@/shared/ui/Money";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Movements } from "./Movements";
import { OnTheirWay } from "./OnTheirWay";
import { type Onboarding, PayoutAccount } from "./PayoutAccount";

/** Whether somebody can be paid, what is on its way to them, and every movement of their money. */
export function WalletPage({ onboarding }: { onboarding: Onboarding | undefined }) {
  const t = useTranslations("runner.wallet");
  const wallet = useInfiniteQuery(walletQuery);
  return (
    <div className="flex flex-col gap-4 md:gap-6">
      <PageTitle>{t("title")}</PageTitle>
      <QueryView query={wallet} skeleton={<SkeletonCards className="h-24" />}>
        {({ pages }) => {
          const [first] = pages;
          if (!first) return null;
          const amount = (cents: number) => <Money cents={cents} currency={first.currency} />;
          return (
            <>
              <Figures
                figures={[
                  { label: t("waiting"), value: amount(first.waiting_cents) },
                  { label: t("earned"), value: amount(first.earned_cents) },
                  ...(first.spent_cents > 0 ? [{ label: t("spent"), value: amount(first.spent_cents) }] : []),
                ]}
              />
              <PayoutAccount onboarding={onboarding} waits={first.waiting_cents > 0} />
              {first.waiting_cents > 0 && <OnTheirWay />}
              <Movements
                pages={pages}
                onMore={wallet.hasNextPage ? () => void wallet.fetchNextPage() : undefined}
                loading={wallet.isFetchingNextPage}
              />
            </>
          );
        }}
      </QueryView>
    </div>
  );
}

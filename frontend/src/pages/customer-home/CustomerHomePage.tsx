import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { Range } from "@/entities/spending";
import { dashboardQuery } from "@/entities/wallet";
import { Figures } from "@/shared/ui/Figures";
import { Money } from "@/shared/ui/Money";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Habits } from "./Habits";
import { Spending } from "./Spending";

/** Below this there is nothing to draw. */
const ENOUGH = 3;

interface Props {
  range: Range;
  onRange: (range: Range) => void;
}

/** The numbers first, then what they are made of. */
export function CustomerHomePage({ range, onRange }: Props) {
  const t = useTranslations("customer.home");
  const dashboard = useQuery(dashboardQuery);
  return (
    <div className="flex flex-col gap-6">
      <PageTitle>{t("title")}</PageTitle>
      <QueryView query={dashboard} skeleton={<SkeletonCards count={2} className="h-24" />}>
        {(all) => (
          <>
            <Figures
              figures={[
                { label: t("spent"), value: <Money cents={all.spent_cents} currency={all.currency} /> },
                { label: t("held"), value: <Money cents={all.held_cents} currency={all.currency} /> },
                { label: t("placed"), value: all.placed },
                { label: t("received"), value: all.received },
                { label: t("cancelled"), value: all.cancelled },
              ]}
            />
            {all.placed < ENOUGH ? (
              <p className="text-fg-muted">{t("few")}</p>
            ) : (
              <>
                <Spending range={range} onRange={onRange} currency={all.currency} />
                <Habits />
              </>
            )}
          </>
        )}
      </QueryView>
    </div>
  );
}

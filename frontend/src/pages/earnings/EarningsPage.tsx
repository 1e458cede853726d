import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { deliveredQuery } from "@/entities/order";
import { dashboardQuery } from "@/entities/wallet";
import { BarChart } from "@/shared/charts/BarChart";
import { serverNow } from "@/shared/lib/clock";
import { campusDay, dayName } from "@/shared/lib/time";
import { Card } from "@/shared/ui/Card";
import { Figures } from "@/shared/ui/Figures";
import { Money, useMoney } from "@/shared/ui/Money";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { Select } from "@/shared/ui/Select";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Deliveries } from "./Deliveries";
import { earnedByDay, RANGES, type Range } from "./earned";

const DAY_MS = 24 * 3_600_000;

interface Props {
  range: Range;
  onRange: (range: Range) => void;
}

/** The numbers first, then how they came about. */
export function EarningsPage({ range, onRange }: Props) {
  const t = useTranslations("runner.earnings");
  const dashboard = useQuery(dashboardQuery);
  return (
    <div className="flex flex-col gap-4 md:gap-6">
      <PageTitle
        aside={
          <Select
            label={t("range")}
            value={range}
            options={(["week", "month"] as const).map((value) => ({ value, label: t(`ranges.${value}`) }))}
            onChange={onRange}
          />
        }
      >
        {t("title")}
      </PageTitle>
      <QueryView query={dashboard} skeleton={<SkeletonCards count={2} className="h-24" />}>
        {(all) => (
          <>
            <Figures
              figures={[
                { label: t("waiting"), value: <Money cents={all.waiting_cents} currency={all.currency} /> },
                { label: t("earned"), value: <Money cents={all.earned_cents} currency={all.currency} /> },
                { label: t("fulfilled"), value: all.fulfilled },
              ]}
            />
            <InRange range={range} currency={all.currency} />
          </>
        )}
      </QueryView>
    </div>
  );
}

function InRange({
  range,
  currency,
}: {
  range: Range;
  currency: Parameters<ReturnType<typeof useMoney>>[1];
}) {
  const t = useTranslations("runner.earnings");
  const locale = useLocale();
  const money = useMoney();
  // One clock per visit: a list that is drawn at midnight must not ask for another one in the middle.
  const [now] = useState(serverNow);
  const since = campusDay(now - (RANGES[range] - 1) * DAY_MS);
  const delivered = useQuery(deliveredQuery(since));
  return (
    <QueryView query={delivered} skeleton={<SkeletonCards count={1} className="h-80" />}>
      {(orders) => {
        const days = earnedByDay(orders, range, now);
        const total = days.reduce((sum, { cents }) => sum + cents, 0);
        return (
          <>
            <Card className="flex flex-col gap-3">
              <h2>
                {t(`ranges.${range}`)} · {money(total, currency)}
              </h2>
              <p className="text-sm text-fg-muted">{t("without")}</p>
              {total > 0 && (
                <BarChart
                  title={t("chart")}
                  points={days.map(({ day, cents }) => ({ label: dayName(day, locale), value: cents }))}
                  format={(cents) => money(cents, currency)}
                  columns={[t("day"), t("columnEarned")]}
                />
              )}
            </Card>
            <Deliveries orders={orders} since={since} currency={currency} />
          </>
        );
      }}
    </QueryView>
  );
}

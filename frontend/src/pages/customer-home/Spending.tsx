import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { isSpending, perPeriod, RANGES, type Range, spendingQuery } from "@/entities/spending";
import { BarChart } from "@/shared/charts/BarChart";
import { serverNow } from "@/shared/lib/clock";
import { saveCsv } from "@/shared/lib/csv";
import type { Currency } from "@/shared/lib/money";
import { campusDay, dayMonth, monthShort } from "@/shared/lib/time";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { useMoney } from "@/shared/ui/Money";
import { QueryView } from "@/shared/ui/QueryView";
import { Select } from "@/shared/ui/Select";
import { SkeletonCards } from "@/shared/ui/Skeleton";

const YEAR_MS = 366 * 24 * 3_600_000;

interface Props {
  range: Range;
  onRange: (range: Range) => void;
  currency: Currency;
}

/** What was spent, week by week or month by month. */
export function Spending({ range, onRange, currency }: Props) {
  const t = useTranslations("customer.home");
  const locale = useLocale();
  const money = useMoney();
  // One clock per visit: midnight must not ask for another list.
  const [now] = useState(serverNow);
  const lines = useQuery(spendingQuery(campusDay(now - YEAR_MS)));
  const label = (period: string) =>
    range === "weeks" ? dayMonth(period, locale) : monthShort(period, locale);
  const save = (all: typeof lines.data = []) =>
    saveCsv(`campusg-${campusDay(now)}.csv`, [
      [t("csv.at"), t("csv.order"), t("csv.kind"), t("amount"), t("csv.currency")],
      ...all
        .filter(({ kind }) => isSpending(kind))
        // Spreadsheets count in whole units.
        .map((line) => [line.at, line.order_id, line.kind, -line.amount_cents / 100, currency.toUpperCase()]),
    ]);
  return (
    <Card aria-labelledby="spending" className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id="spending">{t("spending")}</h2>
        <Select
          label={t("range")}
          value={range}
          options={RANGES.map((value) => ({ value, label: t(value) }))}
          onChange={onRange}
        />
      </div>
      <p className="text-sm text-fg-muted">{t("spendingText")}</p>
      <QueryView query={lines} skeleton={<SkeletonCards count={1} className="h-60" />}>
        {(lines) => (
          <>
            <BarChart
              title={t("spending")}
              points={perPeriod(lines, range, now).map(({ period, cents }) => ({
                label: label(period),
                value: cents,
              }))}
              format={(cents) => money(cents, currency)}
              columns={[t("period"), t("amount")]}
            />
            <Button kind="secondary" size="small" className="self-start" onClick={() => save(lines)}>
              <Download aria-hidden="true" size={16} />
              {t("save")}
            </Button>
          </>
        )}
      </QueryView>
    </Card>
  );
}

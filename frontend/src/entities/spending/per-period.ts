import type { Schemas } from "@/shared/api/client";
import { campusDay, lastMonths } from "@/shared/lib/time";

/** Four weeks are drawn week by week, longer ranges month by month. */
export const RANGES = ["weeks", "half", "year"] as const;
export type Range = (typeof RANGES)[number];

type Kind = Schemas["MovementKind"];
type Line = Pick<Schemas["WalletLine"], "at" | "kind" | "amount_cents">;

/** Of a wallet's lines, those of one's own orders; the others are earnings. */
const SPENDING: Kind[] = ["capture", "tip", "refund", "refund_failed", "dispute", "dispute_won"];

export const isSpending = (kind: Kind) => SPENDING.includes(kind);

const WEEKS = 4;
const DAY_MS = 24 * 3_600_000;

/** Where each period begins, oldest first: a day for weeks (a Monday), a month for months. */
export function periodsOf(range: Range, now: number): string[] {
  if (range !== "weeks") return lastMonths(range === "half" ? 6 : 12, now).toReversed();
  return Array.from({ length: WEEKS }, (_, back) => mondayOf(campusDay(now), WEEKS - 1 - back));
}

function mondayOf(day: string, weeksBack: number): string {
  const noon = Date.parse(`${day}T12:00:00Z`);
  const sinceMonday = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon - (sinceMonday + 7 * weeksBack) * DAY_MS).toISOString().slice(0, 10);
}

/** What was spent in each period of a range, oldest first. What was given back makes less of it. */
export function perPeriod(lines: Line[], range: Range, now: number): { period: string; cents: number }[] {
  const cents = new Map(periodsOf(range, now).map((period) => [period, 0]));
  for (const line of lines) {
    if (!isSpending(line.kind)) continue;
    const day = campusDay(line.at);
    const period = range === "weeks" ? mondayOf(day, 0) : day.slice(0, 7);
    const known = cents.get(period);
    if (known !== undefined) cents.set(period, known - line.amount_cents);
  }
  return [...cents].map(([period, cents]) => ({ period, cents }));
}

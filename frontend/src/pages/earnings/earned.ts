import type { Order } from "@/entities/order";
import { campusDay } from "@/shared/lib/time";

const DAY_MS = 24 * 3_600_000;

export const RANGES = { week: 7, month: 28 } as const;
export type Range = keyof typeof RANGES;

/** What a delivery earned: not the food, which is only paid back. */
export function earnedCents(order: Pick<Order, "price" | "tipped_cents">): number {
  return order.price.delivery_fee_cents + order.price.tip_cents + (order.tipped_cents ?? 0);
}

export function deliveredAt(order: Pick<Order, "timeline">): string | undefined {
  return order.timeline.findLast(({ status }) => status === "DELIVERED")?.at;
}

/** The campus's days of a range, oldest first, each with what it earned. */
export function earnedByDay(
  orders: Pick<Order, "price" | "tipped_cents" | "timeline">[],
  range: Range,
  now: number,
): { day: string; cents: number }[] {
  const days = Array.from({ length: RANGES[range] }, (_, ago) => campusDay(now - ago * DAY_MS)).toReversed();
  const earned = new Map(days.map((day) => [day, 0]));
  for (const order of orders) {
    const at = deliveredAt(order);
    const day = at && campusDay(at);
    if (day && earned.has(day)) earned.set(day, (earned.get(day) ?? 0) + earnedCents(order));
  }
  return [...earned].map(([day, cents]) => ({ day, cents }));
}

import { expect, it } from "vitest";
import type { Order } from "@/entities/order";
import { earnedByDay, earnedCents } from "./earned";

const price: Order["price"] = {
  items_cents: 890,
  delivery_fee_cents: 300,
  tip_cents: 50,
  platform_fee_cents: 45,
  total_cents: 1285,
  payout_cents: 1240,
  currency: "sgd",
  buffer_cents: 0,
  hold_cents: 1285,
  policy: 1,
};
const delivered = (at: string, more: Partial<Order> = {}) => ({
  price,
  timeline: [{ status: "DELIVERED" as const, at }],
  ...more,
});

it("is fee and tips, not the food that is paid back", () => {
  expect(earnedCents(delivered("2026-11-22T04:00:00Z"))).toBe(350);
  expect(earnedCents(delivered("2026-11-22T04:00:00Z", { tipped_cents: 200 }))).toBe(550);
});

it("goes by the campus's days", () => {
  const now = Date.parse("2026-11-22T04:00:00Z");
  const days = earnedByDay(
    // Past midnight on the campus, still the day before in Greenwich.
    [delivered("2026-11-20T16:30:00Z"), delivered("2026-11-21T02:00:00Z"), delivered("2026-11-01T02:00:00Z")],
    "week",
    now,
  );
  expect(days).toHaveLength(7);
  expect(days.at(-1)).toEqual({ day: "2026-11-22", cents: 0 });
  expect(days.at(-2)).toEqual({ day: "2026-11-21", cents: 700 });
  expect(days.reduce((sum, { cents }) => sum + cents, 0)).toBe(700);
});

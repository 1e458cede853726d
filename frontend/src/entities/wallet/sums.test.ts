import { expect, it } from "vitest";
import { addUp, byOrder } from "./sums";

const line = (order_id: string, amount_cents: number) => ({
  order_id,
  amount_cents,
  kind: amount_cents > 0 ? ("payout" as const) : ("capture" as const),
  at: "2026-11-22T04:00:00Z",
});

it("adds up over all pages", () => {
  const sums = { earned_cents: 1500, spent_cents: 400 };
  const pages = [
    { ...sums, lines: [line("a", 1000), line("b", -400)], next: "more" },
    { ...sums, lines: [line("c", 500)] },
  ];
  expect(addUp(pages)).toBe(1100);
  expect(addUp(pages.slice(0, 1))).toBeUndefined();
});

it("claims nothing where money moved between two pages", () => {
  expect(addUp([{ earned_cents: 1500, spent_cents: 0, lines: [line("a", 1000)] }])).toBeUndefined();
});

it("keeps an order's lines together", () => {
  expect(byOrder([line("a", 1), line("a", 2), line("b", 3)]).map(({ lines }) => lines.length)).toEqual([
    2, 1,
  ]);
});

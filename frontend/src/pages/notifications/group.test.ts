import { expect, it } from "vitest";
import { byOrder, isRunners } from "./group";

const row = (id: string, order_id: string, news: "accepted" | "completed" | "paid_out") => ({
  id,
  order_id,
  news,
  at: "2026-11-22T04:00:00Z",
  read: false,
});

it("keeps what is about one order together, the newest first", () => {
  const rows = [row("4", "b", "paid_out"), row("3", "a", "completed"), row("2", "b", "accepted")];
  expect(byOrder(rows).map(({ orderId, rows }) => [orderId, rows.map(({ id }) => id)])).toEqual([
    ["b", ["4", "2"]],
    ["a", ["3"]],
  ]);
});

it("knows what only a runner is told", () => {
  expect(isRunners({ rows: [row("1", "a", "paid_out")] })).toBe(true);
  expect(isRunners({ rows: [row("1", "a", "accepted")] })).toBe(false);
});

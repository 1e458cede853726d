import { expect, it } from "vitest";
import { averageWaitMinutes, favouritePlaces } from "./figures";

const moment = (status: "CREATED" | "ACCEPTED", minute: number) => ({
  status,
  at: new Date(Date.UTC(2026, 10, 22, 4, minute)).toISOString(),
});

it("averages over the orders that were taken", () => {
  const orders = [
    { timeline: [moment("CREATED", 0), moment("ACCEPTED", 4)] },
    { timeline: [moment("CREATED", 0), moment("ACCEPTED", 8)] },
    { timeline: [moment("CREATED", 0)] },
  ];
  expect(averageWaitMinutes(orders)).toBe(6);
  expect(averageWaitMinutes([])).toBeUndefined();
});

it("names three places at most, the favourite first", () => {
  const orders = ["a", "b", "b", "c", "d", "b", "a"].map((name) => ({ store: { name, location: "" } }));
  expect(favouritePlaces(orders).map(({ name, count }) => [name, count])).toEqual([
    ["b", 3],
    ["a", 2],
    ["c", 1],
  ]);
});

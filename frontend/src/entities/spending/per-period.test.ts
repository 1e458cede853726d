import { expect, it } from "vitest";
import { periodsOf, perPeriod } from "./per-period";

const NOW = Date.parse("2026-11-22T04:00:00Z");

it("counts weeks from Monday and months by name, on the campus", () => {
  expect(periodsOf("weeks", NOW)).toEqual(["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"]);
  expect(periodsOf("half", NOW).at(0)).toBe("2026-06");
  expect(periodsOf("year", NOW)).toHaveLength(12);
});

it("takes off what was given back, and leaves out what was earned", () => {
  const lines = [
    { at: "2026-11-18T04:00:00Z", kind: "capture" as const, amount_cents: -1090 },
    { at: "2026-11-18T05:00:00Z", kind: "tip" as const, amount_cents: -200 },
    { at: "2026-11-19T04:00:00Z", kind: "refund" as const, amount_cents: 300 },
    { at: "2026-11-19T04:00:00Z", kind: "payout" as const, amount_cents: 700 },
    // Monday morning on the campus, Sunday in Greenwich.
    { at: "2026-11-15T17:00:00Z", kind: "capture" as const, amount_cents: -10 },
    { at: "2026-09-01T04:00:00Z", kind: "capture" as const, amount_cents: -9999 },
  ];
  expect(perPeriod(lines, "weeks", NOW).map(({ cents }) => cents)).toEqual([0, 0, 0, 1000]);
});

import { expect, it } from "vitest";
import { expiry } from ".";

it("is good until the end of its last month", () => {
  const now = Date.parse("2026-11-22T04:00:00Z");
  expect(expiry({ exp_month: 10, exp_year: 2026 }, now)).toBe("over");
  expect(expiry({ exp_month: 11, exp_year: 2026 }, now)).toBe("soon");
  expect(expiry({ exp_month: 12, exp_year: 2026 }, now)).toBe("soon");
  expect(expiry({ exp_month: 1, exp_year: 2027 }, now)).toBeUndefined();
});

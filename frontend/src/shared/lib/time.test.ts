import { describe, expect, it } from "vitest";
import { serverNow, syncClock } from "./clock";
import { campusDay, clockTime, countdown, lastMonths } from "./time";

describe("time", () => {
  it("is the campus's", () => {
    expect(clockTime("2026-11-22T04:14:00Z", "en", Date.parse("2026-11-22T05:00:00Z"))).toBe("12:14");
  });

  it("has a date on another day", () => {
    expect(clockTime("2026-11-22T04:14:00Z", "en", Date.parse("2026-11-22T17:00:00Z"))).toContain("Nov 22");
  });

  it("knows the campus's days and months", () => {
    expect(campusDay("2026-10-31T16:30:00Z")).toBe("2026-11-01");
    expect(lastMonths(3, Date.parse("2026-01-31T17:00:00Z"))).toEqual(["2026-02", "2026-01", "2025-12"]);
  });

  it("counts down and stops at nothing", () => {
    expect(countdown(27 * 60_000 + 9_500)).toBe("27:10");
    expect(countdown(7_083_000)).toBe("1:58:03");
    expect(countdown(-5)).toBe("0:00");
  });

  it("goes by the server's clock when this one is wrong", () => {
    syncClock(new Date(Date.now() + 3_600_000).toUTCString());
    expect(Math.abs(serverNow() - Date.now() - 3_600_000)).toBeLessThan(2_000);
    syncClock(new Date().toUTCString());
    expect(Math.abs(serverNow() - Date.now())).toBeLessThan(2_000);
  });
});

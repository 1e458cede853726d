import { describe, expect, it } from "vitest";
import { centsOf, money } from "./money";

describe("money", () => {
  it("is shown in its currency", () => {
    expect(money(1090, "sgd", "en")).toBe("$10.90");
    expect(money(5, "eur", "en")).toBe("€0.05");
    expect(money(-400, "usd", "en")).toBe("-$4.00");
  });

  it("is read as people type it", () => {
    expect(centsOf("4.5")).toBe(450);
    expect(centsOf(" $4,50 ")).toBe(450);
    expect(centsOf("12")).toBe(1200);
    expect(centsOf("19.99")).toBe(1999);
    for (const wrong of ["", "four", "4.505", "-3", "4."]) expect(centsOf(wrong)).toBeUndefined();
  });
});

import { expect, it } from "vitest";
import { nextStep } from "./next-step";

const advance = [{ action: "advance", effect: "" }];

it("goes step by step", () => {
  expect(nextStep({ status: "ACCEPTED", actions: advance })).toBe("PLACED");
  expect(nextStep({ status: "PLACED", actions: advance })).toBe("ON_THE_WAY");
  expect(nextStep({ status: "ON_THE_WAY", actions: advance })).toBe("DELIVERED");
  expect(nextStep({ status: "COMPLETED", actions: advance })).toBeUndefined();
});

it("goes nowhere while the platform does not allow it", () => {
  expect(nextStep({ status: "ACCEPTED", actions: [] })).toBeUndefined();
});

it("comes after the steps that are still on this phone", () => {
  const order = { status: "ACCEPTED", actions: advance } as const;
  expect(nextStep({ ...order, actions: [...advance] }, ["PLACED"])).toBe("ON_THE_WAY");
  expect(nextStep({ ...order, actions: [] }, ["PLACED", "ON_THE_WAY"])).toBe("DELIVERED");
  expect(nextStep({ ...order, actions: [...advance] }, ["DELIVERED"])).toBeUndefined();
});

import { expect, it } from "vitest";
import { faceOf } from "./face";

it("follows the address", () => {
  expect(faceOf("/order")).toBe("customer");
  expect(faceOf("/orders/ord_1/receipt")).toBe("customer");
  expect(faceOf("/run/active")).toBe("runner");
  expect(faceOf("/runner")).toBeUndefined();
  expect(faceOf("/notifications")).toBeUndefined();
  expect(faceOf("/ops")).toBe("ops");
});

import { expect, it } from "vitest";
import { keepNewest } from "./keep-newest";

it("never goes back to an older version", () => {
  const [first, second] = [{ version: 1 }, { version: 2 }];
  expect(keepNewest(first, second)).toEqual(second);
  expect(keepNewest(second, first)).toBe(second);
});

it("keeps what is the same", () => {
  const known = { version: 2, lines: [{ name: "rice" }] };
  expect(keepNewest(known, structuredClone(known))).toBe(known);
});

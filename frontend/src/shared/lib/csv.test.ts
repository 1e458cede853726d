import { expect, it } from "vitest";
import { csv } from "./csv";

it("keeps commas, quotes and lines inside of a cell", () => {
  expect(
    csv([
      ["Store", "Note"],
      ["Koufu, Block 7", 'the "big" one\nhot'],
    ]),
  ).toBe('Store,Note\r\n"Koufu, Block 7","the ""big"" one\nhot"');
});

it("lets no store's name become a formula", () => {
  expect(csv([["=HYPERLINK(1)", "+1", "@a", -5]])).toBe("'=HYPERLINK(1),'+1,'@a,-5");
});

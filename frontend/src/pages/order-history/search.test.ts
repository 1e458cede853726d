import { expect, it } from "vitest";
import { historySearch } from "./search";

it("takes from an address what is a filter, and nothing else", () => {
  expect(historySearch({ q: "rice", status: "COMPLETED", month: "2026-10" })).toEqual({
    q: "rice",
    status: "COMPLETED",
    month: "2026-10",
  });
  expect(historySearch({ q: 7 })).toEqual({ q: "7" });
  expect(historySearch({ q: "", status: "EATEN", month: "2026-13", page: 3 })).toEqual({});
});

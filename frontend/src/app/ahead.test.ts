import { expect, it } from "vitest";
import { pathOf, tableOf } from "../../scripts/ahead";

it.each([
  ["index", "/", "/order"],
  ["_app/order", "/order", "/orders"],
  ["_app/orders.index", "/orders", "/orders/ord_1"],
  ["_app/orders.$id.index", "/orders/ord_1", "/orders/ord_1/receipt"],
  ["_app/orders.$id.receipt", "/orders/ord_1/receipt", "/orders/ord_1"],
])("knows where %s is", (route, here, elsewhere) => {
  expect(here).toMatch(new RegExp(pathOf(route)));
  expect(elsewhere).not.toMatch(new RegExp(pathOf(route)));
});

const route = (name: string) => `/src/routes/${name}.tsx?tsr-split=component`;
const chunk = (
  fileName: string,
  imports: string[],
  facadeModuleId: string | null = null,
  isEntry = false,
) => ({
  fileName: `assets/${fileName}`,
  imports: imports.map((name) => `assets/${name}`),
  facadeModuleId,
  isEntry,
});

it("names what a page needs besides the program, with what its frame needs", () => {
  const chunks = [
    chunk("start.js", ["react.js"], "/index.html", true),
    chunk("react.js", []),
    chunk("common.js", ["react.js"]),
    chunk("order.js", ["common.js", "start.js"], route("_app/orders.$id.index")),
    chunk("missing.js", [], route("$")),
    chunk("order-en.js", [], "/src/shared/intl/en/place-order.json"),
  ];
  const code: Record<string, string> = {
    _app: 'loader: texts("order"), staticData: { reads: ["/api/v1/me"] }',
    "_app/orders.$id.index":
      'loader: texts("order", "placeOrder"), staticData: { reads: ["/api/v1/orders/$id"] }',
  };
  const { pages, texts } = tableOf(chunks, code);
  expect(pages).toEqual([
    [
      "^/orders/([^/]+)/?$",
      ["order.js", "common.js"],
      ["order", "placeOrder"],
      ["/api/v1/me", "/api/v1/orders/$1"],
    ],
  ]);
  expect(texts).toEqual({ en: { placeOrder: "order-en.js" } });
});

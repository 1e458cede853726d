import compile from "icu-minify/compile";
import type { Plugin } from "vite";

type Tree = { [key: string]: unknown };

const CATALOGUE = /src\/shared\/intl\/(en|zh)\/[\w-]+\.json$/;

const compiled = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "string" ? compile(value) : compiled(value as Tree),
    ]),
  );

/** Reads the messages' syntax when the app is built, so that phones need not carry what reads it. */
export function texts(): Plugin {
  return {
    name: "texts",
    apply: "build",
    enforce: "pre",
    config: () => ({
      resolve: { alias: { "use-intl/format-message": "use-intl/format-message/format-only" } },
    }),
    transform: (code, id) => (CATALOGUE.test(id) ? JSON.stringify(compiled(JSON.parse(code))) : undefined),
  };
}

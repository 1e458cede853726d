/** Who may import whom: app → routes → shells → pages → features → entities → shared, never up, never sideways. */
const layers = ["app", "routes", "shells", "pages", "features", "entities", "shared"];

const neverUp = layers.slice(1).map((layer, index) => ({
  name: `${layer}-not-up`,
  severity: "error",
  from: { path: `^src/${layer}/`, pathNot: "\\.test\\.tsx?$" },
  to: { path: `^src/(${layers.slice(0, index + 1).join("|")})/` },
}));

const neverSideways = ["pages", "features", "entities"].map((layer) => ({
  name: `${layer}-not-sideways`,
  severity: "error",
  from: { path: `^src/${layer}/([^/]+)/` },
  to: { path: `^src/${layer}/([^/]+)/`, pathNot: `^src/${layer}/$1/` },
}));

const throughTheDoor = ["features", "entities"].map((layer) => ({
  name: `${layer}-through-index`,
  comment: "A slice speaks through its index.ts.",
  severity: "error",
  from: { path: "^src/", pathNot: [`^src/${layer}/`, "\\.test\\.tsx?$"] },
  to: { path: `^src/${layer}/[^/]+/`, pathNot: `^src/${layer}/[^/]+/index\\.ts$` },
}));

module.exports = {
  forbidden: [
    ...neverUp,
    ...neverSideways,
    ...throughTheDoor,
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, pathNot: ["\\.d\\.ts$", "\\.test\\.tsx?$", "src/test/"] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "routeTree\\.gen\\.ts$" },
  },
};

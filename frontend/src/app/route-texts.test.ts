import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const SRC = resolve("src");

function fileOf(from: string, name: string): string | undefined {
  if (!name.startsWith(".") && !name.startsWith("@/")) return undefined;
  const path = name.startsWith("@/") ? join(SRC, name.slice(2)) : resolve(dirname(from), name);
  return [`${path}.tsx`, `${path}.ts`, join(path, "index.ts")].find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
}

/** Every area of texts that a file and all that it imports are written in. */
function areasOf(file: string, seen = new Set<string>()): Set<string> {
  const areas = new Set<string>();
  if (seen.has(file)) return areas;
  seen.add(file);
  const code = readFileSync(file, "utf8");
  for (const [, area] of code.matchAll(/useTranslations\("(\w+)/g)) areas.add(area as string);
  for (const [, name] of code.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
    const next = fileOf(file, name as string);
    if (next) for (const area of areasOf(next, seen)) areas.add(area);
  }
  return areas;
}

function loadedBy(file: string): string[] {
  const [, list = ""] = /texts\(([^)]*)\)/.exec(readFileSync(file, "utf8")) ?? [];
  return [...list.matchAll(/"(\w+)"/g)].map(([, area]) => area as string);
}

const routes = readdirSync(join(SRC, "routes"), { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".tsx"),
);

it.each(routes)("%s loads every text that its page is written in", (name) => {
  const file = join(SRC, "routes", name);
  const loaded = new Set(["app", ...loadedBy(file)]);
  expect([...areasOf(file)].filter((area) => !loaded.has(area))).toEqual([]);
});

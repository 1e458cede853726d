import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rolldown } from "vite";

/** What `public/ahead.js` reads: by address, a page's files, the texts that it is written in, and what it asks for first. */
export interface Ahead {
  pages: [path: string, files: string[], areas: string[], reads: string[]][];
  texts: Record<string, Record<string, string>>;
}

type Chunk = Pick<Rolldown.OutputChunk, "fileName" | "facadeModuleId" | "imports" | "isEntry">;

const ROUTES = "src/routes";
const PAGE = /src\/routes\/(.*)\.tsx\?tsr-split=component$/;
const TEXTS = /src\/shared\/intl\/(\w+)\/([\w-]+)\.json$/;

/** `_app/orders.$id.index` is at `/orders/…`, however the router nests it. */
export function pathOf(route: string): string {
  const parts = route.split(/[./]/).filter((part) => part !== "index" && !part.startsWith("_"));
  return `^/${parts.map((part) => (part.startsWith("$") ? "([^/]+)" : part)).join("/")}/?$`;
}

/** Frames and pages: a page stands in those whose names its own begins with. */
const framesOf = (route: string, all: string[]) =>
  all.filter((other) => /^[./]/.test(route.slice(other.length)) && route.startsWith(other));

/** From what was built, and the routes' source by their names. */
export function tableOf(chunks: Chunk[], code: Record<string, string>): Ahead {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const withImports = (file: string, seen: Set<string>): Set<string> => {
    const chunk = byFile.get(file);
    if (!chunk || seen.has(file)) return seen;
    seen.add(file);
    for (const next of chunk.imports) withImports(next, seen);
    return seen;
  };
  const start = new Set<string>();
  for (const { fileName, isEntry } of chunks) if (isEntry) withImports(fileName, start);
  const routes = new Map<string, string>();
  const texts: Ahead["texts"] = {};
  for (const { fileName, facadeModuleId } of chunks) {
    const [, route] = PAGE.exec(facadeModuleId ?? "") ?? [];
    // What is not found (`$`) is found with what is there.
    if (route && route !== "$") routes.set(route, fileName);
    const [, language, file] = TEXTS.exec(facadeModuleId ?? "") ?? [];
    if (!language || !file) continue;
    const area = file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    texts[language] = { ...texts[language], [area]: nameOf(fileName) };
  }
  const all = Object.keys(code);
  const frames = new Set(all.flatMap((route) => framesOf(route, all)));
  const opened = [...routes.keys()].filter((route) => !frames.has(route));
  const pages = opened.map((route): Ahead["pages"][number] => {
    const parts = [...framesOf(route, all), route];
    const files = new Set<string>();
    for (const part of parts) withImports(routes.get(part) ?? "", files);
    const own = [...files].filter((file) => !start.has(file)).map(nameOf);
    const sources = parts.map((part) => code[part] ?? "");
    return [pathOf(route), own, [...new Set(sources.flatMap(areasIn))], sources.flatMap(readsIn)];
  });
  return { pages, texts };
}

const nameOf = (fileName: string) => fileName.replace(/^assets\//, "");

/** The areas that a route's `loader` names. */
const areasIn = (code: string) => namesIn(/texts\(([^)]*)\)/.exec(code)?.[1]);

/** What a route says that its page asks the platform for first, with the address's parameter as `$1`. */
const readsIn = (code: string) =>
  namesIn(/reads: \[([^\]]*)\]/.exec(code)?.[1]).map((read) => read.replace(/\$[a-z]+/, "$1"));

const namesIn = (list = "") => [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name as string);

/**
 * Tells `ahead.js` which files each address needs, so that they are fetched together with the program and not after it has
 * run: on a phone that is one way to the server and back less. What a page reads first is begun there too.
 */
export function ahead(): Plugin {
  let directory = "dist";
  let table: Ahead = { pages: [], texts: {} };
  return {
    name: "ahead",
    apply: "build",
    configResolved: (config) => {
      directory = config.build.outDir;
    },
    generateBundle: (_, bundle) => {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const names = readdirSync(ROUTES, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".tsx"),
      );
      const code = names.map((name) => [name.slice(0, -4), readFileSync(join(ROUTES, name), "utf8")]);
      table = tableOf(chunks, Object.fromEntries(code));
    },
    closeBundle: {
      order: "pre",
      sequential: true,
      handler: () => {
        const [script, page] = [join(directory, "ahead.js"), join(directory, "index.html")];
        const code = readFileSync(script, "utf8").replace('"__AHEAD__"', () => JSON.stringify(table));
        // Named by its content, as everything that is kept for ever.
        const name = `assets/ahead-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
        writeFileSync(join(directory, name), code);
        rmSync(script);
        writeFileSync(page, readFileSync(page, "utf8").replace("/ahead.js", `/${name}`));
      },
    },
  };
}

// What a visitor downloads, against its limits: reads Vite's manifest, follows static imports, adds up gzipped sizes.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";

const KIB = 1024;
const LIMITS = { entry: 135, consumer: 165, order: 180, ops: 220, css: 12, font: 50, first: 220 };
/** Lazy chunks that no page may import at its start. */
const NEVER_AT_START = [/recharts/];

const dist = new URL("../dist/", import.meta.url);
const manifestFile = new URL(".vite/manifest.json", dist);
if (!existsSync(manifestFile)) {
  console.error("there is no build to measure: run `npm run build` first");
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));

const gzipped = (file) => statSync(new URL(`${file}.gz`, dist)).size;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const sum = (keys) => [...keys].reduce((bytes, key) => bytes + gzipped(manifest[key].file), 0) / KIB;

const rows = [];
const check = (what, kib, limit) => rows.push({ what, kib, limit, ok: kib <= limit });

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = closure(entryKey);
const css = [...entry].flatMap((key) => manifest[key].css ?? []);
const cssKib = [...new Set(css)].reduce((bytes, file) => bytes + gzipped(file), 0) / KIB;
const fonts = readdirSync(new URL("assets/", dist)).filter(
  (name) => /latin-wght-normal.*\.woff2$/.test(name) && !name.includes("latin-ext"),
);
const fontKib =
  fonts.reduce((bytes, name) => bytes + statSync(new URL(`assets/${name}`, dist)).size, 0) / KIB;
check("entry JS", sum(entry), LIMITS.entry);
check("CSS", cssKib, LIMITS.css);
check("font, latin", fontKib, LIMITS.font);

for (const key of Object.keys(manifest).filter((key) => /src\/routes\/.*\?tsr-split=component/.test(key))) {
  const name = key.replace(/^.*src\/routes\//, "").replace(/\?.*$/, "");
  const all = closure(key, new Set(entry));
  const limit = name.includes("ops") ? LIMITS.ops : name.includes("/order.") ? LIMITS.order : LIMITS.consumer;
  check(`route ${name}`, sum(all), limit);
  for (const part of all) {
    if (NEVER_AT_START.some((never) => never.test(manifest[part].file)))
      check(`${name} loads ${manifest[part].file}`, 1, 0);
  }
  if (name === "index.tsx")
    check("first load of /", sum(all) + cssKib + fontKib + gzipped("index.html") / KIB, LIMITS.first);
}

let failed = 0;
for (const { what, kib, limit, ok } of rows) {
  if (!ok) failed += 1;
  console.log(`${ok ? "ok  " : "OVER"} ${what.padEnd(44)} ${kib.toFixed(1).padStart(7)} of ${limit} KiB`);
}
process.exit(failed === 0 && rows.length > 4 ? 0 : 1);

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** What a runner does not need where there is no network: charts, the identity provider, and the operations console. */
const LEFT_OUT = /^(recharts|Bars|clerk|ops|Ops)/;
const KEPT = /\.(js|css|woff2)$/;
/** Other alphabets than the catalogues are written in. */
const FONTS_LEFT_OUT = /(cyrillic|greek|vietnamese|latin-ext)/;

export function shellFiles(names: string[]): string[] {
  return names
    .filter((name) => KEPT.test(name) && !LEFT_OUT.test(name) && !FONTS_LEFT_OUT.test(name))
    .map((name) => `/assets/${name}`)
    .toSorted();
}

/** Tells the service worker which files the app is made of, and which build it is. */
export function shell(): Plugin {
  let directory = "dist";
  return {
    name: "shell",
    apply: "build",
    configResolved: (config) => {
      directory = config.build.outDir;
    },
    closeBundle: {
      order: "pre",
      sequential: true,
      handler: () => {
        const files = shellFiles(readdirSync(join(directory, "assets")));
        const build = createHash("sha256")
          .update(readFileSync(join(directory, "index.html")))
          .update(files.join())
          .digest("hex")
          .slice(0, 12);
        const worker = join(directory, "sw.js");
        const code = readFileSync(worker, "utf8");
        writeFileSync(worker, code.replace("__BUILD__", build).replace("__FILES__", JSON.stringify(files)));
      },
    },
  };
}

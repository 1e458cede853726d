import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { ahead } from "./scripts/ahead.ts";
import { shell } from "./scripts/shell.ts";
import { texts } from "./scripts/texts.ts";

const gateway = process.env.CAMPUSG_URL ?? "http://127.0.0.1:8080";

/** What comes by itself, when it is needed: texts, and what dialogs are made of. */
const APART = /\/intl\/.*\.json$|\/Modal\.tsx$|radix-ui|react-remove-scroll|recharts/;

/** Packs every text file beside itself, so that the gateway has nothing to compress. */
function pack(): Plugin {
  let directory = "dist";
  return {
    name: "pack",
    apply: "build",
    configResolved: (config) => {
      directory = config.build.outDir;
    },
    closeBundle: () => {
      for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg|txt|webmanifest)$/.test(name)) continue;
        const file = join(directory, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      routesDirectory: "./src/routes",
      generatedRouteTree: "./src/app/routeTree.gen.ts",
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
    texts(),
    ahead(),
    shell(),
    pack(),
  ],
  resolve: { tsconfigPaths: true },
  build: {
    manifest: true,
    target: "es2023",
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files: over HTTP/1.1 a browser fetches six at a time, and each costs a way to the server and back.
          groups: [
            { name: "start", tags: ["$initial"], priority: 2 },
            { name: "common", minShareCount: 2, priority: 1, test: (id) => !APART.test(id) },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": gateway } },
  preview: { proxy: { "/api": gateway } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
    // A machine that builds beside it is slow, not wrong.
    testTimeout: 60_000,
  },
});

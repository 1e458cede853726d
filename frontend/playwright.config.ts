import { defineConfig } from "@playwright/test";

/** Flags with which Debian's Chromium works in a container and asks nobody outside of this machine for anything. */
const CHROMIUM = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.e2e.ts",
  // Each worker has a platform of its own; machines of two cores carry one.
  workers: Number(process.env.E2E_WORKERS ?? 1),
  // Slow machines are slow, not wrong.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["json", { outputFile: "results/e2e.json" }]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium", args: CHROMIUM },
    timezoneId: "Asia/Singapore",
    locale: "en-SG",
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    trace: "retain-on-failure",
  },
});

import { accept, expect, placeErrand, test } from "./story";

test("what a page needs and reads is asked for while the program is on its way", async ({ enter }) => {
  const page = await enter("alice");
  const asked = new Set<string>();
  page.on("request", (request) =>
    asked.add(new URL(request.url()).pathname.replace(/-[\w-]{8}\.js$/, ".js")),
  );
  // The program never comes.
  await page.route(/\/assets\/index-[\w-]+\.js$/, (route) => route.abort());
  await page.evaluate(() => localStorage.setItem("campusg.language", "zh"));
  await page.goto(`/orders/ord_${"0".repeat(32)}`);
  const wanted = ["/assets/orders._id.index.js", "/assets/common.js", "/assets/order.js"];
  await expect
    .poll(() => [...asked])
    .toEqual(expect.arrayContaining([...wanted, "/api/v1/me", `/api/v1/orders/ord_${"0".repeat(32)}`]));
});

const READING = {
  alice: [
    "/order",
    "/orders",
    "/orders/$id",
    "/orders/$id/receipt",
    "/saved",
    "/payment",
    "/home",
    "/notifications",
    "/profile",
  ],
  ray: [
    "/choose",
    "/run",
    "/run/active",
    "/run/active?order=$id",
    "/run/earnings",
    "/wallet",
    "/run/receipt/$id",
  ],
};

test("what is begun to be read for a page is what the page then reads", async ({ enter }) => {
  const alice = await enter("alice");
  // Below three orders, home has nothing to draw and reads less.
  for (const store of ["Opening One", "Opening Two"]) await placeErrand(alice, { store });
  const id = await placeErrand(alice, { store: "Opening Three" });
  const ray = await enter("ray");
  await ray.goto("/run");
  await accept(ray, "Opening Three");
  for (const [name, paths] of Object.entries(READING)) {
    const page = name === "ray" ? ray : alice;
    await page.addInitScript(lookAhead);
    for (const path of paths) {
      await page.goto(path.replace("$id", id));
      await expect.poll(() => page.evaluate(() => globalThis.begun), path).not.toEqual([]);
      await expect.poll(() => page.evaluate(() => globalThis.unused), path).toEqual([]);
    }
  }
});

declare global {
  var begun: string[];
  var unused: string[] | undefined;
}

/** Runs in the page, which has nothing from an earlier visit: notes what is begun, and what of it is left when it is over. */
function lookAhead(): void {
  indexedDB.deleteDatabase("keyval-store");
  const urls = () => (now ?? []).map(({ url }) => url);
  let now: typeof globalThis.ahead;
  globalThis.begun = [];
  Object.defineProperty(globalThis, "ahead", {
    get: () => now,
    set: (next: typeof now) => {
      if (next === undefined) globalThis.unused = urls();
      now = next;
      if (globalThis.begun.length === 0) globalThis.begun = urls();
    },
  });
}

test("the addresses that the predecessor had lead to the pages that are there now", async ({ enter }) => {
  const page = await enter("mia");
  const now = {
    "/role-select": "/choose",
    "/customer": "/order",
    "/customer/place-order": "/order",
    "/customer/history": "/orders",
    "/customer/dashboard": "/home",
    "/runner": "/run",
    "/runner/available-orders": "/run",
    "/runner/active": "/run/active",
    "/runner/earnings/": "/run/earnings",
    "/sign-up": "/sign-in",
  };
  for (const [before, after] of Object.entries(now)) {
    await page.goto(before);
    await page.waitForURL((url) => url.pathname === after);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await page.goto("/runner/nowhere");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
});

test("a network that goes away before anything is heard is no reason to stop trying", async ({
  browser,
  platform,
}) => {
  // Without a worker, which would have the file from the first visit.
  const context = await browser.newContext({ baseURL: platform.url, serviceWorkers: "block" });
  const page = await context.newPage();
  const live = /\/assets\/live-[\w-]+\.js$/;
  await page.route(live, (route) => route.abort());
  await page.goto("/sign-in?next=/notifications");
  await page.getByRole("button", { name: "Alice" }).click();
  await expect(page.getByTestId("stream")).toHaveAttribute("data-status", "polling");
  await page.unroute(live);
  await expect(page.getByTestId("stream")).toHaveAttribute("data-status", "live");
  await context.close();
});

test("what a runner did is shown at once when the page is opened without a network", async ({ enter }) => {
  const alice = await enter("alice");
  const ray = await enter("ray");
  await ray.goto("/run");
  const id = await placeErrand(alice, { store: "Opening Four" });
  await accept(ray, "Opening Four");
  await ray.goto(`/run/active?order=${id}`);
  await expect(ray.getByTestId("stream")).toHaveAttribute("data-status", "live");
  // The platform is there in name only: nothing that is asked is answered, so nothing is quiet for a while.
  await ray.route("**/api/v1/orders/*/advance", (route) => route.abort());
  await ray.getByLabel("Total on the till receipt").fill("4.45");
  await ray.getByRole("button", { name: "I have bought it" }).click();
  await expect(ray.getByTestId("saved-steps")).toContainText("I have bought it");
  await ray.route("**/assets/live-*.js", () => undefined);
  await ray.reload();
  await expect(ray.getByTestId("saved-steps")).toContainText("I have bought it");
  await expect(ray.getByRole("button", { name: "I have bought it" })).toHaveCount(0);
});

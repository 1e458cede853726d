import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContext, Locator, Page } from "@playwright/test";
import { test as base, DESK, expect, PHONE } from "./story";
import { makeWorld, type World } from "./world";

const test = base.extend<object, { world: World }>({
  world: [
    async ({ platform }, use) => use(await makeWorld(platform.url)),
    { scope: "worker", timeout: 120_000 },
  ],
});

/** What is done on it first, if anything, and what is there then. */
type Act = (page: Page) => Promise<Locator>;
type Row = [name: string, path: string | ((world: World) => string), act?: Act];

const chart: Act = async (page) => page.locator(".recharts-bar-rectangle").first();
const dialog =
  (english: string, chinese: string): Act =>
  async (page) => {
    await page
      .getByRole("button", { name: new RegExp(`^(${english}|${chinese})`) })
      .first()
      .click();
    return page.getByRole("dialog");
  };
const order =
  (name: keyof World["orders"], more = "") =>
  ({ orders }: World) =>
    `/orders/${orders[name]}${more}`;

/** Sent as it is: the first field that is wrong has the focus. */
const wrongOrder: Act = async (page) => {
  await page.getByRole("button", { name: /Place order|下单/ }).click();
  return page.locator("input[name=vendor]:focus");
};

/** Every page there is, in the states it can be in, by who sees it so. */
const PAGES: Record<string, Row[]> = {
  nobody: [
    ["landing", "/"],
    ["sign-in", "/sign-in"],
    ["missing", "/nowhere"],
  ],
  alice: [
    ["landing-signed-in", "/"],
    ["order-menu", "/order"],
    ["orders", "/orders"],
    ["orders-none-found", "/orders?q=caviar"],
    ["order-open", order("open")],
    ["order-asked", order("asked")],
    ["order-under-way", order("underWay")],
    ["order-at-the-door", order("atTheDoor")],
    ["order-complete", order("complete")],
    ["order-refunded", order("refunded")],
    ["order-reported", order("reported")],
    ["order-called-off", order("calledOff")],
    ["order-missing", `/orders/ord_${"0".repeat(32)}`],
    ["receipt", order("complete", "/receipt")],
    ["receipt-refunded", order("refunded", "/receipt")],
    ["saved", "/saved"],
    ["payment", "/payment"],
    ["home", "/home", chart],
    ["notifications", "/notifications"],
    ["profile", "/profile"],
    ["forbidden", "/run"],
    ["dialog-account", "/order", dialog("Account", "账户")],
    ["dialog-cancel", order("open"), dialog("Cancel order", "取消订单")],
    ["dialog-confirm", order("underWay"), dialog("I have it", "我已收到")],
    ["dialog-report", order("complete"), dialog("Report a problem", "反映问题")],
    ["dialog-save", order("complete"), dialog("Save for next time", "收藏")],
    ["dialog-remove-card", "/payment", dialog("Remove", "移除")],
    ["order-wrong", "/order", wrongOrder],
  ],
  bob: [
    ["orders-empty", "/orders"],
    ["saved-empty", "/saved"],
    ["home-empty", "/home"],
    ["notifications-empty", "/notifications"],
  ],
  carl: [
    ["order-no-card", "/order"],
    ["payment-empty", "/payment"],
  ],
  tess: [["order-at-the-bank", ({ secured }) => `/orders/${secured}`]],
  dora: [["order-declined", ({ declined }) => `/orders/${declined}`]],
  mia: [
    ["choose", "/choose"],
    ["order-while-delivering", "/order"],
    ["run-active-at-the-door", ({ orders }) => `/run/active?order=${orders.atTheDoor}`],
    ["run-active-asked", ({ orders }) => `/run/active?order=${orders.asked}`],
  ],
  ray: [
    ["run", "/run"],
    ["run-active", "/run/active"],
    ["dialog-change", "/run/active", dialog("Ask for a change", "请求变更")],
    ["dialog-withdraw", "/run/active", dialog("Give it back", "放弃此单")],
    ["run-paid", ({ orders }) => `/run/active?order=${orders.complete}`],
    ["run-receipt", ({ orders }) => `/run/receipt/${orders.complete}`],
    ["earnings", "/run/earnings", chart],
    ["wallet", "/wallet"],
    ["run-notifications", "/notifications"],
    ["run-profile", "/profile"],
  ],
  rio: [
    ["run-active-empty", "/run/active"],
    ["earnings-empty", "/run/earnings"],
    ["wallet-empty", "/wallet"],
  ],
  rex: [
    ["run-no-payouts", "/run"],
    ["wallet-no-payouts", "/wallet"],
  ],
  olga: [["ops", "/ops"]],
};

// Nearly two hundred pages: what went wrong is in the message, and a trace of each would take as long again.
test.use({ trace: "off" });

const NARROW = { width: 320, height: 640 };

for (const [width, size] of Object.entries({ phone: PHONE, desk: DESK })) {
  for (const [who, rows] of Object.entries(PAGES)) {
    test(`${who} on a ${width}: every page is accessible in both themes, fits, and is quiet`, async ({
      browser,
      enter,
      platform,
      world,
    }) => {
      test.setTimeout(180_000);
      const page =
        who === "nobody"
          ? await (await browser.newContext({ viewport: size, baseURL: platform.url })).newPage()
          : await enter(who, size);
      const noise = listen(page.context());
      for (const [name, path, act] of rows) {
        await test.step(name, async () => {
          await page.goto(typeof path === "string" ? path : path(world));
          await settle(page, act);
          for (const theme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme: theme });
            await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
            expect.soft(await violations(page), `${name}, ${theme}`).toEqual([]);
            await page.screenshot({ path: `screenshots/${width}-${theme}/${name}.png` });
          }
          await fits(page, name);
          if (size === PHONE) {
            await page.setViewportSize(NARROW);
            await fits(page, `${name} at 320 px`);
            await page.setViewportSize(size);
          }
          expect.soft(noise.splice(0), `${name} is not quiet`).toEqual([]);
        });
      }
      await page.context().close();
    });
  }
}

test("every page of a phone is there in Chinese, and fits", async ({ browser, enter, platform, world }) => {
  test.setTimeout(180_000);
  for (const [who, rows] of Object.entries(PAGES)) {
    const page =
      who === "nobody"
        ? await (await browser.newContext({ viewport: PHONE, baseURL: platform.url })).newPage()
        : await enter(who);
    await page.evaluate(() => localStorage.setItem("campusg.language", "zh")).catch(() => undefined);
    await page.addInitScript(() => localStorage.setItem("campusg.language", "zh"));
    for (const [name, path, act] of rows) {
      await page.goto(typeof path === "string" ? path : path(world));
      await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
      await settle(page, act);
      await page.screenshot({ path: `screenshots/phone-zh/${name}.png` });
      await page.setViewportSize(NARROW);
      await fits(page, `${name} in Chinese at 320 px`);
      await page.setViewportSize(PHONE);
    }
    await page.context().close();
  }
});

test("an order is placed with the keyboard alone", async ({ enter }) => {
  const page = await enter("bob", DESK);
  await page.goto("/order");
  const type = async (label: string, text: string) => {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.type(text);
  };
  await tabTo(page, page.getByRole("tab", { selected: true }));
  await page.keyboard.press("End");
  await expect(page.getByRole("tab").last()).toBeFocused();
  await type("Store", "Supergreen");
  await type("Location", "Connexion");
  await type("Item", "Protein bowl");
  // In a row, Enter sends nothing.
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "One more", exact: true }));
  await page.keyboard.press("Enter");
  await type("Price each", "8.90");
  await type("Building", "Law");
  await type("Room", "2-03");
  await tabTo(page, page.getByRole("radio", { name: "$2", exact: true }));
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "$3", exact: true })).toBeChecked();
  // Twice 8.90, 3.00 for the way, and a fifth of the food on top: what is seen is what is agreed to.
  await tabTo(page, page.getByRole("button", { name: "Place order · $24.36 held" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/orders\/ord_/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Looking for a runner");
  // It opened with the focus on what happened.
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page.getByText("2 × Protein bowl")).toBeVisible();
});

test("what is marked as read without a network is read when there is one", async ({ enter, world }) => {
  expect(world.orders.open).toBeTruthy();
  const page = await enter("mia");
  await page.context().setOffline(true);
  await expect(page.getByTestId("stream")).toHaveAttribute("data-status", "offline");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByText("Saved on this device.")).toBeVisible();
  await expect(page.getByText("Unread").first()).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText("Unread")).toHaveCount(0);
  await expect(page.getByText("Saved on this device.")).toHaveCount(0);
});

/** Presses Tab until it has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

/** Until nothing is on its way any more. */
async function settle(page: Page, act: Act | undefined): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  if (act) await expect(await act(page)).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
}

async function violations(page: Page): Promise<string[]> {
  // No frames, so none of its own way to look into them either.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
  );
}

/** Nothing of the page scrolls sideways, once what measures itself (a chart) has done so at this width. */
async function fits(page: Page, name: string): Promise<void> {
  await expect
    .configure({ soft: true })
    .poll(() => sideways(page), `${name} has a sideways scroll`)
    .toEqual([]);
}

/** What reaches beyond the right edge. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.tagName}.${element.className} ${element.textContent?.slice(0, 30)}`);
  });
}

/** What a page says in the console, and whom it asks outside of this machine. */
function listen(context: BrowserContext): string[] {
  const heard: string[] = [];
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    // Chromium reports every answer that is a refusal. The page shows those.
    if (/^Failed to load resource: .* (403|404|429|503) /.test(message.text())) return;
    heard.push(message.text());
  });
  context.on("weberror", (error) => heard.push(error.error().message));
  context.on("request", (request) => {
    const { protocol, hostname, href } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !["127.0.0.1", "localhost"].includes(hostname)) heard.push(href);
  });
  return heard;
}

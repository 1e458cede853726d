import { test as base, expect, type Page } from "@playwright/test";
import { type Platform, startPlatform } from "./platform";

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

/** Opens a browser of their own for somebody, signed in: on the platform that the stories share, or on another one. */
export type Enter = (name: string, size?: typeof PHONE, at?: Platform) => Promise<Page>;

export const test = base.extend<
  { enter: Enter; own: (options: Parameters<typeof startPlatform>[0]) => Promise<Platform> },
  { platform: Platform }
>({
  platform: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const platform = await startPlatform();
      await use(platform);
      await platform.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
  own: async ({}, use) => {
    const started: Platform[] = [];
    await use(async (options) => {
      const platform = await startPlatform(options);
      started.push(platform);
      return platform;
    });
    for (const platform of started) await platform.stop();
  },
  enter: async ({ browser, platform }, use) => {
    const opened: Page[] = [];
    const wrong: string[] = [];
    await use(async (name, size = PHONE, at = platform) => {
      const context = await browser.newContext({ viewport: size, baseURL: at.url });
      context.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol.startsWith("http") && hostname !== "127.0.0.1")
          wrong.push(`${name} asked ${request.url()}`);
      });
      context.on("weberror", (error) => wrong.push(`${name}'s page: ${error.error()}`));
      context.on("console", (message) => {
        if (/Content Security Policy/.test(message.text())) wrong.push(message.text());
      });
      await context.addInitScript(remember);
      const page = await context.newPage();
      opened.push(page);
      await signIn(page, name);
      return page;
    });
    for (const page of opened) await page.context().close();
    // Whatever the story is about: nothing leaves this machine, and nothing breaks on the way.
    expect(wrong).toEqual([]);
  },
});

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto("/sign-in?next=/notifications");
  await page.getByRole("button", { name: new RegExp(`^${name}$`, "i") }).click();
  await expect(page.getByTestId("stream")).toHaveAttribute("data-status", "live");
}

/** Keeps what a page says for a moment only: alerts and announcements. */
function remember(): void {
  const said = new Set<string>();
  Object.assign(globalThis, { said });
  const listen = () => {
    for (const element of document.querySelectorAll("[role=alert], [role=status]")) {
      const text = element.textContent?.trim();
      if (text) said.add(text);
    }
  };
  new MutationObserver(listen).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Waits until a page has said something, however short it stood there. */
export async function expectSaid(page: Page, words: RegExp): Promise<void> {
  const said = () => page.evaluate(() => [...(globalThis as unknown as { said: Set<string> }).said]);
  await expect.poll(said).toContainEqual(expect.stringMatching(words));
}

/** The one sentence of now. */
export const title = (page: Page) => page.getByRole("heading", { level: 1 });

/** What a runner sees of an order from this store. */
export const offerOf = (page: Page, store: string) => page.getByRole("listitem").filter({ hasText: store });

export interface Errand {
  store: string;
}

/** Fills in an errand. */
export async function fillErrand(page: Page, { store }: Errand): Promise<void> {
  await page.goto("/order");
  await page.getByRole("tab", { name: "Anything else" }).click();
  await page.getByLabel("Store", { exact: true }).fill(store);
  await page.getByLabel("Location").fill("Block 7");
  await page.getByLabel("Item", { exact: true }).fill("Chicken rice");
  await page.getByLabel("Price each").fill("4.45");
  await page.getByLabel("Building").fill("Library");
  await page.getByLabel("Room").fill("3-12");
}

/** Places what is filled in as soon as the platform has priced it; the page is its tracking page afterwards. */
export async function place(page: Page): Promise<string> {
  await page.getByRole("button", { name: /Place order · \$/ }).click();
  await page.waitForURL(/\/orders\/ord_/);
  return new URL(page.url()).pathname.split("/")[2] ?? "";
}

/** Fills in an errand and places it. Answers with its id. */
export async function placeErrand(page: Page, errand: Errand): Promise<string> {
  await fillErrand(page, errand);
  return place(page);
}

/** Takes the order from this store. */
export async function accept(runner: Page, store: string): Promise<void> {
  await offerOf(runner, store).getByRole("button", { name: "Accept" }).click();
  await expect(title(runner)).toHaveText(`Go to ${store} and order`);
}

export { expect };

// How soon pages show what happens, and how soon phones show pages: on a platform of its own, in Chromium. Figures, no test.
// `npm run measure -- /orders /run` takes only those pages.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { startPlatform } from "../tests/e2e/platform.ts";

const ORDERS = Number(process.env.MEASURE_ORDERS ?? 20);
const RUNS = Number(process.env.MEASURE_RUNS ?? 3);
const ONLY = process.argv.slice(2);
const PHONE = { width: 390, height: 844 };
const FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"];

/** How far an order is when its page shows this. */
const SHOWN = [
  [/^Looking for a runner/, "CREATED"],
  [/^Your runner is being checked/, "CLAIMED"],
  [/^Your runner is going to/, "ACCEPTED"],
  [/^Ordered at/, "PLACED"],
  [/^On the way to/, "ON_THE_WAY"],
  [/^Delivered/, "DELIVERED"],
  [/^Complete/, "COMPLETED"],
];
const PATH = SHOWN.map(([, status]) => status);

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
const profile = await mkdtemp(join(tmpdir(), "campusg-measure-"));
const platform = await startPlatform();
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: [...FLAGS, "--remote-debugging-port=0"],
  viewport: PHONE,
  baseURL: platform.url,
});
try {
  const order = await eventToPixel();
  await largestPaints(order);
} finally {
  await browser.close();
  await platform.stop();
  await rm(profile, { recursive: true, force: true });
}

/**
 * Carries orders whose page is open. For each event: from the moment at which another listener on this machine has it from the
 * gateway, and from the time that the event itself bears (when the service decided, before it was stored and published), to
 * the first frame after the page shows it.
 */
async function eventToPixel() {
  const [alice, ray] = [await person("alice"), await person("ray")];
  const news = listen(alice.token);
  const page = await signIn("Alice");
  const [fromGateway, fromDecision] = [[], []];
  let id;
  for (let n = 0; n < ORDERS; n += 1) {
    id = await placed(alice);
    await page.goto(`/orders/${id}`);
    await page.getByRole("heading", { level: 1, name: "Looking for a runner" }).waitFor();
    await page.evaluate(watchTitle);
    await ray.post(`/api/v1/orders/${id}/accept`, {});
    await ray.post(`/api/v1/orders/${id}/advance`, { to: "PLACED", receipt_cents: 445 });
    await ray.post(`/api/v1/orders/${id}/advance`, { to: "ON_THE_WAY" });
    const { handover_pin: pin } = await alice.get(`/api/v1/orders/${id}`);
    await ray.post(`/api/v1/orders/${id}/advance`, { to: "DELIVERED", pin });
    await page.getByRole("heading", { level: 1, name: "Complete" }).waitFor();
    const seen = (await page.evaluate(() => globalThis.seen)).map(({ text, at }) => ({
      at,
      place: PATH.indexOf(SHOWN.find(([words]) => words.test(text))?.[1]),
    }));
    for (const { data, arrived } of news.of(id)) {
      const place = PATH.indexOf(data.status);
      // What is overtaken before it is painted is shown by what overtakes it.
      const pixel = seen.find((shown) => shown.place >= place)?.at;
      if (place < 1 || pixel === undefined) continue;
      fromGateway.push(pixel - arrived);
      fromDecision.push(pixel - Date.parse(data.at));
    }
  }
  news.stop();
  await page.close();
  const row = (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(0);
    return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms of ${sorted.length}`;
  };
  console.log(`event → pixel, from the gateway's socket:     ${row(fromGateway)}`);
  console.log(`event → pixel, from the service's decision:   ${row(fromDecision)}`);
  return id;
}

/** Runs in the page: notes each title with the time of the frame that shows it. */
function watchTitle() {
  const seen = [];
  globalThis.seen = seen;
  let last = "";
  const look = () => {
    const text = document.querySelector("h1")?.textContent ?? "";
    if (text === last) return;
    last = text;
    // The frame that follows is drawn when a message sent from it arrives.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => seen.push({ text, at: performance.timeOrigin + performance.now() });
      port2.postMessage("");
    });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Lighthouse's mobile setting: a slow phone (CPU 4 times slower) on slow 4G, simulated; nothing in any cache. */
async function largestPaints(order) {
  const pages = {
    Alice: [
      ...["/", "/order", "/orders", `/orders/${order}`, `/orders/${order}/receipt`, "/saved", "/payment"],
      ...["/home", "/notifications", "/profile", "/choose"],
    ],
    Ray: ["/run", `/run/active?order=${order}`, "/run/earnings", "/wallet", `/run/receipt/${order}`],
  };
  const port = await debuggingPort();
  for (const [name, paths] of Object.entries(pages)) {
    const signedIn = await signIn(name);
    await signedIn.close();
    for (const path of paths) {
      const where = path.replace(order, "$id");
      if (ONLY.length > 0 && !ONLY.includes(where)) continue;
      const runs = [];
      for (let n = 0; n < RUNS; n += 1) {
        const result = await lighthouse(new URL(path, platform.url).href, {
          port,
          logLevel: "error",
          // The stream of events never ends, so no page is ever quiet.
          maxWaitForLoad: 12_000,
          onlyAudits: ["largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"],
          clearStorageTypes: ["shader_cache", "service_workers", "cache_storage", "indexeddb"],
        });
        const audit = (id) => result.lhr.audits[id].numericValue ?? Number.NaN;
        runs.push([
          audit("largest-contentful-paint"),
          audit("total-blocking-time"),
          audit("cumulative-layout-shift"),
        ]);
      }
      const [lcp, tbt, cls] = [0, 1, 2].map((n) => median(runs.map((run) => run[n])));
      console.log(
        `${where.padEnd(26)} LCP ${(lcp / 1000).toFixed(2)} s  TBT ${tbt.toFixed(0)} ms  CLS ${cls.toFixed(3)}`,
      );
    }
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function debuggingPort() {
  return Number((await readFile(join(profile, "DevToolsActivePort"), "utf8")).split("\n")[0]);
}

async function signIn(name) {
  const page = await browser.newPage();
  await page.goto("/sign-in?next=/notifications");
  await page.getByRole("button", { name: new RegExp(`^${name}`, "i") }).click();
  await page.locator('[data-testid=stream][data-status="live"]').waitFor();
  return page;
}

async function person(name) {
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ person: name });
  const entered = await fetch(`${platform.url}/api/v1/dev/sign-in`, { method: "POST", headers: json, body });
  const { token } = await entered.json();
  const headers = { ...json, authorization: `Bearer ${token}` };
  const ask = async (method, path, input) => {
    const own = input ? { "idempotency-key": crypto.randomUUID(), prefer: "wait=10" } : {};
    const body = input && JSON.stringify(input);
    const answer = await fetch(platform.url + path, { method, headers: { ...headers, ...own }, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return { token, get: (path) => ask("GET", path), post: (path, input) => ask("POST", path, input) };
}

async function placed(customer) {
  const { quote_id } = await customer.post("/api/v1/quotes", {
    store: { name: "Koufu", location: "Block 7" },
    deliver_to: { building: "Library", room: "3-12" },
    items: [{ name: "Chicken rice", quantity: 1, price_cents: 445 }],
  });
  const { order_id } = await customer.post("/api/v1/orders", { quote_id });
  return order_id;
}

/** Another listener beside the page, which notes when it has what. */
function listen(token) {
  const stop = new AbortController();
  const heard = [];
  const read = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const stream = await fetch(`${platform.url}/api/v1/stream`, { headers, signal: stop.signal });
    let text = "";
    for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
      const arrived = performance.timeOrigin + performance.now();
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const data = /^event: ?order$/m.test(block) && /^data: ?(.*)$/m.exec(block)?.[1];
        if (data) heard.push({ arrived, data: JSON.parse(data) });
      }
    }
  };
  read().catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  return { of: (id) => heard.filter(({ data }) => data.order_id === id), stop: () => stop.abort() };
}

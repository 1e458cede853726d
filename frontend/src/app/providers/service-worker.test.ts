import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { shellFiles } from "../../../scripts/shell";

const FILES = ["/assets/index-1.js", "/assets/run.active-2.js"];
const code = readFileSync(join("public", "sw.js"), "utf8")
  .replace("__BUILD__", "two")
  .replace("__FILES__", JSON.stringify(FILES));

interface Event {
  request: { url: string; method: string; mode: string };
}
type Heard = (
  event: Event & { waitUntil: (work: Promise<void>) => void; respondWith: (answer: unknown) => void },
) => void;

const stores = new Map<string, Map<string, string>>();
const network = vi.fn<(request: { url: string }) => Promise<string>>();
let listeners: Record<string, Heard>;

const pathOf = (request: unknown) =>
  new URL((request as { url?: string }).url ?? String(request), "http://c").pathname;
const caches = {
  keys: async () => [...stores.keys()],
  delete: async (name: string) => stores.delete(name),
  open: async (name: string) => {
    const store = stores.get(name) ?? new Map<string, string>();
    stores.set(name, store);
    return {
      addAll: async (requests: unknown[]) => {
        for (const request of requests) store.set(pathOf(request), `kept ${pathOf(request)}`);
      },
      match: async (path: string) => store.get(path),
    };
  },
};

/** What the worker answers; nothing if it leaves that to the network. */
async function ask(path: string, mode = "cors", method = "GET"): Promise<unknown> {
  let answer: unknown;
  const event = {
    request: { url: `http://c${path}`, method, mode },
    respondWith: (given: unknown) => (answer = given),
  };
  listeners.fetch?.({ ...event, waitUntil: () => {} });
  return answer;
}
async function be(state: "install" | "activate"): Promise<void> {
  let work: Promise<void> | undefined;
  listeners[state]?.({ waitUntil: (given: Promise<void>) => (work = given) } as never);
  await work;
}

beforeEach(async () => {
  stores.clear();
  listeners = {};
  network.mockReset();
  const self = {
    addEventListener: (name: string, heard: Heard) => {
      listeners[name] = heard;
    },
    location: { origin: "http://c" },
    clients: { claim: async () => {} },
  };
  const Asked = class {
    url: string;
    constructor(path: string) {
      this.url = `http://c${path}`;
    }
  };
  new Function("self", "caches", "fetch", "Request", "Response", code)(self, caches, network, Asked, {
    error: () => "nothing",
  });
  await be("install");
});

it("opens the app without a network, whatever the address", async () => {
  network.mockRejectedValue(new TypeError("no network"));
  expect(await ask("/run/active?order=ord_1", "navigate")).toBe("kept /");
  expect(await ask("/assets/run.active-2.js")).toBe("kept /assets/run.active-2.js");
});

it("opens the newest app while there is a network", async () => {
  network.mockResolvedValue("new");
  expect(await ask("/run", "navigate")).toBe("new");
});

it("has nothing to do with data", async () => {
  expect(await ask("/api/v1/me")).toBeUndefined();
  expect(await ask("/api/v1/stream")).toBeUndefined();
  expect(await ask("/api/docs", "navigate")).toBeUndefined();
  expect(await ask("/run", "cors", "POST")).toBeUndefined();
});

it("forgets the files of the build before, and nobody else's", async () => {
  stores.set("campusg-one", new Map());
  stores.set("other", new Map());
  await be("activate");
  expect([...stores.keys()].toSorted()).toEqual(["campusg-two", "other"]);
});

it("keeps what a runner needs and not what takes long to fetch", () => {
  const names = ["index-1.js", "recharts-2.js", "Bars-3.js", "ops-4.js", "inter-latin-wght-normal-5.woff2"];
  expect(shellFiles([...names, "inter-cyrillic-wght-normal-6.woff2", "index-1.js.br"])).toEqual([
    "/assets/index-1.js",
    "/assets/inter-latin-wght-normal-5.woff2",
  ]);
});

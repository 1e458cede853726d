import { clear, get } from "idb-keyval";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import { createQueue, type Queued } from "./queue";

type Step = string;

/** One lock after the other, as browsers do. */
function fakeLocks() {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => {
    last = last.then(work, work);
    return last;
  };
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
}

const away = () => Promise.reject(Problem.unreachable());
const refusal = () => Promise.reject(new Problem({ code: "wrong_pin", status: 409, detail: "No." }));
let name = "";
let count = 0;

function queueOf(send: (item: Queued<Step>) => Promise<"done" | "stopped">) {
  return createQueue<Step>({ name, owner: () => "usr_1", send });
}
const add = (queue: ReturnType<typeof queueOf>, scope: string, input: Step) =>
  queue.add({ key: `${scope}-${input}`, scope, input, at: "2026-11-22T04:14:00Z" });
const kept = () => get<{ waiting: Queued<Step>[]; refused: { code: string; input: Step }[] }>(name);

beforeEach(() => {
  fakeLocks();
  count += 1;
  name = `queue-${count}`;
});
afterEach(() => clear());

it("sends in order, per order", async () => {
  const sent: string[] = [];
  const queue = queueOf(async ({ scope, input }) => {
    sent.push(`${scope} ${input}`);
    return "done";
  });
  await Promise.all([add(queue, "a", "1"), add(queue, "b", "1"), add(queue, "a", "2")]);
  await vi.waitFor(() => expect(sent).toHaveLength(3));
  expect(sent.filter((step) => step.startsWith("a"))).toEqual(["a 1", "a 2"]);
  await vi.waitFor(async () => expect((await kept())?.waiting).toEqual([]));
});

it("keeps what cannot be sent, with its time and key, over a reload, and holds back what comes after it", async () => {
  const first = vi.fn(away);
  const before = queueOf(first);
  await add(before, "a", "1");
  await add(before, "a", "2");
  await vi.waitFor(async () => expect((await kept())?.waiting[0]?.tried).toBe(true));
  expect(first.mock.calls.every(([item]: [Queued<Step>?]) => item?.input === "1")).toBe(true);

  const sent: Queued<Step>[] = [];
  const after = queueOf(async (item) => {
    sent.push(item);
    return "done";
  });
  after.start();
  await vi.waitFor(() => expect(sent.map(({ key }) => key)).toEqual(["a-1", "a-2"]));
  expect(sent[0]?.at).toBe("2026-11-22T04:14:00Z");
});

it("does not send what is not whoever is here's", async () => {
  await add(queueOf(away), "a", "1");
  const send = vi.fn(async () => "done" as const);
  const queue = createQueue<Step>({ name, owner: () => "usr_2", send });
  queue.start();
  queue.kick();
  await new Promise((resolve) => navigator.locks.request(name, async () => resolve(undefined)));
  expect(send).not.toHaveBeenCalled();
  expect((await kept())?.waiting).toHaveLength(1);
});

it("keeps a refusal to be read, and drops what was waiting behind it", async () => {
  let answer: () => Promise<"done" | "stopped"> = away;
  const queue = queueOf(() => answer());
  await add(queue, "a", "1");
  await add(queue, "a", "2");
  await add(queue, "b", "1");
  await vi.waitFor(async () => expect((await kept())?.waiting.filter(({ tried }) => tried)).toHaveLength(2));
  answer = refusal;
  queue.kick();
  await vi.waitFor(async () => expect((await kept())?.waiting).toEqual([]));
  expect((await kept())?.refused.map(({ code, input }) => [code, input])).toEqual([
    ["wrong_pin", "1"],
    ["wrong_pin", "1"],
  ]);
  await queue.dismiss("a");
  expect((await kept())?.refused).toHaveLength(1);
});

it("stops where a step led elsewhere", async () => {
  let answer: () => Promise<"done" | "stopped"> = away;
  const queue = queueOf(() => answer());
  await add(queue, "a", "1");
  await add(queue, "a", "2");
  answer = async () => "stopped";
  queue.kick();
  await vi.waitFor(async () => expect((await kept())?.waiting).toEqual([]));
  expect((await kept())?.refused).toMatchObject([{ code: "stopped", input: "2" }]);
});

it("waits for whoever has to sign in again", async () => {
  const queue = queueOf(() => Promise.reject(new Problem({ code: "unauthenticated", status: 401 })));
  await add(queue, "a", "1");
  await vi.waitFor(async () => expect((await kept())?.waiting[0]?.tried).toBe(true));
});

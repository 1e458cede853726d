import { get, update } from "idb-keyval";
import { Problem } from "@/shared/api/problem";
import { createStore, useStore } from "@/shared/lib/store";

/** Something that somebody did, and that the platform has not answered yet. */
export interface Queued<Input> {
  /** Its `Idempotency-Key`, however often it is sent. */
  key: string;
  /** Whose it is: nobody else sends it. */
  owner: string;
  /** What comes one after the other: an order. */
  scope: string;
  /** When it was done, which may be long before it is sent. */
  at: string;
  input: Input;
  /** Whether the platform could not be reached with it at least once. */
  tried: boolean;
}

/** What the platform said no to, and what was waiting behind it. */
export interface Refused<Input> extends Queued<Input> {
  code: string;
  message: string;
  pointer?: string | undefined;
}

interface Kept<Input> {
  waiting: Queued<Input>[];
  refused: Refused<Input>[];
}

interface State<Input> extends Kept<Input> {
  /** Whether it is on the device; private windows may have no place for it, and then it lives as long as the page. */
  durable: boolean;
}

interface Options<Input> {
  name: string;
  owner: () => string | undefined;
  /** Sends one. `stopped` says that it was heard but led elsewhere, so whatever comes after it makes no sense any more. */
  send: (item: Queued<Input>) => Promise<"done" | "stopped">;
}

const RETRY_MS = 5_000;

/**
 * What is done without a network: kept on the device, sent in order per scope, one tab at a time. What the platform has
 * heard once it hears again with the same key, so nothing happens twice.
 */
export function createQueue<Input>({ name, owner, send }: Options<Input>) {
  const none: Kept<Input> = { waiting: [], refused: [] };
  const store = createStore<State<Input>>({ ...none, durable: true });
  const others = new BroadcastChannel(name);
  let asked = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const read = async (): Promise<Kept<Input>> => {
    const { durable, ...here } = store.get();
    return durable ? ((await get<Kept<Input>>(name)) ?? none) : here;
  };

  const load = async () => {
    const kept = await read().catch(() => undefined);
    if (kept) store.set({ ...kept, durable: store.get().durable });
  };

  const change = async (to: (kept: Kept<Input>) => Kept<Input>) => {
    let next: Kept<Input> | undefined;
    const durable = await update<Kept<Input>>(name, (kept) => {
      next = to(kept ?? none);
      return next;
    }).then(
      () => true,
      () => false,
    );
    store.set({ ...(durable && next ? next : to(store.get())), durable });
    others.postMessage("changed");
  };

  const settle = (item: Queued<Input>, word: "done" | "stopped" | Problem) =>
    change(({ waiting, refused }) => {
      const behind = waiting.filter(({ scope, key }) => scope === item.scope && key !== item.key);
      const rest = waiting.filter(({ key }) => key !== item.key);
      if (word === "done") return { waiting: rest, refused };
      const dropped: Refused<Input>[] =
        word === "stopped"
          ? behind.slice(0, 1).map((next) => ({ ...next, code: "stopped", message: "" }))
          : [{ ...item, code: word.code, message: word.message, pointer: word.pointer }];
      return { waiting: rest.filter(({ scope }) => scope !== item.scope), refused: [...refused, ...dropped] };
    });

  const drain = async () => {
    asked = false;
    const unreachable = new Set<string>();
    for (;;) {
      const me = owner();
      const { waiting } = await read();
      const item = waiting.find((item) => item.owner === me && !unreachable.has(item.scope));
      if (!item) break;
      const word = await send(item).catch((error: unknown) => Problem.from(error));
      if (word instanceof Problem && mayPass(word)) {
        unreachable.add(item.scope);
        if (!item.tried) await change((kept) => ({ ...kept, waiting: kept.waiting.map(tried(item.key)) }));
        continue;
      }
      await settle(item, word);
    }
    clearTimeout(retry);
    if (unreachable.size > 0) retry = setTimeout(kick, RETRY_MS);
  };

  /** Sends what is waiting. One tab does, and nobody waits for it. */
  const kick = () => {
    if (asked) return;
    asked = true;
    void navigator.locks.request(name, drain).catch(() => undefined);
  };

  others.onmessage = () => void load();
  // Whoever opens a page sees at once what was done; sending it begins with `start`.
  void load();

  return {
    /** Keeps it first, then sends it. */
    add: async (item: Pick<Queued<Input>, "key" | "scope" | "at" | "input">) => {
      const queued = { ...item, owner: owner() ?? "", tried: false };
      await change(({ waiting, refused }) => ({
        waiting: [...waiting, queued],
        refused: refused.filter(({ scope }) => scope !== item.scope),
      }));
      kick();
    },
    /** The refusal was read. */
    dismiss: (scope: string) =>
      change((kept) => ({ ...kept, refused: kept.refused.filter((item) => item.scope !== scope) })),
    /** Continues what an earlier visit left, now and whenever there is a network. */
    start: () => {
      void load().then(kick);
      globalThis.addEventListener("online", kick);
      return () => {
        clearTimeout(retry);
        globalThis.removeEventListener("online", kick);
      };
    },
    kick,
    use: () => useStore(store),
  };
}

/** Somebody whose session is over signs in again; their step is as good as before. */
const mayPass = (problem: Problem) => problem.mayPass || problem.status === 401;

const tried =
  (key: string) =>
  <Input>(item: Queued<Input>): Queued<Input> =>
    item.key === key ? { ...item, tried: true } : item;

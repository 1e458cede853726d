import { EventSource } from "eventsource";
import { auth } from "@/shared/auth/auth";
import { KINDS, readEvent, type StreamEvent } from "./events";

/** The gateway says something every 15 seconds; whoever hears nothing for this long has lost it. */
const DEAD_AFTER_MS = 40_000;

export interface Listener {
  heard: (event: StreamEvent, id: string) => void;
  up: () => void;
  down: () => void;
}

/** Holds one stream open until told to stop, resuming after the last event that was heard. */
export function openStream(lastId: () => string | undefined, listener: Listener, signal: AbortSignal): void {
  let source: EventSource | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(restart, DEAD_AFTER_MS);
  };

  const restart = () => {
    source?.close();
    listener.down();
    if (!signal.aborted) connect();
  };

  const connect = () => {
    source = new EventSource(new URL("/api/v1/stream", globalThis.location.href), {
      fetch: async (url, init) => {
        const ask = async (fresh: boolean) => {
          const headers = new Headers(init.headers);
          headers.set("authorization", `Bearer ${await auth.token({ fresh })}`);
          const id = lastId();
          if (id) headers.set("last-event-id", id);
          return fetch(url, { ...init, headers } as RequestInit);
        };
        const first = await ask(false);
        const response = first.status === 401 ? await ask(true) : first;
        if (response.status === 401) auth.expired();
        // Anything but a stream would end the source for good; as a broken connection it is tried again.
        if (!response.ok) throw new TypeError(`stream: ${response.status}`);
        return new Response(watched(response.body, alive), response);
      },
    });
    source.onopen = () => {
      alive();
      listener.up();
    };
    source.onerror = () => {
      listener.down();
      if (source?.readyState === EventSource.CLOSED && !signal.aborted) setTimeout(restart, 1_000);
    };
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) =>
        listener.heard(readEvent(kind, event.data), event.lastEventId),
      );
    }
  };

  // A browser that is back online need not wait for the next try.
  globalThis.addEventListener("online", restart, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(watchdog);
    source?.close();
  });
  connect();
}

/** Comments are no events: bytes are the only sign that the other side lives. */
function watched(
  body: ReadableStream<Uint8Array> | null,
  alive: () => void,
): ReadableStream<Uint8Array> | null {
  const tap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      alive();
      controller.enqueue(chunk);
    },
  });
  return body?.pipeThrough(tap) ?? null;
}

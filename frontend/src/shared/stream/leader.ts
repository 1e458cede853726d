import type { StreamEvent } from "./events";
import { openStream } from "./sse";
import { type StreamStatus, streamStatus } from "./status";

/** After this long without a stream, pages are asked for again and again. */
const POLL_AFTER_MS = 10_000;

type Word =
  | { kind: "heard"; event: StreamEvent; id: string }
  | { kind: "status"; status: StreamStatus }
  | { kind: "hello" };

/**
 * One stream per browser and person: of all tabs, the one that holds the lock listens and tells the others. Browsers open
 * six connections to a host, so a stream per tab would stop the seventh tab from loading. When the leading tab goes, the
 * next one has the lock and continues after the last event that it was told of.
 */
export function listenTogether(personId: string, heard: (event: StreamEvent) => void): () => void {
  const name = `campusg.stream.${personId}`;
  const channel = new BroadcastChannel(name);
  const stop = new AbortController();
  let lastId: string | undefined;
  let readAnew = false;
  let leading = false;
  let pollSoon: ReturnType<typeof setTimeout> | undefined;

  const say = (word: Word) => channel.postMessage(word);

  const tell = (status: StreamStatus) => {
    streamStatus.set(status);
    if (leading) say({ kind: "status", status });
  };

  const take = (event: StreamEvent, id: string) => {
    if (id) lastId = id;
    heard(event);
  };

  // Whoever has heard nothing yet cannot resume: what was read before they listened, or kept from an earlier visit, may be old.
  const listening = () => {
    if (readAnew && lastId !== undefined) return;
    readAnew = true;
    heard({ kind: "reset" });
  };

  const up = () => {
    clearTimeout(pollSoon);
    pollSoon = undefined;
    tell("live");
    listening();
  };

  const down = () => {
    if (!navigator.onLine) return tell("offline");
    if (streamStatus.get() === "polling") return;
    tell("reconnecting");
    pollSoon ??= setTimeout(() => tell(navigator.onLine ? "polling" : "offline"), POLL_AFTER_MS);
  };

  channel.onmessage = ({ data: word }: MessageEvent<Word>) => {
    if (word.kind === "heard") take(word.event, word.id);
    else if (word.kind === "status") {
      const before = streamStatus.get();
      streamStatus.set(word.status);
      if (word.status === "live" && before !== "live") listening();
    } else if (leading) say({ kind: "status", status: streamStatus.get() });
  };

  globalThis.addEventListener("offline", () => tell("offline"), { signal: stop.signal });
  down();
  say({ kind: "hello" });

  const lead = () => {
    if (stop.signal.aborted) return;
    leading = true;
    clearTimeout(pollSoon);
    pollSoon = undefined;
    const listener = {
      heard: (event: StreamEvent, id: string) => {
        say({ kind: "heard", event, id });
        take(event, id);
      },
      up,
      down,
    };
    openStream(() => lastId, listener, stop.signal);
    // Held until this tab has no more use for it.
    return new Promise<void>((release) => stop.signal.addEventListener("abort", () => release()));
  };
  navigator.locks.request(name, { signal: stop.signal }, lead).catch(() => {
    // Given up while waiting for the lock.
  });

  return () => {
    stop.abort();
    clearTimeout(pollSoon);
    channel.close();
  };
}

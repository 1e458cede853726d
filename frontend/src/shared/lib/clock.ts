import { useEffect } from "react";
import { createStore, useStore } from "./store";

/** How far this device's clock is behind the server's, in milliseconds. */
let offset = 0;
const now = createStore(Date.now());

/** Reads the clock of a response's `Date` header, which knows whole seconds only. */
export function syncClock(date: string | null, received = Date.now()): void {
  const server = date === null ? Number.NaN : Date.parse(date) + 500;
  if (Number.isNaN(server)) return;
  // Within the header's precision and the way back nothing was learned.
  if (Math.abs(server - received - offset) > 1_000) offset = server - received;
}

/** The server's time now. */
export function serverNow(): number {
  return Date.now() + offset;
}

let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The server's time, every second, from one timer for all. */
export function useServerNow(): number {
  useEffect(() => {
    watchers += 1;
    timer ??= setInterval(() => now.set(serverNow()), 1_000);
    now.set(serverNow());
    return () => {
      watchers -= 1;
      if (watchers > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return useStore(now);
}

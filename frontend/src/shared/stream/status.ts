import { createStore, useStore } from "@/shared/lib/store";

/** How fresh a page is: heard at once, being heard again soon, asked for every 15 seconds, or not at all. */
export type StreamStatus = "live" | "reconnecting" | "polling" | "offline";

/** Before anybody listens. */
export const notYet = (): StreamStatus => (navigator.onLine ? "reconnecting" : "offline");

export const streamStatus = createStore(notYet());

export function useStreamStatus(): StreamStatus {
  return useStore(streamStatus);
}

/** Whether there is no network: what cannot wait for one is not offered then. */
export function useOffline(): boolean {
  return useStreamStatus() === "offline";
}

import type { QueryClient } from "@tanstack/react-query";
import { endAhead } from "@/shared/api/ahead";
import { quiet } from "@/shared/query/quiet";
import { streamStatus } from "@/shared/stream/status";

const AGAIN_MS = 5_000;

/**
 * What listens and sends, after what the page itself needs. Without it nothing is heard, so a network that goes away just then
 * is no reason to give up: until it comes, pages are asked for again and again.
 */
export async function liveParts(client: QueryClient, left: AbortSignal) {
  await quiet(client);
  // What is listened to from now on begins with reading anew.
  endAhead();
  while (!left.aborted) {
    try {
      return await import("../live");
    } catch {
      streamStatus.set(navigator.onLine ? "polling" : "offline");
      await new Promise((soon) => setTimeout(soon, AGAIN_MS));
    }
  }
  return undefined;
}

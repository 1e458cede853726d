import { useQueryClient } from "@tanstack/react-query";
import { type PropsWithChildren, useEffect } from "react";
import { usePerson } from "@/shared/auth/auth";
import { streamStatus } from "@/shared/stream/status";
import { liveParts } from "./live-parts";
import { keepTheApp } from "./service-worker";

function keepSending(queue: { start: () => () => void; kick: () => void }, left: AbortSignal) {
  if (left.aborted) return;
  const stop = queue.start();
  const unwatch = streamStatus.subscribe(() => {
    if (streamStatus.get() === "live") queue.kick();
  });
  left.addEventListener("abort", () => {
    stop();
    unwatch();
  });
}

/** Sends what was done without a network: when somebody comes back, and as soon as the platform is heard again. */
export function StepsProvider({ children }: PropsWithChildren) {
  const client = useQueryClient();
  const personId = usePerson()?.id;
  useEffect(() => {
    if (!personId) return;
    const left = new AbortController();
    void liveParts(client, left.signal).then((parts) => {
      if (parts) keepTheApp();
      for (const queue of parts ? [parts.steps, parts.reads] : []) keepSending(queue, left.signal);
    });
    return () => left.abort();
  }, [client, personId]);
  return children;
}

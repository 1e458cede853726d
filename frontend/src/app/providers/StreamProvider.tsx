import { useQueryClient } from "@tanstack/react-query";
import { type PropsWithChildren, useEffect } from "react";
import { usePerson } from "@/shared/auth/auth";
import { notYet, streamStatus, useStreamStatus } from "@/shared/stream/status";
import { liveParts } from "./live-parts";

const POLL_MS = 15_000;

/** Listens for as long as somebody is signed in, and asks again and again while it cannot. */
export function StreamProvider({ children }: PropsWithChildren) {
  const client = useQueryClient();
  const personId = usePerson()?.id;
  const status = useStreamStatus();

  useEffect(() => {
    if (!personId) return;
    const stop = new AbortController();
    // Whoever begins to listen reads anew, so nothing is missed before.
    void liveParts(client, stop.signal).then((parts) => {
      if (!parts || stop.signal.aborted) return;
      const leave = parts.listenTogether(personId, (event) => parts.applyEvent(client, event));
      stop.signal.addEventListener("abort", leave);
    });
    return () => {
      stop.abort();
      streamStatus.set(notYet());
    };
  }, [client, personId]);

  useEffect(() => {
    if (status !== "polling") return;
    const timer = setInterval(() => void client.invalidateQueries(), POLL_MS);
    return () => clearInterval(timer);
  }, [client, status]);

  return children;
}

import { useCallback, useEffect, useState } from "react";
import type { Offer } from "@/entities/offer";
import { admit, begin, leave, merge } from "./live";

/** From here on somebody is reading further down. */
const SCROLLED_PX = 80;

/** Whether a finger is on the page, or the reader is not at its top. */
function useHeld(): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    let touched = false;
    const look = () => setHeld(touched || globalThis.scrollY > SCROLLED_PX);
    const touch = (on: boolean) => () => {
      touched = on;
      look();
    };
    const stop = new AbortController();
    const options = { signal: stop.signal, passive: true };
    globalThis.addEventListener("scroll", look, options);
    globalThis.addEventListener("pointerdown", touch(true), options);
    globalThis.addEventListener("pointerup", touch(false), options);
    globalThis.addEventListener("pointercancel", touch(false), options);
    look();
    return () => stop.abort();
  }, []);
  return held;
}

/** What is on the screen of what is on offer. */
export function useLiveOffers(offers: readonly Offer[]) {
  const held = useHeld();
  const [live, setLive] = useState(() => begin(offers));
  if (live.source !== offers) setLive(merge(live, offers, held));
  else if (!held && live.fresh.length > 0) setLive(admit(live));
  return {
    rows: live.rows,
    fresh: live.fresh.length,
    admit: () => setLive(admit),
    leave: useCallback((id: string) => setLive((now) => leave(now, id)), []),
  };
}

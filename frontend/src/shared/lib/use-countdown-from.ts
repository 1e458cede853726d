import { useEffect, useState } from "react";

/** Seconds that are left of a pause, which begins anew with every `cause`. */
export function useCountdownFrom(seconds: number, cause: unknown): number {
  const [state, setState] = useState({ left: seconds, cause });
  if (state.cause !== cause) setState({ left: seconds, cause });
  const over = state.left <= 0;
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => setState((now) => ({ ...now, left: now.left - 1 })), 1_000);
    return () => clearInterval(timer);
  }, [over]);
  return Math.max(0, state.left);
}

import { useEffect, useState } from "react";
import { useSaid } from "@/shared/lib/announce";
import { cn } from "@/shared/lib/cn";

const SHOWN_MS = 4_000;

/** The page's one polite live region, and the same words to see. */
export function LiveRegion() {
  const { text, number } = useSaid();
  const [gone, setGone] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setGone(number), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [number]);
  const shown = number > gone;
  return (
    <div
      role="status"
      aria-live="polite"
      data-testid="live-region"
      className={
        shown
          ? cn(
              "enter pointer-events-none fixed inset-x-4 bottom-24 z-60 mx-auto w-fit max-w-sm rounded-control bg-fg px-4 py-3 text-bg shadow-pop",
            )
          : "sr-only"
      }
    >
      {/* A new element for every announcement: the same words again are said again. */}
      <span key={number}>{text}</span>
    </div>
  );
}

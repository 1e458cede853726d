import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { cn } from "@/shared/lib/cn";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  tabs: { value: string; label: string; content: ReactNode }[];
}

const MOVES: Record<string, (index: number, count: number) => number> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** One of a few parts of a page; a single one has no list above it. Arrows, Home and End move between them, and Tab goes on into what is shown. */
export function Tabs({ label, value, onChange, tabs }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent, index: number) => {
    const next = MOVES[event.key]?.(index, tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    onChange(tabs[next]?.value ?? value);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  const several = tabs.length > 1;
  const shown = tabs.find((tab) => tab.value === value);
  return (
    <div className="flex flex-col gap-4">
      {several && (
        <div
          ref={list}
          role="tablist"
          aria-label={label}
          className="flex gap-1 rounded-control bg-surface-2 p-1"
        >
          {tabs.map((tab, index) => (
            <button
              key={tab.value}
              type="button"
              role="tab"
              id={`${id}-tab-${tab.value}`}
              aria-selected={tab.value === value}
              aria-controls={`${id}-panel`}
              tabIndex={tab.value === value ? 0 : -1}
              onClick={() => onChange(tab.value)}
              onKeyDown={(event) => move(event, index)}
              className={cn(
                "min-h-11 flex-1 rounded-lg px-3 font-medium",
                tab.value === value ? "bg-surface text-fg shadow-card" : "text-fg-muted",
              )}
            >
              {tab.label}
            </button>
          ))}
        </div>
      )}
      <div
        {...(several ? { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": `${id}-tab-${value}` } : {})}
      >
        {shown?.content}
      </div>
    </div>
  );
}

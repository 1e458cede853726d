import type { ReactNode } from "react";

/** Big honest numbers, each with its name. */
export function Figures({ figures }: { figures: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="grid grid-cols-2 gap-3 md:auto-cols-fr md:grid-flow-col md:grid-cols-none md:gap-4">
      {figures.map(({ label, value }) => (
        <div
          key={label}
          // Of an odd number the first one has the width of two: it is the one that matters.
          className="flex flex-col-reverse justify-end gap-1 rounded-card border border-border bg-surface p-4 shadow-card max-md:[&:first-child:nth-last-child(odd)]:col-span-2 max-md:[&:first-child:nth-last-child(odd)>dd]:text-4xl"
        >
          <dt className="text-sm text-fg-muted">{label}</dt>
          <dd className="tabular text-2xl font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

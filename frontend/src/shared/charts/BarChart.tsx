import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { Skeleton } from "@/shared/ui/Skeleton";
import type { Point } from "./Bars";

const Bars = lazy(() => import("./Bars"));

interface Props {
  /** What it shows, in words. */
  title: string;
  points: Point[];
  format: (value: number) => string;
  /** What the two columns of its table are. */
  columns: [label: string, value: string];
}

/**
 * Bars, and the same numbers as a table. The library comes once the chart is seen and nothing else is to be done: the page's
 * first number must not wait for it.
 */
export function BarChart({ title, points, format, columns }: Props) {
  const t = useTranslations("app");
  const box = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (!box.current) return;
    const watch = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      watch.disconnect();
      // Safari has no idle callbacks.
      const soon = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
      soon(() => setWanted(true));
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="sr-only">{title}</figcaption>
      <div ref={box} aria-hidden="true" className="h-60">
        {wanted && (
          <Suspense fallback={<Skeleton className="h-full" />}>
            <Bars points={points} format={format} />
          </Suspense>
        )}
      </div>
      <details>
        <summary className="inline-flex min-h-11 cursor-pointer items-center font-medium text-brand-ink">
          {t("asTable")}
        </summary>
        <table className="w-full text-left text-sm">
          <caption className="sr-only">{title}</caption>
          <thead className="text-fg-muted">
            <tr>
              <th scope="col" className="py-2 font-medium">
                {columns[0]}
              </th>
              <th scope="col" className="py-2 text-right font-medium">
                {columns[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ label, value }) => (
              <tr key={label} className="border-t border-border">
                <th scope="row" className="py-2 font-normal">
                  {label}
                </th>
                <td className="tabular py-2 text-right">{format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

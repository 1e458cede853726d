import { useIsRestoring } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { pageShown } from "@/shared/query/quiet";

/** The page's `h1`. It has the focus when a page opens, so that screen readers begin there. */
export function PageTitle({
  children,
  title,
  aside,
}: {
  children: ReactNode;
  title?: string;
  aside?: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const t = useTranslations("app");
  const name = t("name");
  useEffect(() => {
    // Not on the first page: the browser's own beginning is right there.
    if (document.documentElement.dataset.moved) heading.current?.focus({ preventScroll: true });
  }, []);
  const restoring = useIsRestoring();
  useEffect(() => {
    // What is kept on the device is there, so what is not there is being read.
    if (!restoring) pageShown();
  }, [restoring]);
  useEffect(() => {
    document.title = `${title ?? heading.current?.textContent ?? ""} · ${name}`;
  });
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h1 ref={heading} tabIndex={-1}>
        {children}
      </h1>
      {aside}
    </div>
  );
}

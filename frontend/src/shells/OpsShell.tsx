import { Link, Outlet } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useLayoutEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "@/entities/user";
import { ForbiddenPage } from "@/pages/problem/ProblemPages";
import { cn } from "@/shared/lib/cn";
import { OPS_SECTIONS, OPS_ICON as OpsIcon } from "./navigation";
import { StreamChip } from "./StreamChip";

/** The frame of the operations console: a rail that can be made narrow. Its pages are a later issue's; nothing leads nowhere. */
export function OpsShell() {
  const t = useTranslations("ops");
  const app = useTranslations("app");
  const me = useMe();
  const [wide, setWide] = useState(true);
  useLayoutEffect(() => {
    document.documentElement.dataset.role = "ops";
  }, []);
  const office = me?.roles.some((role) => role === "operator" || role === "finance");
  const Toggle = wide ? PanelLeftClose : PanelLeftOpen;
  return (
    <div className="lg:flex">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:bg-surface focus:p-3"
      >
        {app("skip")}
      </a>
      <nav
        aria-label={t("rail")}
        className={cn(
          "flex shrink-0 flex-col gap-1 border-b border-border bg-surface p-2 text-sm lg:h-dvh lg:border-r lg:border-b-0",
          wide ? "lg:w-56" : "lg:w-14",
        )}
      >
        <div className="flex items-center justify-between">
          <Link
            to="/ops"
            aria-label={t("title")}
            className="flex min-h-10 items-center gap-2 px-2 font-semibold"
          >
            <OpsIcon aria-hidden="true" size={18} />
            <span className={cn(!wide && "lg:hidden")}>{t("title")}</span>
          </Link>
          <button
            type="button"
            aria-label={wide ? t("collapse") : t("expand")}
            onClick={() => setWide(!wide)}
            className="hidden size-10 place-items-center rounded-control hover:bg-surface-2 lg:grid"
          >
            <Toggle aria-hidden="true" size={18} />
          </button>
        </div>
        {wide && (
          <ul className="hidden flex-col lg:flex">
            {OPS_SECTIONS.map((section) => (
              <li key={section} className="flex min-h-9 items-center justify-between px-2 text-fg-muted">
                {t(`sections.${section}`)}
                <span className="text-xs">{t("later")}</span>
              </li>
            ))}
          </ul>
        )}
        <div className={cn("mt-auto flex items-center gap-2 p-2", !wide && "lg:hidden")}>
          <StreamChip />
          <Link to="/choose" className="inline-flex min-h-6 items-center underline">
            {app("forbidden.choose")}
          </Link>
        </div>
      </nav>
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 p-4 outline-none lg:p-8">
        {me && !office ? <ForbiddenPage /> : <Outlet />}
      </main>
    </div>
  );
}

import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { TABS } from "./navigation";

/** At the bottom of a phone, or in the header of a desk: the same links. */
export function Tabs({ face, place }: { face: "customer" | "runner"; place: "bottom" | "top" }) {
  const t = useTranslations("app.nav");
  const bottom = place === "bottom";
  return (
    <nav
      aria-label={t("label")}
      className={
        bottom
          ? "fixed inset-x-0 bottom-0 z-30 border-t border-border bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
          : "hidden md:block"
      }
    >
      <ul className={bottom ? "grid auto-cols-fr grid-flow-col" : "flex gap-1"}>
        {TABS[face].map(({ to, name, icon: Icon, exact }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: exact ?? false }}
              activeProps={{ className: bottom ? "text-brand-ink" : "bg-brand-soft text-brand-ink" }}
              inactiveProps={{ className: "text-fg-muted hover:text-fg" }}
              className={
                bottom
                  ? "flex h-16 flex-col items-center justify-center gap-1 text-xs font-medium"
                  : "flex min-h-11 items-center gap-2 rounded-control px-3 font-medium"
              }
            >
              <Icon aria-hidden="true" size={bottom ? 24 : 18} />
              {t(name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

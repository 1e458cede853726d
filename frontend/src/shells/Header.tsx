import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, CircleUserRound } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { unreadQuery } from "@/entities/notification";
import { auth } from "@/shared/auth/auth";
import { Brand } from "@/shared/ui/Brand";
import { Chip } from "@/shared/ui/Chip";
import { StreamChip } from "./StreamChip";
import { Tabs } from "./Tabs";

const AccountSheet = lazy(() => import("./AccountSheet"));
const ICON_BUTTON =
  "relative grid size-11 place-items-center rounded-control text-fg-muted hover:bg-surface-2 hover:text-fg";

export function Header({ face }: { face: "customer" | "runner" }) {
  const t = useTranslations("app");
  return (
    <header className="sticky top-0 z-30 border-b border-border bg-surface">
      <div className="mx-auto flex h-14 max-w-5xl items-center gap-1 px-4 md:gap-2">
        <Brand />
        {auth.kind() === "local" && (
          <span className="hidden lg:block">
            <Chip tone="warn">{t("local")}</Chip>
          </span>
        )}
        <div className="ml-2 hidden flex-1 md:block">
          <Tabs face={face} place="top" />
        </div>
        <div className="ml-auto flex shrink-0 items-center gap-1">
          <StreamChip />
          <NotificationsBell />
          <Account face={face} />
        </div>
      </div>
    </header>
  );
}

function NotificationsBell() {
  const t = useTranslations("app");
  const unread = useQuery(unreadQuery).data ?? 0;
  return (
    <Link to="/notifications" aria-label={t("bell", { count: unread })} className={ICON_BUTTON}>
      <Bell aria-hidden="true" size={22} />
      {unread > 0 && (
        <span
          aria-hidden="true"
          className="tabular absolute top-1 right-0.5 grid h-4.5 min-w-4.5 place-items-center rounded-full bg-bad px-1 text-[11px] font-semibold text-surface"
        >
          {unread > 99 ? "99" : unread}
        </span>
      )}
    </Link>
  );
}

function Account({ face }: { face: "customer" | "runner" }) {
  const t = useTranslations("app.account");
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpen(true);
  };
  return (
    <>
      <button
        type="button"
        aria-label={t("open")}
        aria-haspopup="dialog"
        onClick={show}
        className={ICON_BUTTON}
      >
        <CircleUserRound aria-hidden="true" size={22} />
      </button>
      {wanted && (
        <Suspense fallback={null}>
          <AccountSheet face={face} open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}

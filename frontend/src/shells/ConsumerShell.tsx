import { Outlet, useLocation } from "@tanstack/react-router";
import { useLayoutEffect } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "@/entities/user";
import { ForbiddenPage } from "@/pages/problem/ProblemPages";
import { faceOf } from "./face";
import { Header } from "./Header";
import { OfflineBanner } from "./OfflineBanner";
import { Tabs } from "./Tabs";
import { UnderWayBar } from "./UnderWayBar";

/** The frame of what customers and runners see. */
export function ConsumerShell() {
  const t = useTranslations("app");
  const path = useLocation({ select: (location) => location.pathname });
  const me = useMe();
  const face = faceOf(path) === "runner" ? "runner" : faceOf(path) === "customer" ? "customer" : undefined;
  const shown =
    face ?? (me?.preferences.role === "runner" || !me?.roles.includes("customer") ? "runner" : "customer");
  useLayoutEffect(() => {
    // On the document, because dialogs stand beside the app.
    document.documentElement.dataset.role = me ? shown : (face ?? "customer");
  }, [shown, face, me]);
  const mayNot = face !== undefined && me !== undefined && !me.roles.includes(face);
  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60 focus:rounded-control focus:bg-surface focus:p-3"
      >
        {t("skip")}
      </a>
      <Header face={shown} />
      <OfflineBanner />
      <UnderWayBar />
      <main id="content" tabIndex={-1} className="mx-auto max-w-5xl px-4 pt-6 pb-32 outline-none md:pb-16">
        {mayNot ? <ForbiddenPage /> : <Outlet />}
      </main>
      <Tabs face={shown} place="bottom" />
    </>
  );
}

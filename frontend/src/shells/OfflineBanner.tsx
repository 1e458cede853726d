import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { serverNow } from "@/shared/lib/clock";
import { clockTime } from "@/shared/lib/time";
import { useStreamStatus } from "@/shared/stream/status";

/** Says that what is shown is what was known, and since when. */
export function OfflineBanner() {
  const t = useTranslations("app");
  const locale = useLocale();
  const offline = useStreamStatus() === "offline";
  const [since, setSince] = useState<number>();
  if (offline !== (since !== undefined)) setSince(offline ? serverNow() : undefined);
  if (!offline || since === undefined) return null;
  return (
    <p role="status" className="bg-warn-soft px-4 py-2 text-center text-sm font-medium text-warn">
      {t("offline", { time: clockTime(new Date(since).toISOString(), locale, since) })}
    </p>
  );
}

import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";

const LONG_MS = 5_000;
const LEAVE_MS = 30_000;

/** What somebody is told who waits for an answer since `since`; nothing while there is none to wait for. */
export function useWaitingWords(waits: boolean, since: number): string | false {
  const t = useTranslations("app.pending");
  const [, wake] = useState(0);
  useEffect(() => {
    if (!waits) return;
    const timers = [LONG_MS, LEAVE_MS].map((after) =>
      setTimeout(() => wake((count) => count + 1), since + after - Date.now()),
    );
    return () => timers.forEach(clearTimeout);
  }, [waits, since]);
  if (!waits) return false;
  const elapsed = Date.now() - since;
  if (elapsed >= LEAVE_MS) return t("leave");
  return elapsed >= LONG_MS ? t("long") : t("sending");
}

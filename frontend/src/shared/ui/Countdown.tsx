import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { announce } from "@/shared/lib/announce";
import { useServerNow } from "@/shared/lib/clock";
import { countdown } from "@/shared/lib/time";

/** Minutes at which it is worth saying how much is left. */
const MARKS = [10, 5, 1];

/** Time that is left, by the server's clock. Silent but for three marks: a timer that speaks every second is noise. */
export function Countdown({ until }: { until: string }) {
  const t = useTranslations("app");
  const left = Date.parse(until) - useServerNow();
  const mark = MARKS.find((minutes) => Math.ceil(left / 1_000) === minutes * 60);
  useEffect(() => {
    if (mark) announce(t("left", { left: countdown(mark * 60_000) }));
  }, [mark, t]);
  return (
    <time role="timer" dateTime={until} className="tabular font-semibold">
      {countdown(left)}
    </time>
  );
}

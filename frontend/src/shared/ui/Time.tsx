import { useLocale } from "use-intl";
import { serverNow } from "@/shared/lib/clock";
import { clockTime, date } from "@/shared/lib/time";

interface Props {
  at: string;
  /** With its date and year, whatever day it is: for paper. */
  full?: boolean;
}

/** A moment, as the campus's clocks show it. */
export function Time({ at, full }: Props) {
  const locale = useLocale();
  return (
    <time dateTime={at} className="tabular whitespace-nowrap">
      {full
        ? `${date(at, locale)}, ${clockTime(at, locale, Date.parse(at))}`
        : clockTime(at, locale, serverNow())}
    </time>
  );
}

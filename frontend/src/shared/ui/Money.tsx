import { useLocale } from "use-intl";
import { type Currency, money } from "@/shared/lib/money";

/** An amount, or the text of one where a string is needed: `useMoney`. */
export function Money({ cents, currency }: { cents: number; currency: Currency }) {
  return <span className="tabular whitespace-nowrap">{useMoney()(cents, currency)}</span>;
}

export function useMoney(): (cents: number, currency: Currency) => string {
  const locale = useLocale();
  return (cents, currency) => money(cents, currency, locale);
}

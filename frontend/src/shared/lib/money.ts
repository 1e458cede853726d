import type { components } from "@/shared/api/schema";

export type Currency = components["schemas"]["Currency"];

/** `1090` cents as `$10.90`. Sums are the server's: nothing here adds up. */
export function money(cents: number, currency: Currency, locale: string): string {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    currencyDisplay: "narrowSymbol",
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(cents / 10 ** digits);
}

/** What somebody typed as a price, in cents; nothing if it is none. `4.5`, `4,50` and `$4.50` are 450. */
export function centsOf(text: string): number | undefined {
  const match = /^[^\d.,-]{0,3}(\d{1,6})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? "0").padEnd(2, "0"));
}

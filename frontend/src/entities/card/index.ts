import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

export type PaymentMethod = Schemas["PaymentMethod"];

export const cardKeys = { all: ["cards"] as const };

export const cardsQuery = queryOptions({
  queryKey: cardKeys.all,
  queryFn: ({ signal }) => data(api.GET("/api/v1/payment-methods", { signal })),
});

const SOON_MONTHS = 2;

/** Whether a card's last month is past or near; a card is good until the end of it. */
export function expiry(
  card: Pick<PaymentMethod, "exp_month" | "exp_year">,
  now: number,
): "over" | "soon" | undefined {
  const today = new Date(now);
  const left = (card.exp_year - today.getUTCFullYear()) * 12 + card.exp_month - (today.getUTCMonth() + 1);
  if (left < 0) return "over";
  return left < SOON_MONTHS ? "soon" : undefined;
}

/** "Visa", as its owner knows it: Stripe writes it small. */
export const brandName = (brand: string) =>
  brand.charAt(0).toUpperCase() + brand.slice(1).replaceAll("_", " ");

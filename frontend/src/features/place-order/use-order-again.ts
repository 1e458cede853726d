import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Order } from "@/entities/order";
import { menuQuery, vendorsQuery } from "@/entities/vendor";
import type { Schemas } from "@/shared/api/client";
import { usePerson } from "@/shared/auth/auth";
import { basketOfOrder, draftOfBasket } from "./again";
import { draftKeys, keepDraft } from "./draft";

/** Fills the form with a basket, and goes there. Nothing is ordered: today's prices come first. */
export function useTakeUp(): (basket: Schemas["NewQuote"]) => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  const personId = usePerson()?.id ?? "";
  return async (basket) => {
    await keepDraft(personId, draftOfBasket(basket));
    client.removeQueries({ queryKey: draftKeys.all });
    await navigate({ to: "/order" });
  };
}

/** "Order again", with another delivery fee if that is what was in the way. */
export function useOrderAgain(): (order: Order, feeCents?: number) => Promise<void> {
  const client = useQueryClient();
  const takeUp = useTakeUp();
  return async (order, feeCents) => {
    const basket = await basketOf(client, order);
    await takeUp(feeCents === undefined ? basket : { ...basket, delivery_fee_cents: feeCents });
  };
}

export async function basketOf(client: QueryClient, order: Order): Promise<Schemas["NewQuote"]> {
  return basketOfOrder(order, await menuOf(client, order).catch(() => undefined));
}

async function menuOf(client: QueryClient, order: Order) {
  if (order.basis !== "catalogue") return undefined;
  const { vendors } = await client.fetchQuery(vendorsQuery);
  const vendor = vendors.find(
    ({ store }) => store.name === order.store.name && store.location === order.store.location,
  );
  return vendor && client.fetchQuery(menuQuery(vendor.vendor_id));
}

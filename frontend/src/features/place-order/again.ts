import type { Schemas } from "@/shared/api/client";
import { type Draft, EMPTY } from "./shape";

/** `445` as somebody would type it: `4.45`. */
const typed = (cents: number) => (cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2));

/** A saved basket, back in the form. */
export function draftOfBasket(basket: Schemas["NewQuote"]): Draft {
  const items = (basket.items ?? []).map((item) => ({
    name: item.name,
    quantity: item.quantity,
    price: typed(item.price_cents),
  }));
  return {
    ...EMPTY,
    mode: basket.vendor_id ? "menu" : "errand",
    store: basket.store?.name ?? "",
    location: basket.store?.location ?? "",
    items: items.length > 0 ? items : EMPTY.items,
    vendor_id: basket.vendor_id ?? "",
    picks: basket.picks ?? [],
    building: basket.deliver_to.building,
    room: basket.deliver_to.room,
    note: basket.deliver_to.note ?? "",
    fee: basket.delivery_fee_cents === undefined ? EMPTY.fee : typed(basket.delivery_fee_cents),
  };
}

type Ordered = Pick<Schemas["Order"], "basis" | "store" | "deliver_to" | "lines" | "price">;

/**
 * The basket of an order that was made before. An order from a price list does not say which: it is the one at the same
 * store, if that is still there and has something of it. Otherwise it becomes an errand, at the prices that were paid.
 */
export function basketOfOrder(order: Ordered, menu: Schemas["Menu"] | undefined): Schemas["NewQuote"] {
  const around = {
    deliver_to: order.deliver_to,
    delivery_fee_cents: order.price.delivery_fee_cents,
  };
  const picks = order.lines.flatMap((line) => {
    const item = menu?.items.find(({ name }) => name === line.name);
    return item ? [{ item_id: item.item_id, quantity: line.quantity }] : [];
  });
  if (menu && picks.length > 0) return { vendor_id: menu.vendor.vendor_id, picks, ...around };
  const items = order.lines.map(({ name, quantity, price_cents }) => ({ name, quantity, price_cents }));
  return { store: order.store, items, ...around };
}

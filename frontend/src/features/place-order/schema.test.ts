import { describe, expect, it } from "vitest";
import { basketOfOrder, draftOfBasket } from "./again";
import { basketOf, fieldOf } from "./schema";
import { type Draft, EMPTY } from "./shape";

const FILLED: Draft = {
  ...EMPTY,
  store: "Koufu",
  location: "Block 7",
  items: [{ name: "Chicken rice", quantity: 2, price: "4.45" }],
  building: "Library",
  room: "3-12",
  note: " ",
  fee: "3",
};

describe("an errand", () => {
  it("has no price while it is not filled in", () => {
    expect(basketOf(EMPTY)).toBeUndefined();
    expect(basketOf({ ...FILLED, items: [{ name: "Rice", quantity: 0, price: "4" }] })).toBeUndefined();
  });

  it("is asked for in cents", () => {
    expect(basketOf(FILLED)).toEqual({
      store: { name: "Koufu", location: "Block 7" },
      deliver_to: { building: "Library", room: "3-12" },
      items: [{ name: "Chicken rice", quantity: 2, price_cents: 445 }],
      delivery_fee_cents: 300,
    });
  });

  it("knows which field the platform means", () => {
    expect(fieldOf("/items/2/price_cents")).toBe("items.2.price");
    expect(fieldOf("/deliver_to/room")).toBe("room");
    expect(fieldOf("/quote_id")).toBeUndefined();
    expect(fieldOf(undefined)).toBeUndefined();
  });

  it("comes back from what was saved of it", () => {
    const basket = basketOf(FILLED);
    expect(basket && basketOf(draftOfBasket(basket))).toEqual(basket);
  });
});

describe("an order from a price list", () => {
  const PICKED: Draft = {
    ...FILLED,
    mode: "menu",
    vendor_id: "ven_1",
    picks: [{ item_id: "rice", quantity: 2 }],
  };

  it("needs a store and something from it, and nothing of an errand", () => {
    expect(basketOf({ ...PICKED, picks: [] })).toBeUndefined();
    expect(basketOf({ ...PICKED, vendor_id: "" })).toBeUndefined();
    expect(basketOf({ ...PICKED, store: "", items: [] })).toEqual({
      vendor_id: "ven_1",
      picks: [{ item_id: "rice", quantity: 2 }],
      deliver_to: { building: "Library", room: "3-12" },
      delivery_fee_cents: 300,
    });
  });
});

describe("ordering again", () => {
  const store = { name: "Koufu", location: "Block 7" };
  const line = { name: "Chicken rice", quantity: 2, price_cents: 445, total_cents: 890 };
  const price = {
    items_cents: 890,
    delivery_fee_cents: 250,
    tip_cents: 0,
    platform_fee_cents: 0,
    total_cents: 1140,
    payout_cents: 1140,
    currency: "sgd" as const,
    buffer_cents: 0,
    hold_cents: 1140,
    policy: 1,
  };
  const order = {
    basis: "catalogue" as const,
    store,
    deliver_to: { building: "Library", room: "3-12" },
    lines: [line],
    price,
  };
  const menu = (name: string) => ({
    vendor: { vendor_id: "ven_1", store, open: true },
    items: [{ item_id: "rice", name, price_cents: 500, available: true }],
    currency: "sgd" as const,
    version: 1,
  });

  it("picks the same from the price list", () => {
    expect(basketOfOrder(order, menu("Chicken rice"))).toMatchObject({
      vendor_id: "ven_1",
      picks: [{ item_id: "rice", quantity: 2 }],
      delivery_fee_cents: 250,
    });
  });

  it("is an errand when the price list is gone or has nothing of it", () => {
    const errand = { store, items: [{ name: "Chicken rice", quantity: 2, price_cents: 445 }] };
    expect(basketOfOrder(order, undefined)).toMatchObject(errand);
    expect(basketOfOrder(order, menu("Laksa"))).toMatchObject(errand);
  });
});

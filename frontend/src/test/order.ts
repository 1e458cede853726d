import type { Schemas } from "@/shared/api/client";

/** An order on its way, as its customer sees it. */
export function anOrder(change: Partial<Schemas["Order"]> = {}): Schemas["Order"] {
  return {
    order_id: "ord_1",
    version: 5,
    status: "ON_THE_WAY",
    overdue: false,
    customer_id: "usr_alice",
    runner_id: "usr_ray",
    store: { name: "Koufu", location: "Block 7" },
    deliver_to: { building: "Library", room: "3-12" },
    lines: [{ name: "Chicken rice", quantity: 2, price_cents: 445, total_cents: 890 }],
    price: {
      items_cents: 890,
      delivery_fee_cents: 200,
      tip_cents: 0,
      platform_fee_cents: 0,
      total_cents: 1090,
      payout_cents: 1090,
      currency: "sgd",
      buffer_cents: 0,
      hold_cents: 1090,
      policy: 1,
    },
    timeline: [{ status: "PENDING", at: "2026-11-22T04:00:00Z" }],
    basis: "errand",
    problems: [],
    ratings: [],
    actions: [],
    ...change,
  };
}

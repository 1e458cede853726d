import { z } from "zod/mini";
import type { Schemas } from "@/shared/api/client";
import { centsOf } from "@/shared/lib/money";

/** Error texts are keys of the catalogue: `placeOrder.error.*`. */
export const FIELD_ERRORS = ["required", "price", "long", "quantity", "pick"] as const;
export type FieldError = (typeof FIELD_ERRORS)[number];

const text = (most: number) =>
  z.string().check(z.trim(), z.minLength(1, "required"), z.maxLength(most, "long"));
const price = z.string().check(z.refine((value) => centsOf(value) !== undefined, "price"));
const quantity = z.int().check(z.gte(1, "quantity"), z.lte(99, "quantity"));

const delivery = {
  building: text(100),
  room: text(50),
  note: z.string().check(z.maxLength(100, "long")),
  fee: price,
};

/** What one can order: something from anywhere at an estimated price, or what is on a price list. */
export const Filled = z.discriminatedUnion("mode", [
  z.object({
    ...delivery,
    mode: z.literal("errand"),
    store: text(100),
    location: text(100),
    items: z.array(z.object({ name: text(100), quantity, price })),
  }),
  z.object({
    ...delivery,
    mode: z.literal("menu"),
    vendor_id: z.string().check(z.minLength(1, "pick")),
    picks: z.array(z.object({ item_id: z.string(), quantity })).check(z.minLength(1, "pick")),
  }),
]);

/** What to ask a price for; nothing while the form is not filled in. */
export function basketOf(values: unknown): Schemas["NewQuote"] | undefined {
  const parsed = Filled.safeParse(values);
  if (!parsed.success) return undefined;
  const { building, room, note, fee } = parsed.data;
  const around = {
    deliver_to: { building, room, ...(note.trim() ? { note: note.trim() } : {}) },
    delivery_fee_cents: centsOf(fee) ?? 0,
  };
  if (parsed.data.mode === "menu") {
    return { vendor_id: parsed.data.vendor_id, picks: parsed.data.picks, ...around };
  }
  return {
    store: { name: parsed.data.store, location: parsed.data.location },
    items: parsed.data.items.map((item) => ({
      name: item.name,
      quantity: item.quantity,
      price_cents: centsOf(item.price) ?? 0,
    })),
    ...around,
  };
}

type FieldName =
  | "store"
  | "location"
  | "building"
  | "room"
  | "note"
  | "fee"
  | "vendor_id"
  | "picks"
  | `items.${number}.${"name" | "quantity" | "price"}`;

const POINTERS: [RegExp, (match: RegExpMatchArray) => FieldName][] = [
  [/^\/store\/name/, () => "store"],
  [/^\/store\/location/, () => "location"],
  [/^\/deliver_to\/(building|room|note)/, ([, field]) => field as FieldName],
  [
    /^\/items\/(\d+)\/(name|quantity)/,
    ([, index, field]) => `items.${Number(index)}.${field as "name" | "quantity"}`,
  ],
  [/^\/items\/(\d+)\/price_cents/, ([, index]) => `items.${Number(index)}.price`],
  [/^\/vendor_id/, () => "vendor_id"],
  [/^\/picks/, () => "picks"],
  [/^\/delivery_fee_cents/, () => "fee"],
];

/** Which field of the form a problem's pointer means. */
export function fieldOf(pointer: string | undefined): FieldName | undefined {
  for (const [pattern, field] of POINTERS) {
    const match = pointer?.match(pattern);
    if (match) return field(match);
  }
  return undefined;
}

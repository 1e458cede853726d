import type { Offer } from "@/entities/offer";

/** An offer on the screen, or the place where one was a moment ago. */
export interface Row {
  offer: Offer;
  gone: boolean;
}

/** What is on the screen, which is not always what is on offer: nothing moves under a finger. */
export interface Live {
  source: readonly Offer[];
  rows: Row[];
  /** On offer, but not on the screen yet. */
  fresh: Offer[];
}

const rowOf = (offer: Offer): Row => ({ offer, gone: false });

export function begin(offers: readonly Offer[]): Live {
  return { source: offers, rows: offers.map(rowOf), fresh: [] };
}

/** What is on offer now. While `held`, nothing comes in; what has gone stays as its place until `leave`. */
export function merge(live: Live, offers: readonly Offer[], held: boolean): Live {
  const now = new Map(offers.map((offer) => [offer.order_id, offer]));
  const rows = live.rows.map((row) => {
    const offer = now.get(row.offer.order_id);
    return offer ? rowOf(offer) : { ...row, gone: true };
  });
  const shown = new Set(rows.map(({ offer }) => offer.order_id));
  const next = { source: offers, rows, fresh: offers.filter(({ order_id }) => !shown.has(order_id)) };
  return held ? next : admit(next);
}

/** Lets in what was waiting. */
export function admit(live: Live): Live {
  return { ...live, rows: [...live.rows, ...live.fresh.map(rowOf)], fresh: [] };
}

export function leave(live: Live, id: string): Live {
  return { ...live, rows: live.rows.filter(({ offer, gone }) => !gone || offer.order_id !== id) };
}

export const SORTS = ["pay", "newest", "expiring"] as const;
export type Sort = (typeof SORTS)[number];
export const isSort = (value: unknown): value is Sort => SORTS.some((sort) => sort === value);

/** What somebody wants to see of it, and in which order. */
export interface View {
  sort: Sort;
  building?: string | undefined;
}

const BY: Record<Sort, (a: Offer, b: Offer) => number> = {
  pay: (a, b) => b.earns_cents - a.earns_cents || BY.newest(a, b),
  newest: (a, b) => Date.parse(b.since) - Date.parse(a.since) || a.order_id.localeCompare(b.order_id),
  expiring: (a, b) => Date.parse(a.until) - Date.parse(b.until) || a.order_id.localeCompare(b.order_id),
};

export function arrange(rows: Row[], { sort, building }: View): Row[] {
  return rows
    .filter(({ offer }) => !building || offer.building === building)
    .toSorted((a, b) => BY[sort](a.offer, b.offer));
}

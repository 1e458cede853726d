import type { OrderStatus } from "@/entities/order";

/** The states that one looks for. The platform filters by one state; whatever is under way stands on top anyway. */
export const STATUSES = ["CREATED", "ON_THE_WAY", "COMPLETED", "CANCELLED"] as const satisfies OrderStatus[];

export interface HistorySearch {
  q?: string;
  status?: (typeof STATUSES)[number];
  month?: string;
}

/** What of an address is a filter. */
export function historySearch(search: Record<string, unknown>): HistorySearch {
  const { q, month } = search;
  const status = STATUSES.find((known) => known === search.status);
  return {
    ...((typeof q === "string" || typeof q === "number") && q !== "" ? { q: String(q).slice(0, 100) } : {}),
    ...(status ? { status } : {}),
    ...(typeof month === "string" && /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? { month } : {}),
  };
}

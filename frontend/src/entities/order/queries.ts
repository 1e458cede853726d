import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";
import { campusDay } from "@/shared/lib/time";
import { keepNewest } from "@/shared/query/keep-newest";

export type Order = Schemas["Order"];
export type OrderStatus = Schemas["OrderStatus"];
export type Role = "customer" | "runner";

export interface OrderFilter {
  role: Role;
  status?: OrderStatus;
  q?: string;
  /** `2026-10`, on the campus. */
  month?: string;
}

const PAGE = 20;
const MOST = 100;

export const orderKeys = {
  lists: ["orders"] as const,
  one: (id: string) => ["order", id] as const,
  receipt: (id: string) => ["order", id, "receipt"] as const,
};

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: orderKeys.one(id),
    queryFn: ({ signal }) => data(api.GET("/api/v1/orders/{id}", { params: { path: { id } }, signal })),
    structuralSharing: keepNewest,
    refetchInterval: ({ state }) => (state.data && isLettingGo(state.data) ? LETTING_GO_MS : false),
  });

const LETTING_GO_MS = 2_000;

/** Called off, and the bank still holds the money: no event names whoever waits for that, so it is asked for. */
const isLettingGo = ({ status, money }: Order) => status === "CANCELLED" && money?.stage === "held";

/** Newest first, page by page. */
export const ordersQuery = (filter: OrderFilter) =>
  infiniteQueryOptions({
    queryKey: [...orderKeys.lists, filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => pageOf(filter, pageParam, signal),
    getNextPageParam: (page) => page.next ?? undefined,
  });

async function pageOf(filter: OrderFilter, start: string | undefined, signal: AbortSignal) {
  const { month, ...rest } = filter;
  const ask = (cursor: string | undefined, limit: number) => {
    const query = { ...rest, limit, ...(cursor ? { cursor } : {}) };
    return data(api.GET("/api/v1/orders", { params: { query }, signal }));
  };
  if (!month) return ask(start, PAGE);
  // The API knows no months: newer orders are passed over, and older ones end it.
  const orders: Order[] = [];
  for (let cursor = start; ; ) {
    const page = await ask(cursor, MOST);
    orders.push(...page.orders.filter((order) => monthOf(order) === month));
    const last = page.orders.at(-1);
    if (!page.next || (last && monthOf(last) < month)) return { orders };
    if (orders.length >= PAGE) return { orders, next: page.next };
    cursor = page.next;
  }
}

/** When it was ordered: what happened first. */
export const placedAt = (order: Pick<Order, "timeline">) => order.timeline[0]?.at;

const monthOf = (order: Order) => campusDay(placedAt(order) ?? 0).slice(0, 7);

export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: orderKeys.receipt(id),
    queryFn: ({ signal }) =>
      data(api.GET("/api/v1/orders/{id}/receipt", { params: { path: { id } }, signal })),
  });

const DELIVERED_PAGES = 20;
/** Pages go by when an order was placed; it is delivered the same day or the next. */
const A_DAY_MS = 24 * 3_600_000;

/** All that somebody has delivered and was paid for since a day (`2026-11-01`), newest first. */
export const deliveredQuery = (since: string) =>
  queryOptions({
    queryKey: [...orderKeys.lists, "delivered", since],
    queryFn: async ({ signal }) => {
      const orders: Order[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < DELIVERED_PAGES; page += 1) {
        const query = {
          role: "runner",
          status: "COMPLETED",
          limit: 100,
          ...(cursor ? { cursor } : {}),
        } as const;
        const next = await data(api.GET("/api/v1/orders", { params: { query }, signal }));
        orders.push(...next.orders);
        cursor = next.next ?? undefined;
        const oldest = next.orders.at(-1)?.timeline[0]?.at;
        if (!cursor || !oldest || Date.parse(oldest) < Date.parse(since) - A_DAY_MS) break;
      }
      return orders;
    },
  });

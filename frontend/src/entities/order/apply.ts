import type { QueryClient } from "@tanstack/react-query";
import type { Schemas } from "@/shared/api/client";
import { keepNewest } from "@/shared/query/keep-newest";
import { readAnew } from "@/shared/query/read-anew";
import { type Order, orderKeys } from "./queries";

/** Shows at once what an event says of an order, and has the rest of it read. Older events change nothing. */
export function applyOrderNews(client: QueryClient, news: Schemas["OrderNews"]): void {
  client.setQueryData<Order>(orderKeys.one(news.order_id), (known) => known && withNews(known, news));
  readAnew(client, { queryKey: orderKeys.one(news.order_id) });
  readAnew(client, { queryKey: orderKeys.lists });
}

export function withNews(order: Order, news: Schemas["OrderNews"]): Order {
  if (order.version >= news.version) return order;
  const moved = order.status !== news.status;
  return {
    ...order,
    version: news.version,
    status: news.status,
    timeline: moved ? [...order.timeline, { status: news.status, at: news.at }] : order.timeline,
  };
}

/** Keeps an order that a command answered with; its verdict is in, so it is as true as an event. */
export function rememberOrder(client: QueryClient, answer: Order | Schemas["Receipt"] | undefined): void {
  if (answer && "version" in answer) {
    client.setQueryData<Order>(orderKeys.one(answer.order_id), (known) => keepNewest(known, answer) as Order);
  }
  if (answer) readAnew(client, { queryKey: orderKeys.one(answer.order_id) });
  readAnew(client, { queryKey: orderKeys.lists });
}

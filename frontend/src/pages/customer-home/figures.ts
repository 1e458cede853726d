import type { Order } from "@/entities/order";

type Timed = Pick<Order, "timeline">;

/** How long orders were on offer until a runner had them, on average, in whole minutes; nothing while none was taken. */
export function averageWaitMinutes(orders: Timed[]): number | undefined {
  const waits = orders.flatMap(({ timeline }) => {
    const from = timeline.find(({ status }) => status === "CREATED");
    const to = timeline.find(({ status }) => status === "ACCEPTED");
    return from && to ? [Date.parse(to.at) - Date.parse(from.at)] : [];
  });
  if (waits.length === 0) return undefined;
  return Math.max(1, Math.round(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 60_000));
}

/** The stores that were ordered from most, at most three. */
export function favouritePlaces(orders: Pick<Order, "store">[]): { name: string; count: number }[] {
  return [...Map.groupBy(orders, ({ store }) => store.name)]
    .map(([name, orders]) => ({ name, count: orders.length }))
    .sort((one, other) => other.count - one.count)
    .slice(0, 3);
}

import type { Order, OrderStatus } from "@/entities/order";
import type { Schemas } from "@/shared/api/client";

export type Step = Schemas["Step"];

const NEXT: Partial<Record<OrderStatus, Step>> = {
  ACCEPTED: "PLACED",
  PLACED: "ON_THE_WAY",
  ON_THE_WAY: "DELIVERED",
};

/**
 * The one step that may come now: the platform says whether there is one, its order of steps says which. Behind steps that
 * the platform has not heard of yet comes the one after the last of them; it will say then.
 */
export function nextStep(order: Pick<Order, "status" | "actions">, waiting: Step[] = []): Step | undefined {
  const last = waiting.at(-1);
  if (last) return NEXT[last];
  if (!order.actions.some(({ action }) => action === "advance")) return undefined;
  return NEXT[order.status];
}

import type { Order } from "./queries";

/** Whether the platform says that the viewer can do this now. No page works that out for itself. */
export const can = (order: Pick<Order, "actions">, action: string) =>
  order.actions.some((known) => known.action === action);

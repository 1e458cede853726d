import type { Notification } from "@/entities/notification";

export interface Group {
  orderId: string;
  /** Newest first, as they come. */
  rows: Notification[];
}

/** What was told of the same order, together; the order with the newest comes first. */
export function byOrder(rows: Notification[]): Group[] {
  return [...Map.groupBy(rows, ({ order_id }) => order_id)].map(([orderId, rows]) => ({ orderId, rows }));
}

const TO_RUNNERS: Notification["news"][] = [
  "claim_rejected",
  "change_agreed",
  "change_refused",
  "paid_out",
  "payout_held",
  "payout_reversed",
  "payout_returned",
  "tipped",
];

/** Whether somebody is told it as the runner of the order; some things both sides are told. */
export const isRunners = ({ rows }: Pick<Group, "rows">) =>
  rows.some(({ news }) => TO_RUNNERS.includes(news));

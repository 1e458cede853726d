import type { components } from "@/shared/api/schema";

type Schemas = components["schemas"];

/** What `GET /api/v1/stream` says, by the name of the event. */
export type StreamEvent =
  | { kind: "order"; data: Schemas["OrderNews"] }
  | { kind: "offer"; data: Schemas["OfferNews"] }
  | { kind: "notification"; data: Schemas["NotificationNews"] }
  | { kind: "money"; data: Schemas["MoneyNews"] }
  | { kind: "reset" };

export const KINDS = ["order", "offer", "notification", "money", "reset"] as const;

export function readEvent(kind: (typeof KINDS)[number], text: string): StreamEvent {
  return (kind === "reset" ? { kind } : { kind, data: JSON.parse(text) }) as StreamEvent;
}

import {
  CircleCheck,
  CircleX,
  Clock,
  CreditCard,
  type LucideIcon,
  MapPin,
  Search,
  ShoppingBag,
  Store,
} from "lucide-react";
import type { Tone } from "@/shared/ui/Chip";
import type { OrderStatus } from "./queries";

interface Look {
  tone: Tone;
  icon: LucideIcon;
}

/** How each state looks, everywhere. Its words are `order.customer`, `order.runner` and `order.step` of the catalogues. */
export const STATUS: Record<OrderStatus, Look> = {
  PENDING: { tone: "neutral", icon: CreditCard },
  ACTION_REQUIRED: { tone: "warn", icon: CreditCard },
  CREATED: { tone: "brand", icon: Search },
  CLAIMED: { tone: "brand", icon: Clock },
  ACCEPTED: { tone: "brand", icon: Store },
  PLACED: { tone: "brand", icon: ShoppingBag },
  ON_THE_WAY: { tone: "brand", icon: MapPin },
  DELIVERED: { tone: "warn", icon: CircleCheck },
  COMPLETED: { tone: "ok", icon: CircleCheck },
  CANCELLED: { tone: "neutral", icon: CircleX },
};

/** The way of an order that goes well. */
export const PATH: OrderStatus[] = [
  "PENDING",
  "CREATED",
  "ACCEPTED",
  "PLACED",
  "ON_THE_WAY",
  "DELIVERED",
  "COMPLETED",
];

export const isOver = (status: OrderStatus) => status === "COMPLETED" || status === "CANCELLED";

/** Where on the path a state is; the two that lie beside it count as the one before. */
export function placeOnPath(status: OrderStatus): number {
  if (status === "ACTION_REQUIRED") return 0;
  if (status === "CLAIMED") return 1;
  return PATH.indexOf(status);
}

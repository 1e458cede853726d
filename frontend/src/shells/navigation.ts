import {
  Activity,
  Bike,
  Bookmark,
  ChartNoAxesColumn,
  House,
  ListOrdered,
  type LucideIcon,
  ReceiptText,
  ShoppingBag,
  Wallet,
} from "lucide-react";
import type { Messages } from "@/shared/intl";

interface Tab {
  to: "/order" | "/orders" | "/saved" | "/home" | "/run" | "/run/active" | "/run/earnings" | "/wallet";
  name: Exclude<keyof Messages["app"]["nav"], "label">;
  icon: LucideIcon;
  /** Only the address itself, not the pages below it. */
  exact?: boolean;
}

/** The tabs of each face: four at most. Everything else is in the account sheet. */
export const TABS: Record<"customer" | "runner", Tab[]> = {
  customer: [
    { to: "/order", name: "order", icon: ShoppingBag },
    { to: "/orders", name: "orders", icon: ReceiptText },
    { to: "/saved", name: "saved", icon: Bookmark },
    { to: "/home", name: "home", icon: House },
  ],
  runner: [
    { to: "/run", name: "run", icon: ListOrdered, exact: true },
    { to: "/run/active", name: "active", icon: Bike },
    { to: "/run/earnings", name: "earnings", icon: ChartNoAxesColumn },
    { to: "/wallet", name: "wallet", icon: Wallet },
  ],
};

export const OPS_SECTIONS = [
  "flow",
  "orders",
  "timers",
  "deadLetters",
  "catalogue",
  "health",
  "money",
  "people",
  "audit",
] as const;
export const OPS_ICON = Activity;

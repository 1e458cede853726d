import { createFileRoute, notFound, redirect } from "@tanstack/react-router";

/** Where the predecessor had its pages: bookmarks still work. */
const BEFORE = {
  "role-select": "/choose",
  "customer/order": "/order",
  "customer/place-order": "/order",
  "customer/history": "/orders",
  "customer/orders": "/orders",
  "customer/dashboard": "/home",
  "runner/available-orders": "/run",
  "runner/active": "/run/active",
  "runner/active-delivery": "/run/active",
  "runner/dashboard": "/run/earnings",
  "runner/earnings": "/run/earnings",
  customer: "/order",
  runner: "/run",
  "sign-up": "/sign-in",
} as const;

export const Route = createFileRoute("/$")({
  beforeLoad: ({ params }) => {
    const path = (params._splat ?? "").replace(/\/$/, "");
    const to = Object.entries(BEFORE).find(([before]) => before === path)?.[1];
    if (to) throw redirect({ to, replace: true });
    throw notFound();
  },
});

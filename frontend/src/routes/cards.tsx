import { createFileRoute, redirect } from "@tanstack/react-router";

/** Where Stripe sends people back to who entered a card. */
export const Route = createFileRoute("/cards")({
  validateSearch: ({ setup }): { setup?: "done" | "cancelled" } =>
    setup === "done" || setup === "cancelled" ? { setup } : {},
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/payment", search, replace: true });
  },
});

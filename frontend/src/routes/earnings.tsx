import { createFileRoute, redirect } from "@tanstack/react-router";

/** Where Stripe sends runners back to. */
export const Route = createFileRoute("/earnings")({
  beforeLoad: ({ location }) => {
    const onboarding = new URLSearchParams(location.searchStr).get("onboarding");
    const search = onboarding === "done" || onboarding === "again" ? ({ onboarding } as const) : {};
    throw redirect({ to: "/wallet", search, replace: true });
  },
});

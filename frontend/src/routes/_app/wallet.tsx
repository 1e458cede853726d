import { createFileRoute } from "@tanstack/react-router";
import { WalletPage } from "@/pages/wallet/WalletPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/wallet")({
  loader: texts("runner", "order"),
  staticData: {
    reads: ["/api/v1/wallet?limit=50", "/api/v1/payout-account", "/api/v1/orders?role=runner&limit=20"],
  },
  validateSearch: ({ onboarding }): { onboarding?: "done" | "again" } =>
    onboarding === "done" || onboarding === "again" ? { onboarding } : {},
  component: function Wired() {
    return <WalletPage onboarding={Route.useSearch().onboarding} />;
  },
});

import { createFileRoute } from "@tanstack/react-router";
import { PaymentPage } from "@/pages/payment/PaymentPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/payment")({
  loader: texts("customer"),
  staticData: { reads: ["/api/v1/payment-methods"] },
  validateSearch: ({ setup }): { setup?: "done" | "cancelled" } =>
    setup === "done" || setup === "cancelled" ? { setup } : {},
  component: function Wired() {
    return <PaymentPage setup={Route.useSearch().setup} />;
  },
});

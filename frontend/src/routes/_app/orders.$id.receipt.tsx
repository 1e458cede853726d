import { createFileRoute } from "@tanstack/react-router";
import { ReceiptPage } from "@/pages/receipt/ReceiptPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/orders/$id/receipt")({
  loader: texts("customer", "order", "runner"),
  staticData: { reads: ["/api/v1/orders/$id/receipt"] },
  component: function Wired() {
    return <ReceiptPage id={Route.useParams().id} side="customer" />;
  },
});

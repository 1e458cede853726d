import { createFileRoute } from "@tanstack/react-router";
import { ReceiptPage } from "@/pages/receipt/ReceiptPage";
import { texts } from "@/shared/intl/language";

/** The same receipt: what a runner sees of it, the platform decides. */
export const Route = createFileRoute("/_app/run/receipt/$id")({
  loader: texts("customer", "order", "runner"),
  staticData: { reads: ["/api/v1/orders/$id/receipt", "/api/v1/orders?role=runner&limit=20"] },
  component: function Wired() {
    return <ReceiptPage id={Route.useParams().id} side="runner" />;
  },
});

import { createFileRoute } from "@tanstack/react-router";
import { OrderTrackingPage } from "@/pages/order-tracking/OrderTrackingPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/orders/$id/")({
  loader: texts("order", "placeOrder"),
  staticData: { reads: ["/api/v1/orders/$id"] },
  component: function Wired() {
    return <OrderTrackingPage id={Route.useParams().id} />;
  },
});

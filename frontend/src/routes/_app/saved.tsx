import { createFileRoute } from "@tanstack/react-router";
import { SavedOrdersPage } from "@/pages/saved-orders/SavedOrdersPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/saved")({
  loader: texts("customer", "order", "placeOrder"),
  staticData: { reads: ["/api/v1/saved-orders"] },
  component: SavedOrdersPage,
});

import { createFileRoute } from "@tanstack/react-router";
import { OrderHistoryPage } from "@/pages/order-history/OrderHistoryPage";
import { historySearch } from "@/pages/order-history/search";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/orders/")({
  loader: texts("customer", "order", "placeOrder"),
  staticData: { reads: ["/api/v1/orders?role=customer&limit=20"] },
  validateSearch: historySearch,
  component: function Wired() {
    return <OrderHistoryPage search={Route.useSearch()} />;
  },
});

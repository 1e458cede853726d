import { createFileRoute } from "@tanstack/react-router";
import { AvailableOrdersPage } from "@/pages/available-orders/AvailableOrdersPage";
import { isSort, type View } from "@/pages/available-orders/live";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/run/")({
  loader: texts("runner", "order"),
  staticData: { reads: ["/api/v1/offers?limit=100", "/api/v1/orders?role=runner&limit=20"] },
  validateSearch: ({ sort, building }): Partial<View> => ({
    ...(isSort(sort) ? { sort } : {}),
    ...(typeof building === "string" && building ? { building } : {}),
  }),
  component: function Wired() {
    const { sort = "pay", building } = Route.useSearch();
    const navigate = Route.useNavigate();
    const show = (view: View) => void navigate({ search: view, replace: true, resetScroll: false });
    return <AvailableOrdersPage view={{ sort, building }} onView={show} />;
  },
});

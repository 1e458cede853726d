import { createFileRoute } from "@tanstack/react-router";
import { ActiveDeliveryPage } from "@/pages/active-delivery/ActiveDeliveryPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/run/active")({
  loader: texts("runner", "order"),
  staticData: { reads: ["/api/v1/orders?role=runner&limit=20", "/api/v1/orders/{order}"] },
  validateSearch: ({ order }): { order?: string } => (typeof order === "string" ? { order } : {}),
  component: function Wired() {
    const navigate = Route.useNavigate();
    const choose = (order: string) => void navigate({ search: { order }, replace: true });
    return <ActiveDeliveryPage order={Route.useSearch().order} onChoose={choose} />;
  },
});

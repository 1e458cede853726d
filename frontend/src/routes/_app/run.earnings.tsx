import { createFileRoute } from "@tanstack/react-router";
import { EarningsPage } from "@/pages/earnings/EarningsPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/run/earnings")({
  loader: texts("runner", "order"),
  staticData: {
    reads: [
      "/api/v1/dashboard",
      "/api/v1/orders?role=runner&status=COMPLETED&limit=100",
      "/api/v1/orders?role=runner&limit=20",
    ],
  },
  validateSearch: ({ range }): { range?: "month" } => (range === "month" ? { range } : {}),
  component: function Wired() {
    const navigate = Route.useNavigate();
    return (
      <EarningsPage
        range={Route.useSearch().range ?? "week"}
        onRange={(range) => void navigate({ search: range === "month" ? { range } : {}, replace: true })}
      />
    );
  },
});

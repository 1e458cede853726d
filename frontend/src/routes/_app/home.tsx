import { createFileRoute } from "@tanstack/react-router";
import { RANGES, type Range } from "@/entities/spending";
import { CustomerHomePage } from "@/pages/customer-home/CustomerHomePage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/home")({
  loader: texts("customer", "order"),
  staticData: {
    reads: ["/api/v1/dashboard", "/api/v1/wallet?limit=100", "/api/v1/orders?role=customer&limit=20"],
  },
  validateSearch: ({ range }): { range?: Range } => {
    const known = RANGES.find((value) => value === range);
    return known ? { range: known } : {};
  },
  component: function Wired() {
    const navigate = Route.useNavigate();
    return (
      <CustomerHomePage
        range={Route.useSearch().range ?? "weeks"}
        onRange={(range) => void navigate({ search: { range }, replace: true })}
      />
    );
  },
});

import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bookmark } from "lucide-react";
import { useTranslations } from "use-intl";
import { savedOrdersQuery } from "@/entities/saved-order";
import { type Vendor, vendorsQuery } from "@/entities/vendor";
import { type Draft, draftKeys, EMPTY, readDraft } from "@/features/place-order";
import { usePerson } from "@/shared/auth/auth";
import { PageTitle } from "@/shared/ui/PageTitle";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { OrderForm } from "./OrderForm";

interface Begun {
  draft: Draft;
  vendors: Vendor[];
}

/** What was begun, and who has a price list. Without one, everything is an errand. */
async function begin(client: QueryClient, personId: string): Promise<Begun> {
  const known = client.ensureQueryData({ ...vendorsQuery, revalidateIfStale: true });
  const [draft, { vendors }] = await Promise.all([readDraft(personId), known.catch(() => ({ vendors: [] }))]);
  const first = vendors.some(({ open }) => open) ? "menu" : "errand";
  const begun = draft ?? { ...EMPTY, mode: first };
  return { vendors, draft: vendors.length > 0 ? begun : { ...begun, mode: "errand" } };
}

const beginQuery = (client: QueryClient, personId: string) =>
  queryOptions({
    queryKey: draftKeys.of(personId),
    queryFn: () => begin(client, personId),
    // Read anew whenever the page opens; while it is open, the form knows better.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    meta: { keep: false },
  });

export function PlaceOrderPage() {
  const t = useTranslations("placeOrder");
  const personId = usePerson()?.id ?? "";
  const begun = useQuery(beginQuery(useQueryClient(), personId));
  const saved = useQuery(savedOrdersQuery);
  const load = (saved.data?.saved_orders.length ?? 0) > 0 && (
    <Link to="/saved" className="inline-flex min-h-11 items-center gap-2 font-medium text-brand-ink">
      <Bookmark aria-hidden="true" size={18} />
      {t("load")}
    </Link>
  );
  return (
    <div className="flex flex-col gap-6">
      <PageTitle aside={load}>{t("title")}</PageTitle>
      {begun.data ? (
        <OrderForm begun={begun.data.draft} vendors={begun.data.vendors} personId={personId} />
      ) : (
        <SkeletonCards className="h-48" />
      )}
    </div>
  );
}

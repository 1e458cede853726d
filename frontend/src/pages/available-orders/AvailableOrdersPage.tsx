import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { offersQuery } from "@/entities/offer";
import { useMe } from "@/entities/user";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import type { View } from "./live";
import { NotReady } from "./NotReady";
import { Offers } from "./Offers";

interface Props {
  view: View;
  onView: (view: View) => void;
}

export function AvailableOrdersPage(props: Props) {
  const t = useTranslations("runner.available");
  const offers = useQuery(offersQuery);
  const me = useMe();
  return (
    <div className="flex flex-col gap-4 md:gap-6">
      <div>
        <PageTitle>{t("title")}</PageTitle>
        {/* Its line is there from the beginning, so that nothing moves when the number comes. */}
        <p className="min-h-5 text-sm text-fg-muted">
          {offers.data && t("count", { count: offers.data.offers.length })}
        </p>
      </div>
      {me && <NotReady me={me} />}
      <QueryView query={offers} skeleton={<SkeletonCards className="h-56" />}>
        {({ offers, next }) => <Offers offers={offers} more={next !== undefined} me={me} {...props} />}
      </QueryView>
    </div>
  );
}

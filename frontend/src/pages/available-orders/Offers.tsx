import { useNavigate } from "@tanstack/react-router";
import { ArrowUp, Bike } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import type { Offer } from "@/entities/offer";
import type { Me } from "@/entities/user";
import { useAcceptOrder } from "@/features/accept-order";
import { announce } from "@/shared/lib/announce";
import { Button } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { GonePlace } from "./GonePlace";
import { arrange, type View } from "./live";
import { OfferCard } from "./OfferCard";
import { useRing } from "./ring";
import { Tools } from "./Tools";
import { useLiveOffers } from "./use-live-offers";

interface Props {
  offers: Offer[];
  /** Whether there are more than the platform gives at once. */
  more: boolean;
  me: Me | undefined;
  view: View;
  onView: (view: View) => void;
}

export function Offers({ offers, more, me, view, onView }: Props) {
  const t = useTranslations("runner.available");
  const navigate = useNavigate();
  const live = useLiveOffers(offers);
  const ring = useRing();
  const accept = useAcceptOrder(
    (order) => void navigate({ to: "/run/active", search: { order: order.order_id } }),
  );
  useNewOffers(offers, (count) => {
    announce(t("fresh", { count }));
    ring.ring();
  });
  const rows = arrange(live.rows, view);
  const letIn = () => {
    globalThis.scrollTo({ top: 0 });
    live.admit();
  };
  return (
    <div className="flex flex-col gap-4">
      <Tools offers={offers} view={view} onView={onView} ringing={ring.on} onRing={ring.toggle} />
      {live.fresh > 0 && (
        <div className="sticky top-16 z-20 flex justify-center">
          <Button size="small" className="rounded-full shadow-pop" onClick={letIn}>
            <ArrowUp aria-hidden="true" size={16} />
            {t("fresh", { count: live.fresh })}
          </Button>
        </div>
      )}
      {rows.length === 0 ? (
        <EmptyState
          icon={Bike}
          text={view.building ? t("emptyBuilding", { building: view.building }) : t("empty")}
        />
      ) : (
        <ul className="grid gap-4 md:grid-cols-2">
          {rows.map(({ offer, gone }) => {
            const id = offer.order_id;
            const refused = accept.refused?.id === id ? accept.refused.problem : undefined;
            const asking = accept.asking === id;
            return (
              <li key={id}>
                {/* What is asked for is gone from the list before the answer is here. */}
                {gone && !asking ? (
                  <GonePlace offer={offer} problem={refused} onLeave={live.leave} />
                ) : (
                  <OfferCard
                    offer={offer}
                    asking={asking && accept.words}
                    disabled={accept.asking !== undefined && !asking}
                    problem={refused}
                    me={me}
                    onAccept={accept.ask}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
      {more && <p className="text-center text-sm text-fg-muted">{t("more", { count: offers.length })}</p>}
    </div>
  );
}

/** Tells of orders that were not there the last time. */
function useNewOffers(offers: Offer[], tell: (count: number) => void) {
  const known = useRef<Set<string>>(undefined);
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => {
    const ids = new Set(offers.map(({ order_id }) => order_id));
    const fresh = known.current ? [...ids].filter((id) => !known.current?.has(id)).length : 0;
    known.current = ids;
    if (fresh > 0) latest.current(fresh);
  }, [offers]);
}

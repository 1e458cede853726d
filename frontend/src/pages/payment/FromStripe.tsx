import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { cardsQuery, type PaymentMethod } from "@/entities/card";
import { userKeys } from "@/entities/user";
import { cardsBefore } from "@/features/set-up-card";
import { announce } from "@/shared/lib/announce";
import { buttonClass } from "@/shared/ui/Button";

const ASK_MS = 1_500;
const GIVE_UP_MS = 60_000;

const isNew = (cards: PaymentMethod[] | undefined) =>
  cards?.some(({ id }) => !cardsBefore().includes(id)) ?? false;

/** Back from Stripe's page. The card is there when the platform has it: no event says so, so it is asked for. */
export function FromStripe() {
  const t = useTranslations("customer.payment");
  const client = useQueryClient();
  const [since] = useState(Date.now);
  const cards = useQuery({
    ...cardsQuery,
    refetchInterval: ({ state }) =>
      !isNew(state.data?.payment_methods) && Date.now() - since < GIVE_UP_MS ? ASK_MS : false,
  });
  const arrived = isNew(cards.data?.payment_methods);
  useEffect(() => {
    if (!arrived) return;
    announce(t("arrived"));
    void client.invalidateQueries({ queryKey: userKeys.me });
  }, [arrived, client, t]);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-card bg-brand-soft p-4">
      <p className="font-medium text-brand-ink">{arrived ? t("arrived") : t("done")}</p>
      {arrived && (
        <Link to="/order" className={buttonClass({ size: "small" })}>
          {t("back")}
        </Link>
      )}
    </div>
  );
}

import { useTranslations } from "use-intl";
import { brandName, expiry, type PaymentMethod } from "@/entities/card";
import { RemoveCard, useChooseCard } from "@/features/manage-cards";
import { serverNow } from "@/shared/lib/clock";
import { useOffline } from "@/shared/stream/status";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { ErrorState } from "@/shared/ui/ErrorState";

/** The cards, of which one is charged. */
export function CardList({ cards }: { cards: PaymentMethod[] }) {
  const t = useTranslations("customer.payment");
  const app = useTranslations("app");
  const choose = useChooseCard();
  const offline = useOffline();
  return (
    <fieldset className="flex min-w-0 flex-col gap-4">
      <legend className="mb-3 text-sm font-medium text-fg-muted">{t("choose")}</legend>
      {choose.isError && <ErrorState error={choose.error} />}
      {offline && <p className="text-sm text-fg-muted">{app("needsNetwork")}</p>}
      {cards.map((card) => {
        const ends = expiry(card, serverNow());
        const waits = choose.waiting && choose.variables === card.id && !card.default;
        return (
          <Card key={card.id} className="flex items-center gap-3">
            <label className="flex min-h-11 min-w-0 flex-1 cursor-pointer items-center gap-3">
              <input
                type="radio"
                name="card"
                className="size-5 shrink-0 accent-brand"
                checked={card.default}
                disabled={offline || choose.waiting !== false}
                onChange={() => choose.mutate(card.id)}
              />
              <span className="min-w-0">
                <span className="block font-medium">
                  {t("card", { brand: brandName(card.brand), last4: card.last4 })}
                </span>
                <span className="text-sm text-fg-muted">
                  {t("expires", {
                    month: String(card.exp_month).padStart(2, "0"),
                    year: String(card.exp_year),
                  })}
                </span>
                <span className="mt-1 flex flex-wrap gap-2 empty:hidden">
                  {card.default && <Chip tone="brand">{t("default")}</Chip>}
                  {ends && <Chip tone={ends === "over" ? "bad" : "warn"}>{t(ends)}</Chip>}
                  {waits && <span className="text-sm text-fg-muted">{choose.waiting}</span>}
                </span>
              </span>
            </label>
            <RemoveCard card={card} only={cards.length === 1} />
          </Card>
        );
      })}
    </fieldset>
  );
}

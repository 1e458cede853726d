import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CreditCard, ShieldCheck } from "lucide-react";
import { useTranslations } from "use-intl";
import { brandName, cardsQuery } from "@/entities/card";
import { MoneyLines } from "@/entities/order";
import { useMe } from "@/entities/user";
import { FeeChoice, type useQuote } from "@/features/place-order";
import { cn } from "@/shared/lib/cn";
import { buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";
import { useMoney } from "@/shared/ui/Money";

interface Props {
  quote: ReturnType<typeof useQuote>;
  pending: string | false;
  error: Error | null;
}

/** What it costs, and the one button. On a phone the button stays above the tabs. */
export function Summary({ quote, pending, error }: Props) {
  const t = useTranslations("placeOrder");
  return (
    <Card aria-labelledby="summary" className="mb-16 flex flex-col gap-4 md:mb-0 lg:sticky lg:top-20">
      <h2 id="summary">{t("summary")}</h2>
      <FeeChoice currency={quote.data?.currency ?? "sgd"} />
      {quote.data ? (
        <div
          className={cn("transition-opacity", !quote.isCurrent && "opacity-60")}
          aria-busy={!quote.isCurrent}
        >
          <MoneyLines
            price={quote.data}
            basis={quote.data.basis}
            {...(quote.data.basis === "catalogue" ? { lines: quote.data.lines } : {})}
          />
        </div>
      ) : (
        <p className="text-fg-muted">{t("fill")}</p>
      )}
      {error && <ErrorState error={error} onRetry={quote.isError ? () => void quote.refetch() : undefined} />}
      <div className="fixed inset-x-0 bottom-[calc(4rem+env(safe-area-inset-bottom))] z-20 border-t border-border bg-surface px-4 py-3 md:static md:border-0 md:p-0">
        <SubmitButton quote={quote} pending={pending} />
      </div>
      <ChargedCard />
      <p className="flex gap-2 text-sm text-fg-muted">
        <ShieldCheck aria-hidden="true" size={18} className="mt-0.5 shrink-0 text-ok" />
        {t("promise")}
      </p>
    </Card>
  );
}

function SubmitButton({ quote, pending }: Pick<Props, "quote" | "pending">) {
  const t = useTranslations("placeOrder");
  const money = useMoney();
  const me = useMe();
  if (me?.suspended) return <p className="font-medium text-bad">{t("suspended")}</p>;
  if (me && !me.can_pay) {
    return (
      <Link to="/payment" className={buttonClass({ wide: true })}>
        {t("addCard")}
      </Link>
    );
  }
  const amount = quote.data && money(quote.data.hold_cents, quote.data.currency);
  return (
    <CommandButton type="submit" wide pending={pending}>
      {amount ? t("placeFor", { amount }) : t("place")}
    </CommandButton>
  );
}

/** Which card it is, and the way to another. */
function ChargedCard() {
  const t = useTranslations("placeOrder");
  const cards = useQuery(cardsQuery).data?.payment_methods;
  const card = cards?.find((known) => known.default);
  if (!card) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-sm text-fg-muted">
      <CreditCard aria-hidden="true" size={18} className="shrink-0" />
      <span>
        {t.rich("cardRich", {
          card: () => <span>{`${brandName(card.brand)} •••• ${card.last4}`}</span>,
        })}
      </span>
      <Link to="/payment" className="ml-auto inline-flex min-h-11 items-center font-medium text-brand-ink">
        {t("otherCard")}
      </Link>
    </p>
  );
}

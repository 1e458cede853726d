import { Link } from "@tanstack/react-router";
import { Clock, MapPin, Sparkles, Store } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Offer } from "@/entities/offer";
import type { Me } from "@/entities/user";
import type { Problem } from "@/shared/api/problem";
import { useServerNow } from "@/shared/lib/clock";
import { buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Countdown } from "@/shared/ui/Countdown";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Money, useMoney } from "@/shared/ui/Money";

const MINUTE = 60_000;
const NEW_MS = 2 * MINUTE;
const SOON_MS = 5 * MINUTE;

interface Props {
  offer: Offer;
  /** What to say while the platform decides. */
  asking: string | false;
  /** While another one is asked for. */
  disabled: boolean;
  problem: Problem | undefined;
  me: Me | undefined;
  onAccept: (id: string) => void;
}

/** What it earns first and large; what has to be spent is another number. */
export function OfferCard({ offer, asking, disabled, problem, me, onAccept }: Props) {
  const t = useTranslations("runner.available");
  const order = useTranslations("order");
  const money = useMoney();
  const now = useServerNow();
  const count = offer.lines.reduce((sum, line) => sum + line.quantity, 0);
  const isNew = now - Date.parse(offer.since) < NEW_MS;
  const isSoon = Date.parse(offer.until) - now < SOON_MS;
  return (
    <Card className="enter flex h-full flex-col gap-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <p>
          <span className="tabular text-3xl font-semibold text-brand">
            {money(offer.earns_cents, offer.currency)}
          </span>{" "}
          <span className="text-fg-muted">{t("earns")}</span>
        </p>
        <span className="flex flex-wrap gap-2">
          {isNew && (
            <Chip tone="brand" icon={Sparkles}>
              {t("new")}
            </Chip>
          )}
          <Chip icon={Clock} tone={isSoon ? "warn" : "neutral"}>
            <span className="sr-only">{t("timeLeft")} </span>
            <Countdown until={offer.until} />
          </Chip>
        </span>
      </div>
      <p className="text-fg-muted">
        {t.rich("spendsRich", {
          amount: () => <Money cents={offer.spends_cents} currency={offer.currency} />,
        })}{" "}
        · {order("items", { count })}
      </p>
      <p className="text-sm">{offer.lines.map((line) => order("by", line)).join(", ")}</p>
      <p className="flex items-start gap-2">
        <Store aria-hidden="true" size={18} className="mt-0.5 shrink-0 text-fg-muted" />
        <span>
          <span className="font-medium">{offer.store.name}</span>{" "}
          <span className="text-fg-muted">· {offer.store.location}</span>
        </span>
      </p>
      <p className="flex items-start gap-2">
        <MapPin aria-hidden="true" size={18} className="mt-0.5 shrink-0 text-fg-muted" />
        {offer.building}
      </p>
      {problem && <ErrorState error={problem} />}
      <div className="mt-auto">
        <Accept offer={offer} asking={asking} disabled={disabled} me={me} onAccept={onAccept} />
      </div>
    </Card>
  );
}

function Accept({ offer, asking, disabled, me, onAccept }: Omit<Props, "problem">) {
  const t = useTranslations("runner.available");
  if (me && !me.can_be_paid && !asking) {
    return (
      <Link to="/wallet" className={buttonClass({ kind: "secondary", wide: true })}>
        {t("setUpToAccept")}
      </Link>
    );
  }
  return (
    <CommandButton
      wide
      disabled={disabled || me?.suspended}
      pending={asking && `${t("asking")} · ${asking}`}
      onClick={() => onAccept(offer.order_id)}
    >
      {t("accept")}
    </CommandButton>
  );
}

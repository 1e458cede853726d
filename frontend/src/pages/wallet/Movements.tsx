import { Link } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowUpRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { addUp, byOrder, type Wallet, type WalletLine } from "@/entities/wallet";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Money, useMoney } from "@/shared/ui/Money";
import { Time } from "@/shared/ui/Time";

interface Props {
  pages: Wallet[];
  onMore: (() => void) | undefined;
  loading: boolean;
}

/** Every movement, order by order; and, when the last one is here, that they come to what the platform says. */
export function Movements({ pages, onMore, loading }: Props) {
  const t = useTranslations("runner.wallet");
  const app = useTranslations("app");
  const money = useMoney();
  const last = pages.at(-1);
  if (!last) return null;
  const orders = byOrder(pages.flatMap((page) => page.lines));
  const sum = addUp(pages);
  const amount = (cents: number) => money(cents, last.currency);
  return (
    <Card>
      <h2>{t("lines")}</h2>
      {orders.length === 0 && <p className="mt-2 text-fg-muted">{t("empty")}</p>}
      <ul className="mt-2 flex flex-col divide-y divide-border">
        {orders.map(({ orderId, lines }) => (
          <li key={orderId} className="py-1">
            <Link to="/run/receipt/$id" params={{ id: orderId }} className="block hover:text-brand-ink">
              {lines.map((line) => (
                <Line key={`${line.kind}-${line.at}`} line={line} currency={last.currency} />
              ))}
            </Link>
          </li>
        ))}
      </ul>
      {onMore && (
        <Button kind="secondary" wide pending={loading && app("loading")} onClick={onMore}>
          {app("more")}
        </Button>
      )}
      {sum !== undefined && orders.length > 0 && (
        <p className="mt-3 border-t border-border pt-3 text-sm text-fg-muted">
          {last.spent_cents > 0
            ? t("sumBoth", {
                sum: amount(sum),
                earned: amount(last.earned_cents),
                spent: amount(last.spent_cents),
              })
            : t("sum", { sum: amount(sum) })}
        </p>
      )}
    </Card>
  );
}

function Line({ line, currency }: { line: WalletLine; currency: Wallet["currency"] }) {
  const kind = useTranslations("runner.movement");
  const Icon = line.amount_cents < 0 ? ArrowUpRight : ArrowDownLeft;
  return (
    <span className="flex min-h-11 items-center justify-between gap-4">
      <span className="flex min-w-0 items-center gap-3">
        <Icon aria-hidden="true" size={18} className="shrink-0 text-fg-muted" />
        <span>
          {kind(line.kind)}{" "}
          <span className="text-sm text-fg-muted">
            <Time at={line.at} />
          </span>
        </span>
      </span>
      <Money cents={line.amount_cents} currency={currency} />
    </span>
  );
}

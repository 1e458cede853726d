import { useTranslations } from "use-intl";
import type { Schemas } from "@/shared/api/client";
import { cn } from "@/shared/lib/cn";
import { Money } from "@/shared/ui/Money";
import type { Order, Role } from "./queries";

type Priced = Pick<
  Schemas["Price"],
  | "items_cents"
  | "delivery_fee_cents"
  | "tip_cents"
  | "platform_fee_cents"
  | "total_cents"
  | "buffer_cents"
  | "hold_cents"
  | "currency"
>;

interface Props {
  price: Priced;
  basis: Schemas["Basis"];
  lines?: Schemas["Line"][];
  /** What became of an order since it was priced. */
  order?: Pick<Order, "receipt_cents" | "tipped_cents" | "money">;
  side?: Role;
}

/** What it costs, line by line, and what it came to: the server's amounts and the server's sums. */
export function MoneyLines({ price, basis, lines, order, side = "customer" }: Props) {
  const t = useTranslations("order.price");
  const by = useTranslations("order");
  const till = order?.receipt_cents;
  const food = till !== undefined ? t("itemsTill") : basis === "errand" ? t("itemsEstimate") : t("items");
  const rows = [
    { label: food, cents: till ?? price.items_cents },
    { label: t(`${side}.delivery`), cents: price.delivery_fee_cents },
    { label: t("platform"), cents: price.platform_fee_cents },
    { label: t(`${side}.tip`), cents: price.tip_cents },
    { label: t("tipAfter"), cents: order?.tipped_cents ?? 0 },
  ].filter((row, index) => index < 2 || row.cents > 0);
  const amount = (cents: number) => <Money cents={cents} currency={price.currency} />;
  return (
    <dl className="flex flex-col gap-2">
      {lines?.map((line) => (
        <Row
          key={`${line.name}-${line.price_cents}`}
          label={by("by", { quantity: line.quantity, name: line.name })}
          muted
        >
          {amount(line.total_cents)}
        </Row>
      ))}
      {rows.map((row) => (
        <Row key={row.label} label={row.label}>
          {amount(row.cents)}
        </Row>
      ))}
      {outcome(price, order, side).map(({ name, cents, strong, muted }) => (
        <Row key={name} label={t(name)} strong={strong} muted={muted}>
          {amount(cents)}
        </Row>
      ))}
    </dl>
  );
}

interface Outcome {
  name: "total" | "buffer" | "hold" | "charged" | "givenBack" | "paidToYou";
  cents: number;
  strong?: true;
  muted?: true;
}

/** What it comes to: what was moved once money was moved, what is held while it is, and what it would cost before. */
function outcome(price: Priced, order: Props["order"], side: Role): Outcome[] {
  const money = order?.money;
  if (side === "runner") {
    const paid = money?.paid_out_cents ?? 0;
    return paid > 0 ? [{ name: "paidToYou", cents: paid, strong: true }] : [];
  }
  if (money && money.captured_cents > 0) {
    const back = money.refunded_cents;
    const charged: Outcome = { name: "charged", cents: money.captured_cents, strong: true };
    return back > 0 ? [charged, { name: "givenBack", cents: back }] : [charged];
  }
  const total: Outcome = { name: "total", cents: price.total_cents, strong: true };
  const held = money ? money.held_cents : price.hold_cents;
  // The total was of the estimate: next to the till's amount it would not add up.
  const sum = order?.receipt_cents === undefined ? [total] : [];
  if (price.buffer_cents === 0 || held === 0) return sum;
  const buffer: Outcome[] =
    sum.length > 0 ? [{ name: "buffer", cents: price.buffer_cents, muted: true }] : [];
  return [...sum, ...buffer, { name: "hold", cents: held }];
}

interface RowProps {
  label: string;
  strong?: boolean | undefined;
  muted?: boolean | undefined;
  children: React.ReactNode;
}

function Row({ label, strong, muted, children }: RowProps) {
  return (
    <div
      className={cn(
        "flex justify-between gap-4",
        strong && "border-t border-border pt-2 font-semibold",
        muted && "text-sm text-fg-muted",
      )}
    >
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

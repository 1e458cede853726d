import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { MoneyLines, type Role, useMoneyWords } from "@/entities/order";
import type { Schemas } from "@/shared/api/client";
import { Card } from "@/shared/ui/Card";
import { Money } from "@/shared/ui/Money";
import { Time } from "@/shared/ui/Time";

/** What belongs on paper. */
export function Paper({ receipt, side }: { receipt: Schemas["OrderReceipt"]; side: Role }) {
  const t = useTranslations("customer.receipt");
  const order = useTranslations("order");
  const kind = useTranslations("runner.movement");
  const words = useMoneyWords()(receipt);
  const { currency } = receipt.price;
  const facts: [string, ReactNode][] = [
    [
      t("order"),
      <span key="id" className="font-mono text-xs break-all">
        {receipt.order_id}
      </span>,
    ],
    [t("status"), order(`step.${receipt.status}`)],
  ];
  if (receipt.reason) facts.push(["", order(`reason.${receipt.reason}`)]);
  if (receipt.placed_at) facts.push([t("placed"), <Time key="placed" full at={receipt.placed_at} />]);
  const delivered = receipt.timeline.find(({ status }) => status === "DELIVERED");
  if (delivered) facts.push([t("deliveredAt"), <Time key="delivered" full at={delivered.at} />]);
  return (
    <Card className="flex flex-col gap-5 print:border-0 print:shadow-none">
      <p>
        <span className="font-semibold">{receipt.store.name}</span>{" "}
        <span className="text-fg-muted">{receipt.store.location}</span>
      </p>
      <dl className="flex flex-col gap-1 text-sm">
        {facts.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-fg-muted">{label}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <MoneyLines
        price={receipt.price}
        basis={receipt.basis}
        lines={receipt.lines}
        order={receipt}
        side={side}
      />
      <section className="flex flex-col gap-2">
        <h2>{t("movements")}</h2>
        {receipt.movements.length === 0 && <p className="text-sm text-fg-muted">{t("none")}</p>}
        <ul className="flex flex-col gap-2">
          {receipt.movements.map((movement) => (
            <li key={`${movement.at}-${movement.kind}`} className="flex justify-between gap-4 text-sm">
              <span>
                {kind(movement.kind)}{" "}
                <span className="text-fg-muted">
                  <Time full at={movement.at} />
                </span>
              </span>
              <Money cents={movement.amount_cents} currency={currency} />
            </li>
          ))}
        </ul>
        {side === "customer" &&
          words.map((words) => (
            <p key={words} className="text-sm font-medium">
              {words}.
            </p>
          ))}
      </section>
      <p className="text-xs text-fg-subtle">
        {t.rich("printedRich", { time: () => <Time full at={receipt.printed_at} /> })}
      </p>
    </Card>
  );
}

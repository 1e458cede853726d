import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { storage } from "@/shared/lib/storage";
import { Card } from "@/shared/ui/Card";
import { Money } from "@/shared/ui/Money";

/** What to buy, to tick off. What is ticked stays on this device, also when the phone was in the pocket. */
export function Checklist({ order }: { order: Order }) {
  const t = useTranslations("runner.active");
  const common = useTranslations("order");
  const shopping = order.status === "ACCEPTED";
  const key = `ticked.${order.order_id}`;
  const [ticked, setTicked] = useState<string[]>(() => storage.read<string[]>(key) ?? []);
  const tick = (name: string, on: boolean) => {
    const next = on ? [...ticked, name] : ticked.filter((other) => other !== name);
    setTicked(next);
    storage.write(key, next);
  };
  const done = order.lines.filter(({ name }) => ticked.includes(name)).length;
  return (
    <Card>
      <div className="flex items-baseline justify-between gap-4">
        <h2>{shopping ? t("checklist") : t("carrying")}</h2>
        {shopping && (
          <span className="tabular text-sm text-fg-muted">
            {t("ticked", { done, all: order.lines.length })}
          </span>
        )}
      </div>
      <ul className="mt-2 flex flex-col">
        {order.lines.map((line) => (
          <li key={line.name} className="flex items-center justify-between gap-3">
            {shopping ? (
              <label className="flex min-h-11 min-w-0 flex-1 items-center gap-3 has-checked:text-fg-muted has-checked:line-through">
                <input
                  type="checkbox"
                  className="size-6 shrink-0 accent-brand"
                  checked={ticked.includes(line.name)}
                  onChange={(event) => tick(line.name, event.target.checked)}
                />
                <span className="min-w-0">{common("by", { quantity: line.quantity, name: line.name })}</span>
              </label>
            ) : (
              <span className="flex min-h-9 min-w-0 items-center">
                {common("by", { quantity: line.quantity, name: line.name })}
              </span>
            )}
            <span className="text-fg-muted">
              <Money cents={line.total_cents} currency={order.price.currency} />
            </span>
          </li>
        ))}
      </ul>
      {order.basis === "errand" && shopping && <p className="mt-2 text-sm text-fg-muted">{t("estimate")}</p>}
    </Card>
  );
}

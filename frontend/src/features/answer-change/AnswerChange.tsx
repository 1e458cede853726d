import { CircleHelp } from "lucide-react";
import { useTranslations } from "use-intl";
import { can, type Order, useOrderCommand } from "@/entities/order";
import { api, type Schemas } from "@/shared/api/client";
import { Card } from "@/shared/ui/Card";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";
import { useMoney } from "@/shared/ui/Money";

const STATES = ["asked", "securing", "agreed", "refused"] as const;

/** What the runner asked: what it would cost, what more would be held, and yes or no. */
export function AnswerChange({ order }: { order: Order }) {
  const t = useTranslations("order.change");
  const money = useMoney();
  const answer = useOrderCommand(order.order_id, (at, agree: boolean) =>
    api.POST("/api/v1/orders/{id}/answer", { ...at, body: { agree } satisfies Schemas["ChangeAnswer"] }),
  );
  const { change, price } = order;
  if (!change) return null;
  const open = can(order, "answer");
  const amount = (cents: number) => money(cents, price.currency);
  const state = STATES.find((known) => known === change.state);
  return (
    <Card
      aria-labelledby="change"
      className={open ? "flex flex-col gap-3 border-warn" : "flex flex-col gap-3"}
    >
      <h2 id="change" className="flex items-center gap-2">
        <CircleHelp aria-hidden="true" size={20} className="text-warn" />
        {t("title")}
      </h2>
      <p>{t("costs", { amount: amount(change.items_cents), before: amount(price.items_cents) })}</p>
      {change.note && (
        <blockquote className="border-l-2 border-border-strong pl-3">
          <span className="block text-sm text-fg-muted">{t("note")}</span>
          {change.note}
        </blockquote>
      )}
      {open ? (
        <>
          <p className="text-sm text-fg-muted">
            {change.excess_cents > 0 ? t("excess", { amount: amount(change.excess_cents) }) : t("same")}
          </p>
          {answer.isError && <ErrorState error={answer.error} />}
          <div className="grid gap-2 md:grid-cols-2">
            <CommandButton
              wide
              disabled={answer.waiting !== false && answer.variables !== true}
              pending={answer.variables === true && answer.waiting}
              onClick={() => answer.mutate(true)}
            >
              {t("yes")}
            </CommandButton>
            <CommandButton
              kind="secondary"
              wide
              disabled={answer.waiting !== false && answer.variables !== false}
              pending={answer.variables === false && answer.waiting}
              onClick={() => answer.mutate(false)}
            >
              {t("no")}
            </CommandButton>
          </div>
        </>
      ) : (
        state && <p className="font-medium">{t(state)}</p>
      )}
    </Card>
  );
}

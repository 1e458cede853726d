import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order, useOrderCommand } from "@/entities/order";
import { api, type Schemas } from "@/shared/api/client";
import { centsOf } from "@/shared/lib/money";
import { Card } from "@/shared/ui/Card";
import { ChipChoice } from "@/shared/ui/ChipChoice";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Field } from "@/shared/ui/Field";
import { useMoney } from "@/shared/ui/Money";

const TIPS = [100, 200, 300];
const LEAST = 50;
const MOST = 10_000;

/** Something on top, once, when all went well; afterwards what was given. */
export function TipRunner({ order }: { order: Order }) {
  const t = useTranslations("order.tip");
  const money = useMoney();
  if (!can(order, "tip") && !order.tipped_cents) return null;
  return (
    <Card aria-labelledby="tip" className="flex flex-col gap-3">
      <h2 id="tip">{t("title")}</h2>
      {can(order, "tip") ? (
        <TipForm order={order} />
      ) : (
        <p>{t("given", { amount: money(order.tipped_cents ?? 0, order.price.currency) })}</p>
      )}
    </Card>
  );
}

function TipForm({ order }: { order: Order }) {
  const t = useTranslations("order.tip");
  const effect = useTranslations("order.effect");
  const money = useMoney();
  const [choice, setChoice] = useState<number | "other">();
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  const tip = useOrderCommand(order.order_id, (at, body: Schemas["NewTip"]) =>
    api.POST("/api/v1/orders/{id}/tip", { ...at, body }),
  );
  const cents = choice === "other" ? centsOf(text) : choice;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const fits = cents !== undefined && cents >= LEAST && cents <= MOST;
    setBad(!fits);
    if (fits && !tip.waiting) tip.mutate({ tip_cents: cents });
  };
  const currency = order.price.currency;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <p className="text-sm text-fg-muted">{effect("tip")}</p>
      <ChipChoice
        legend={t("title")}
        name="tip-choice"
        value={choice}
        onChange={setChoice}
        options={[
          ...TIPS.map((value) => ({ value, label: money(value, currency).replace(/[.,]00$/, "") })),
          { value: "other" as const, label: t("other") },
        ]}
      />
      {choice === "other" && (
        <Field
          label={t("amount")}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          error={bad ? t("range") : undefined}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {tip.isError && <ErrorState error={tip.error} />}
      <CommandButton type="submit" kind="secondary" disabled={choice === undefined} pending={tip.waiting}>
        {cents ? t("send", { amount: money(cents, currency) }) : t("choose")}
      </CommandButton>
    </form>
  );
}

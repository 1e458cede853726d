import { Star } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order, type Role, useOrderCommand } from "@/entities/order";
import { api, type Schemas } from "@/shared/api/client";
import { cn } from "@/shared/lib/cn";
import { Card } from "@/shared/ui/Card";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Field } from "@/shared/ui/Field";

const STARS = [1, 2, 3, 4, 5];

/** One to five stars for the other side, once; afterwards what was given. */
export function Rate({ order, side }: { order: Order; side: Role }) {
  const t = useTranslations("order.rate");
  const ids = { customer: order.customer_id, runner: order.runner_id };
  const given = order.ratings.find(({ of }) => of === ids[side === "customer" ? "runner" : "customer"]);
  const got = order.ratings.find(({ of }) => of === ids[side]);
  if (!can(order, "rate") && !given && !got) return null;
  return (
    <Card aria-labelledby="rate" className="flex flex-col gap-3">
      <h2 id="rate">{t(`title.${side}`)}</h2>
      {can(order, "rate") && <RatingForm order={order} side={side} />}
      {given && <p>{t("given", { count: given.stars })}</p>}
      {got && <p className="text-fg-muted">{t(`got.${side}`, { count: got.stars })}</p>}
    </Card>
  );
}

function RatingForm({ order, side }: { order: Order; side: Role }) {
  const t = useTranslations("order.rate");
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const rate = useOrderCommand(order.order_id, (at, body: Schemas["NewRating"]) =>
    api.POST("/api/v1/orders/{id}/rate", { ...at, body }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(stars === 0);
    if (stars === 0 || rate.waiting) return;
    rate.mutate({ stars, ...(comment.trim() ? { comment: comment.trim() } : {}) });
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <fieldset className="flex" aria-describedby={missing ? "stars-missing" : undefined}>
        <legend className="sr-only">{t(`title.${side}`)}</legend>
        {STARS.map((value) => (
          <label
            key={value}
            className="grid size-12 cursor-pointer place-items-center rounded-control has-focus-visible:outline-2 has-focus-visible:outline-brand"
          >
            <input
              type="radio"
              name="stars"
              className="sr-only"
              checked={stars === value}
              onChange={() => setStars(value)}
            />
            <span className="sr-only">{t("stars", { count: value })}</span>
            <Star
              aria-hidden="true"
              size={28}
              className={cn(value <= stars ? "fill-current text-warn" : "text-border-strong")}
            />
          </label>
        ))}
      </fieldset>
      {missing && stars === 0 && (
        <p id="stars-missing" role="alert" className="text-sm text-bad">
          {t("choose")}
        </p>
      )}
      {stars > 0 && (
        <Field
          label={t("comment")}
          maxLength={300}
          autoComplete="off"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      )}
      {rate.isError && <ErrorState error={rate.error} />}
      <CommandButton type="submit" kind="secondary" pending={rate.waiting}>
        {t("send")}
      </CommandButton>
    </form>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { UseFormReturn } from "react-hook-form";
import {
  basketOf,
  type Draft,
  finishDraft,
  quoteQuery,
  usePlaceOrder,
  type useQuote,
} from "@/features/place-order";
import type { Schemas } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";

export interface Changed {
  was: Schemas["Quote"];
  is: Schemas["Quote"];
}

/** Places what is quoted. If the price of the same basket has changed since it was seen, it asks first. */
export function useSubmit(form: UseFormReturn<Draft>, quote: ReturnType<typeof useQuote>, personId: string) {
  const place = usePlaceOrder();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [changed, setChanged] = useState<Changed>();
  const seen = useRef<{ basket: string; quote: Schemas["Quote"] }>(undefined);

  // What somebody sees first of a basket is what they agree to; a newer price of it is another one.
  useEffect(() => {
    if (!quote.data || !quote.isCurrent) return;
    if (seen.current?.basket !== quote.basket) seen.current = { basket: quote.basket, quote: quote.data };
  }, [quote.basket, quote.data, quote.isCurrent]);

  const submit = async (agreed = false) => {
    const filled = basketOf(form.getValues());
    if (!filled || asking || place.waiting) return;
    // Whoever changed something a moment ago and taps at once gets the price of that first.
    const basket = JSON.stringify(filled);
    setAsking(true);
    const is = await client.fetchQuery(quoteQuery(basket)).catch(() => undefined);
    setAsking(false);
    if (!is) return;
    const was = (seen.current?.basket === basket ? seen.current.quote : quote.data) ?? is;
    if (!agreed && was.hold_cents !== is.hold_cents) return setChanged({ was, is });
    seen.current = { basket, quote: is };
    setChanged(undefined);
    try {
      const placed = await place.mutateAsync(is.quote_id);
      await finishDraft(personId, form.getValues());
      await navigate({ to: "/orders/$id", params: { id: placed.order_id } });
    } catch (error) {
      if (Problem.from(error).code === "quote_expired") await quote.refetch();
    }
  };
  return { submit, place, asking, changed, setChanged };
}

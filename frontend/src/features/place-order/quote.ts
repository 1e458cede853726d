import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, data, type Schemas } from "@/shared/api/client";
import { serverNow } from "@/shared/lib/clock";

const PAUSE_MS = 300;
/** A quote is asked for again this long before it ends. */
const EARLIER_MS = 5_000;

/** The server's price of a basket, which is a text here: the same basket has the same price for a while. */
export const quoteQuery = (basket: string) =>
  queryOptions({
    queryKey: ["quote", basket],
    queryFn: ({ signal }) =>
      data(api.POST("/api/v1/quotes", { body: JSON.parse(basket) as Schemas["NewQuote"], signal })),
    staleTime: 60_000,
    gcTime: 60_000,
    meta: { keep: false },
  });

/** The price of what is filled in, asked for again a moment after that changed and before it ends. */
export function useQuote(basket: Schemas["NewQuote"] | undefined) {
  const settled = useSettled(basket === undefined ? "" : JSON.stringify(basket));
  const query = useQuery({
    ...quoteQuery(settled),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data ? Math.max(1_000, Date.parse(state.data.valid_until) - serverNow() - EARLIER_MS) : false,
  });
  const current = basket !== undefined && settled === JSON.stringify(basket) && !query.isPlaceholderData;
  const known = basket ? query.data : undefined;
  return { ...query, data: known, basket: settled, isCurrent: current && query.isSuccess };
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

export type Offer = Schemas["Offer"];

export const offerKeys = { all: ["offers"] as const };

export const offersQuery = queryOptions({
  queryKey: offerKeys.all,
  queryFn: ({ signal }) => data(api.GET("/api/v1/offers", { params: { query: { limit: 100 } }, signal })),
});

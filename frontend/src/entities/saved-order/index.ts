import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

export type SavedOrder = Schemas["SavedOrder"];

export const savedOrderKeys = { all: ["saved-orders"] as const };

export const savedOrdersQuery = queryOptions({
  queryKey: savedOrderKeys.all,
  queryFn: ({ signal }) => data(api.GET("/api/v1/saved-orders", { signal })),
});

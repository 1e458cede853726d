import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";
import { keepNewest } from "@/shared/query/keep-newest";

export type Vendor = Schemas["Vendor"];
export type Menu = Schemas["Menu"];

export const vendorsQuery = queryOptions({
  queryKey: ["vendors"],
  queryFn: ({ signal }) => data(api.GET("/api/v1/vendors", { signal })),
});

/** No event says that something is sold out: an open price list is asked for again. */
const AGAIN_MS = 30_000;

export const menuQuery = (id: string) =>
  queryOptions({
    queryKey: ["menu", id],
    queryFn: ({ signal }) => data(api.GET("/api/v1/vendors/{id}/menu", { params: { path: { id } }, signal })),
    structuralSharing: keepNewest,
    refetchInterval: AGAIN_MS,
  });

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

export type Notification = Schemas["Notification"];

export const notificationKeys = { all: ["notifications"] as const };

const read = (before: string | undefined, limit: number, signal: AbortSignal) =>
  data(
    api.GET("/api/v1/notifications", { params: { query: { limit, ...(before ? { before } : {}) } }, signal }),
  );

/** How many are unread, for the bell. */
export const unreadQuery = queryOptions({
  queryKey: [...notificationKeys.all, "unread"],
  queryFn: async ({ signal }) => (await read(undefined, 1, signal)).unread,
});

/** Newest first, page by page. */
export const notificationsQuery = infiniteQueryOptions({
  queryKey: [...notificationKeys.all, "all"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => read(pageParam, 30, signal),
  getNextPageParam: (page) => (page.more ? page.notifications.at(-1)?.id : undefined),
});

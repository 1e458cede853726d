import type { QueryClient } from "@tanstack/react-query";
import { notificationKeys } from "@/entities/notification";
import { offerKeys } from "@/entities/offer";
import { applyOrderNews, orderKeys } from "@/entities/order";
import { walletKeys } from "@/entities/wallet";
import { readAnew } from "@/shared/query/read-anew";
import type { StreamEvent } from "@/shared/stream/events";

/** What each event changes in what is known. */
export function applyEvent(client: QueryClient, event: StreamEvent): void {
  const stale = (queryKey: readonly unknown[]) => readAnew(client, { queryKey });
  switch (event.kind) {
    case "order":
      applyOrderNews(client, event.data);
      stale(walletKeys.dashboard);
      return;
    case "offer":
      stale(offerKeys.all);
      return;
    case "notification":
      stale(notificationKeys.all);
      return;
    case "money":
      stale(orderKeys.one(event.data.order_id));
      stale(walletKeys.wallet);
      stale(walletKeys.dashboard);
      return;
    case "reset":
      readAnew(client);
      return;
  }
}

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

export type Wallet = Schemas["Wallet"];
export type WalletLine = Schemas["WalletLine"];

export const walletKeys = {
  wallet: ["wallet"] as const,
  dashboard: ["dashboard"] as const,
  account: ["payout-account"] as const,
};

export const walletQuery = infiniteQueryOptions({
  queryKey: walletKeys.wallet,
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) =>
    data(
      api.GET("/api/v1/wallet", {
        params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      }),
    ),
  getNextPageParam: (page) => page.next ?? undefined,
});

export const dashboardQuery = queryOptions({
  queryKey: walletKeys.dashboard,
  queryFn: ({ signal }) => data(api.GET("/api/v1/dashboard", { signal })),
});

/** Whether somebody can be paid; Stripe tells the platform, whatever page they come back from. */
export const payoutAccountQuery = queryOptions({
  queryKey: walletKeys.account,
  queryFn: ({ signal }) => data(api.GET("/api/v1/payout-account", { signal })),
});

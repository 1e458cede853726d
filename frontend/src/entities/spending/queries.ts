import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/shared/api/client";

const PAGES_MOST = 20;

/**
 * What was taken from somebody's cards and given back, since a moment. Lines come newest order first, so the first page that
 * is older than that ends it. Its key begins like the wallet's: what makes that old makes this old.
 */
export const spendingQuery = (since: string) =>
  queryOptions({
    queryKey: ["wallet", "spending", since],
    queryFn: async ({ signal }) => {
      const lines: Schemas["WalletLine"][] = [];
      let cursor: string | undefined;
      for (let count = 0; count < PAGES_MOST; count += 1) {
        const query = { limit: 100, ...(cursor ? { cursor } : {}) };
        const page = await data(api.GET("/api/v1/wallet", { params: { query }, signal }));
        lines.push(...page.lines);
        cursor = page.next;
        if (!cursor || page.lines.every(({ at }) => at < since)) break;
      }
      return lines;
    },
  });

import type { QueryClient, QueryFilters } from "@tanstack/react-query";

/**
 * Something has changed: what is on screen is read again. An answer that is on its way may be from before the change; a first
 * one is let through, because somebody waits for it, and then asked for again.
 */
export function readAnew(client: QueryClient, filters: QueryFilters = {}): void {
  const firstReads = client
    .getQueryCache()
    .findAll({ ...filters, fetchStatus: "fetching" })
    .filter(({ state }) => state.data === undefined);
  void client.invalidateQueries(filters);
  for (const { promise, queryKey } of firstReads) {
    const again = () => client.invalidateQueries({ queryKey, exact: true });
    void promise?.then(again, () => undefined);
  }
}

import { createAsyncStoragePersister } from "@tanstack/query-async-storage-persister";
import { QueryClient } from "@tanstack/react-query";
import type { PersistedClient, PersistQueryClientProviderProps } from "@tanstack/react-query-persist-client";
import { del, get, set } from "idb-keyval";
import { Problem } from "@/shared/api/problem";

const DAY = 24 * 3_600_000;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say when something is not fresh any more; this is for what they do not tell.
      staleTime: 30_000,
      gcTime: 7 * DAY,
      networkMode: "offlineFirst",
      retry: (failures, error) => Problem.from(error).mayPass && failures < 2,
      retryDelay: (failures, error) => (Problem.from(error).retryAfter ?? 2 ** failures * 0.5) * 1_000,
    },
    mutations: { networkMode: "always", retry: false },
  },
});

/** What was read is kept on this device, so that it can be read without a network. `meta.keep: false` leaves a query out. */
/** A refusal belongs to the moment; what is kept is what was known before it. */
function serialize(client: PersistedClient): string {
  const queries = client.clientState.queries.map((query) => ({
    ...query,
    state: { ...query.state, status: "success", error: null },
  }));
  return JSON.stringify({ ...client, clientState: { ...client.clientState, queries } });
}

export const persistOptions: PersistQueryClientProviderProps["persistOptions"] = {
  persister: createAsyncStoragePersister({
    key: "campusg.queries",
    throttleTime: 1_000,
    serialize,
    storage: {
      getItem: (key) => get<string>(key),
      setItem: (key, value: string) => set(key, value),
      removeItem: (key) => del(key),
    },
  }),
  maxAge: 7 * DAY,
  buster: "1",
  dehydrateOptions: {
    // Also what could not be read again: without a network that is everything.
    shouldDehydrateQuery: (query) => query.state.data !== undefined && query.meta?.keep !== false,
    // What was done without a network is kept by its own queue.
    shouldDehydrateMutation: () => false,
  },
};

/** Nobody sees what the one before them read. */
export function forgetEverything(): void {
  queryClient.clear();
  void persistOptions.persister.removeClient();
}

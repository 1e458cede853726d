import { cardKeys } from "@/entities/card";
import { api } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";

/** Which card is charged from now on. Orders under way stay with theirs. */
export function useChooseCard() {
  return useCommand({
    send: (key, id: string) =>
      api.PUT("/api/v1/payment-methods/{id}/default", {
        params: { path: { id }, header: { "Idempotency-Key": key } },
      }),
    done: (client) => client.invalidateQueries({ queryKey: cardKeys.all }),
    refused: (client) => client.invalidateQueries({ queryKey: cardKeys.all }),
    undecided: ({ response }) => response.status === 202,
  });
}

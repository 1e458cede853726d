import { useEffect, useState } from "react";
import { offerKeys } from "@/entities/offer";
import { type Order, rememberOrder } from "@/entities/order";
import { userKeys } from "@/entities/user";
import { api, data, type Schemas } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { useCommand } from "@/shared/api/use-command";
import { useWaitingWords } from "@/shared/api/use-waiting-words";

type Answer = Order | Schemas["Receipt"] | undefined;

/** The gateway has waited for some seconds already before it says that it does not know yet. */
const AGAIN_MS = 1_000;

const decided = (answer: Answer): answer is Order => answer !== undefined && "version" in answer;

/**
 * Asks for an order on offer: one at a time. It is theirs when the platform says so and not before; as long as it says that
 * the request is stored, the same request asks again.
 */
export function useAcceptOrder(onYours: (order: Order) => void) {
  const [since, setSince] = useState(0);
  const accept = useCommand<Answer, string>({
    send: (key, id) =>
      data(
        api.POST("/api/v1/orders/{id}/accept", {
          params: { path: { id }, header: { "Idempotency-Key": key } },
        }),
      ),
    undecided: (answer) => !decided(answer),
    done: (client, answer) => {
      rememberOrder(client, answer);
      if (!decided(answer)) return;
      void client.invalidateQueries({ queryKey: offerKeys.all });
      onYours(answer);
    },
    refused: (client) => {
      void client.invalidateQueries({ queryKey: offerKeys.all });
      // The reason may be about the runner: whether they can be paid.
      void client.invalidateQueries({ queryKey: userKeys.me });
    },
  });
  const { mutate, variables: id, isSuccess, data: answer } = accept;
  const stored = isSuccess && !decided(answer);
  useEffect(() => {
    if (!stored || !id) return;
    const timer = setTimeout(() => mutate(id), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [stored, id, mutate]);
  const asking = accept.isPending || stored;
  return {
    /** The order that is asked for now. */
    asking: asking ? id : undefined,
    words: useWaitingWords(asking, since),
    /** The order that could not be had, and why. */
    refused: accept.isError && id ? { id, problem: Problem.from(accept.error) } : undefined,
    ask: (orderId: string) => {
      setSince(Date.now());
      mutate(orderId);
    },
  };
}

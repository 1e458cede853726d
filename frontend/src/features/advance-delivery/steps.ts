import { placeOnPath, rememberOrder } from "@/entities/order";
import { api, data, type Schemas } from "@/shared/api/client";
import { newKey } from "@/shared/api/idempotency";
import { auth } from "@/shared/auth/auth";
import { serverNow } from "@/shared/lib/clock";
import { queryClient } from "@/shared/query/client";
import { createQueue, type Queued } from "@/shared/queue/queue";

export type StepInput = Schemas["Advance"];

/** A phone that holds on to a dead network says so only after minutes. */
const TIMEOUT_MS = 20_000;

/** The steps of deliveries, which runners take also where there is no network. */
export const steps = createQueue<StepInput>({
  name: "campusg.steps",
  owner: () => auth.current()?.id,
  send: async ({ scope, key, input }: Queued<StepInput>) => {
    const answer = await data(
      api.POST("/api/v1/orders/{id}/advance", {
        params: { path: { id: scope }, header: { "Idempotency-Key": key } },
        body: input,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    rememberOrder(queryClient, answer);
    // A till receipt above what is held asks the customer instead: the order stays where it is.
    const elsewhere = answer && "version" in answer && placeOnPath(answer.status) < placeOnPath(input.to);
    return elsewhere ? "stopped" : "done";
  },
});

export function takeStep(orderId: string, input: StepInput): Promise<void> {
  const at = new Date(serverNow()).toISOString();
  // In what is kept, because the same key must always mean the same.
  return steps.add({ key: newKey(), scope: orderId, at, input: { ...input, occurred_at: at } });
}

/** What was done for an order and is not known to the platform, and what it said no to. */
export function useSteps(orderId: string) {
  const { waiting, refused, durable } = steps.use();
  return {
    waiting: waiting.filter(({ scope }) => scope === orderId),
    refused: refused.find(({ scope }) => scope === orderId),
    durable,
  };
}

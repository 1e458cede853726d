import { data, type Schemas } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";
import { rememberOrder } from "./apply";
import { type Order, orderKeys } from "./queries";

type At = { params: { path: { id: string }; header: { "Idempotency-Key": string } } };
type Answer = Order | Schemas["Receipt"];

/** Only stored: what became of it, the order's next event says. */
export const isReceipt = (answer: Answer | undefined) => answer !== undefined && !("version" in answer);

/** Something that is done to one order. A refusal means that the order is not as it was shown. */
export function useOrderCommand<Input = void>(
  id: string,
  send: (at: At, input: Input) => Promise<{ data?: Answer }>,
  done?: () => void,
) {
  return useCommand({
    send: (key, input: Input) =>
      data(send({ params: { path: { id }, header: { "Idempotency-Key": key } } }, input)),
    done: (client, answer) => {
      rememberOrder(client, answer);
      if (!isReceipt(answer)) done?.();
    },
    refused: (client) => void client.invalidateQueries({ queryKey: orderKeys.one(id) }),
    undecided: isReceipt,
  });
}

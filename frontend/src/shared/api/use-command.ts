import type { QueryClient } from "@tanstack/react-query";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { newKey } from "./idempotency";
import { Problem } from "./problem";
import { useWaitingWords } from "./use-waiting-words";

interface Options<Input, Answer> {
  send: (key: string, input: Input) => Promise<Answer>;
  /** What the answer changes in what is known. */
  done?: (client: QueryClient, answer: Answer, input: Input) => void;
  /** What a refusal says about what is known: usually that it is old. */
  refused?: (client: QueryClient, input: Input) => void;
  /** Whether the answer only says that the platform has stored it: the same again, with its key, asks what became of it. */
  undecided?: (answer: Answer) => boolean;
}

/**
 * Something that changes something. The same input keeps its key until the platform has decided, so trying again after a
 * lost answer does it once; a refusal is a decision, and what is tried after it is something new.
 *
 * `waiting` is what to say meanwhile: Sending, then that it takes long, then that nobody has to stay for it.
 */
export function useCommand<Answer, Input = void>({ send, done, refused, undecided }: Options<Input, Answer>) {
  const client = useQueryClient();
  const intent = useRef<{ input: string; key: string }>(undefined);
  const keyOf = (input: Input) => {
    const text = JSON.stringify(input) ?? "";
    if (intent.current?.input !== text) intent.current = { input: text, key: newKey() };
    return intent.current.key;
  };
  const mutation = useMutation<Answer, Error, Input>({
    mutationFn: (input) => send(keyOf(input), input),
    onSuccess: (answer, input) => {
      if (!undecided?.(answer)) intent.current = undefined;
      done?.(client, answer, input);
    },
    onError: (error, input) => {
      if (Problem.from(error).mayPass) return;
      intent.current = undefined;
      refused?.(client, input);
    },
  });
  const stored = mutation.isSuccess && (undecided?.(mutation.data) ?? false);
  const waiting = useWaitingWords(mutation.isPending || stored, mutation.submittedAt);
  return { ...mutation, waiting };
}

import type { QueryClient } from "@tanstack/react-query";
import { savedOrderKeys } from "@/entities/saved-order";
import { api, type Schemas } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";

const header = (key: string) => ({ header: { "Idempotency-Key": key } });
const again = (client: QueryClient) => void client.invalidateQueries({ queryKey: savedOrderKeys.all });
const reread = {
  done: again,
  refused: again,
  undecided: ({ response }: { response: Response }) => response.status === 202,
};

/** Whether it is done: not refused, and not only stored. */
export const isDone = (answer: { response: Response } | undefined) =>
  answer !== undefined && answer.response.status !== 202;

export function useSave() {
  return useCommand({
    send: (key, body: Schemas["NewSaved"]) => api.POST("/api/v1/saved-orders", { params: header(key), body }),
    ...reread,
  });
}

export function useRenameSaved() {
  return useCommand({
    send: (key, { id, name }: { id: string; name: string }) =>
      api.PATCH("/api/v1/saved-orders/{id}", { params: { path: { id }, ...header(key) }, body: { name } }),
    ...reread,
  });
}

export function useDeleteSaved() {
  return useCommand({
    send: (key, id: string) =>
      api.DELETE("/api/v1/saved-orders/{id}", { params: { path: { id }, ...header(key) } }),
    ...reread,
  });
}

import { notificationKeys } from "@/entities/notification";
import { api, data } from "@/shared/api/client";
import { newKey } from "@/shared/api/idempotency";
import { useWaitingWords } from "@/shared/api/use-waiting-words";
import { auth } from "@/shared/auth/auth";
import { serverNow } from "@/shared/lib/clock";
import { queryClient } from "@/shared/query/client";
import { createQueue } from "@/shared/queue/queue";

const SCOPE = "notifications";
const TIMEOUT_MS = 20_000;

/** Up to where somebody has read, which they do also where there is no network. */
export const reads = createQueue<{ up_to: string }>({
  name: "campusg.reads",
  owner: () => auth.current()?.id,
  send: async ({ key, input }) => {
    await data(
      api.POST("/api/v1/notifications/read", {
        params: { header: { "Idempotency-Key": key } },
        body: input,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    void queryClient.invalidateQueries({ queryKey: notificationKeys.all });
    return "done";
  },
});

export function useReadNotifications() {
  const { waiting, refused } = reads.use();
  const [first] = waiting;
  const tried = first?.tried ?? false;
  // It has the server's time, waiting goes by the device's.
  const since = Date.parse(first?.at ?? "") + Date.now() - serverNow();
  return {
    read: (upTo: string) =>
      reads.add({
        key: newKey(),
        scope: SCOPE,
        at: new Date(serverNow()).toISOString(),
        input: { up_to: upTo },
      }),
    /** What to say while it is on its way. */
    sending: useWaitingWords(first !== undefined && !tried, since),
    /** It is on this device, and sent as soon as the platform can be reached. */
    saved: tried,
    refused: refused[0],
  };
}

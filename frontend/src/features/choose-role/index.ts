import { useQueryClient } from "@tanstack/react-query";
import { userKeys } from "@/entities/user";
import { api, type Schemas } from "@/shared/api/client";
import { newKey } from "@/shared/api/idempotency";

/** Remembers on the server what somebody used last. Nobody waits for it, and nothing is lost if it is not heard. */
export function useRememberPreferences(): (preferences: Schemas["Preferences"]) => void {
  const client = useQueryClient();
  return (preferences) => {
    api
      .PUT("/api/v1/me/preferences", {
        params: { header: { "Idempotency-Key": newKey() } },
        body: preferences,
      })
      .then(() => client.invalidateQueries({ queryKey: userKeys.me }))
      .catch(() => undefined);
  };
}

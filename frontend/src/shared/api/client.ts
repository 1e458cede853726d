import createClient, { type Middleware } from "openapi-fetch";
import { auth } from "@/shared/auth/auth";
import { syncClock } from "@/shared/lib/clock";
import { begunAhead, endAhead, waited } from "./ahead";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** Sends with the token; asks for a new token once if this one is over. Throws a `Problem` for whatever is no success. */
async function authorizedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await send(request, await auth.token());
  if (response.status !== 401 || !auth.current()) return response;
  const token = await auth.token({ fresh: true }).catch(() => undefined);
  if (token) {
    const second = await send(again, token);
    if (second.status !== 401) return second;
  }
  auth.expired();
  return response;
}

async function send(request: Request, token: string | undefined): Promise<Response> {
  if (token) request.headers.set("authorization", `Bearer ${token}`);
  // What was answered before somebody changed something is old.
  if (request.method !== "GET") endAhead();
  return (begunAhead(request, token) ?? fetch(request)).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw Problem.unreachable();
  });
}

const readsTheClockAndRefusals: Middleware = {
  async onResponse({ response }) {
    // An answer that waited for the program says how late it was, not how late it is.
    if (!waited(response)) syncClock(response.headers.get("date"));
    if (!response.ok) throw await Problem.of(response);
  },
};

/** The gateway's API. Every call that changes something needs an `Idempotency-Key`: see `newKey`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: authorizedFetch,
});
api.use(readsTheClockAndRefusals);

/** The data of an answer that was a success; others have been thrown. */
export async function data<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

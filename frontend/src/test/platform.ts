import { vi } from "vitest";

type Answer = { status?: number; body?: unknown };

/** A platform for one component: what it answers to `METHOD /path`, and what it was asked. */
export function pretend(answers: Record<string, Answer | ((body: unknown, url: URL) => Answer)>) {
  const asked: { call: string; body: unknown; key: string | null }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const call = `${request.method} ${url.pathname}`;
    const text = await request.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    asked.push({ call, body, key: request.headers.get("idempotency-key") });
    const known = answers[call];
    if (!known) throw new Error(`nobody expected ${call}`);
    const answer = typeof known === "function" ? known(body, url) : known;
    const status = answer.status ?? 200;
    return new Response(status === 204 ? null : JSON.stringify(answer.body ?? {}), {
      status,
      headers: { "content-type": status < 400 ? "application/json" : "application/problem+json" },
    });
  });
  return asked;
}

import type { components } from "./schema";

type ProblemBody = components["schemas"]["Problem"];

/** A "no" of the platform's (RFC 9457), or that it could not be reached (`code` is `unreachable`). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly pointer: string | undefined;
  readonly traceId: string | undefined;
  /** When it is worth trying again, in seconds. */
  readonly retryAfter: number | undefined;

  constructor(body: Partial<ProblemBody>, retryAfter?: number) {
    super(body.detail ?? "");
    this.code = body.code ?? "internal";
    this.status = body.status ?? 0;
    this.title = body.title ?? this.code;
    this.pointer = body.pointer ?? undefined;
    this.traceId = body.trace_id ?? undefined;
    this.retryAfter = retryAfter;
  }

  /** Whether the same again may go better. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  static async of(response: Response): Promise<Problem> {
    const body: Partial<ProblemBody> = await response.json().catch(() => ({}));
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new Problem({ status: response.status, ...body }, Number.isNaN(seconds) ? undefined : seconds);
  }

  static unreachable(): Problem {
    return new Problem({ code: "unreachable", status: 0, title: "unreachable" });
  }

  static from(error: unknown): Problem {
    return error instanceof Problem ? error : new Problem({ code: "page", detail: String(error) });
  }
}

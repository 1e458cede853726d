/** A read that `public/ahead.js` began when the page was opened, while the program was still on its way. */
interface Ahead {
  url: string;
  token: string;
  answer: Promise<Response>;
}

declare global {
  var ahead: Ahead[] | undefined;
}

/** Its answer, for whoever asks for the same as the same person: once. */
export function begunAhead(request: Request, token: string | undefined): Promise<Response> | undefined {
  const { pathname, search } = new URL(request.url);
  const same = ({ url, token: theirs }: Ahead) => url === pathname + search && theirs === token;
  const begun = request.method === "GET" ? globalThis.ahead?.find(same) : undefined;
  if (!begun) return undefined;
  globalThis.ahead = globalThis.ahead?.filter((other) => other !== begun);
  return begun.answer.then((response) => {
    early.add(response);
    return response;
  });
}

const early = new WeakSet<Response>();

/** Whether this is the answer of such a read. */
export const waited = (response: Response) => early.has(response);

/** Whoever listens from now on reads anew: what was answered before that may be old. */
export function endAhead(): void {
  globalThis.ahead = undefined;
}

import type { QueryClient } from "@tanstack/react-query";

const AT_THE_LATEST_MS = 2_000;

const firstPage = Promise.withResolvers<void>();

/** Said by the title of a page: what it is about is on the screen. */
export const pageShown = firstPage.resolve;

/** Once the page is there with all that it asked for: what nobody waits for comes after that, and not instead. */
export async function quiet(client: QueryClient): Promise<void> {
  const begun = performance.now();
  // A page that cannot be read has no title.
  await Promise.race([firstPage.promise, after(AT_THE_LATEST_MS)]);
  await idle();
  while (client.isFetching() > 0 && performance.now() - begun < AT_THE_LATEST_MS) {
    await Promise.race([read(client), after(AT_THE_LATEST_MS)]);
    // What is shown then may ask for more.
    await idle();
  }
}

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** When what has changed is drawn. In the background nothing is, and no frame comes. */
function idle(): Promise<void> {
  const soon = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 100));
  const drawn = new Promise<void>((resolve) => requestAnimationFrame(() => soon(() => resolve())));
  return Promise.race([drawn, after(AT_THE_LATEST_MS)]);
}

function read(client: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const leave = client.getQueryCache().subscribe(() => {
      if (client.isFetching() > 0) return;
      leave();
      resolve();
    });
  });
}

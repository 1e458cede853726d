import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import { pageShown, quiet } from "./quiet";

afterEach(() => void vi.useRealTimers());

it("does not wait for ever for a page that is never there", async () => {
  vi.useFakeTimers();
  const waiting = quiet(new QueryClient());
  await vi.advanceTimersByTimeAsync(4_000);
  await waiting;
});

it("waits for what the page reads, and not for longer", async () => {
  const client = new QueryClient();
  const answer = Promise.withResolvers<string>();
  const said = vi.fn();
  const stop = new QueryObserver(client, { queryKey: ["order"], queryFn: () => answer.promise }).subscribe(
    () => {},
  );
  pageShown();
  const waiting = quiet(client).then(said);
  await new Promise((soon) => requestAnimationFrame(soon));
  expect(said).not.toHaveBeenCalled();
  answer.resolve("rice");
  await waiting;
  stop();
});

it("does not wait for a page that has everything from the last visit", async () => {
  vi.useFakeTimers();
  const waiting = quiet(new QueryClient());
  await vi.advanceTimersByTimeAsync(200);
  await waiting;
});

import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { readAnew } from "./read-anew";

it("asks again when the first answer was on its way as something changed", async () => {
  const client = new QueryClient();
  const first = Promise.withResolvers<string>();
  const answers = [first.promise, Promise.resolve("new")];
  const queryFn = vi.fn(() => answers.shift() ?? Promise.reject(new Error("asked too often")));
  const observer = new QueryObserver(client, { queryKey: ["order", "1"], queryFn });
  const stop = observer.subscribe(() => {});
  readAnew(client, { queryKey: ["order"] });
  expect(queryFn).toHaveBeenCalledTimes(1);
  first.resolve("old");
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("new"));
  stop();
});

import type { Page } from "@playwright/test";
import { accept, DESK, expect, expectSaid, offerOf, PHONE, placeErrand, test, title } from "./story";

test("of two runners one has it, and the other is told that it is taken", async ({ enter }) => {
  const alice = await enter("alice");
  const runners = [await enter("ray", PHONE), await enter("rio", DESK)];
  for (const runner of runners) await runner.goto("/run");
  await placeErrand(alice, { store: "Race Kitchen" });

  // Neither request leaves before both have tapped.
  const bothTapped = Promise.withResolvers<void>();
  let taps = 0;
  for (const runner of runners) {
    await runner.route("**/accept", async (route) => {
      taps += 1;
      if (taps === runners.length) bothTapped.resolve();
      await bothTapped.promise;
      await route.continue();
    });
  }
  for (const runner of runners)
    await offerOf(runner, "Race Kitchen").getByRole("button", { name: "Accept" }).click();

  const won = (runner: Page) => runner.waitForURL(/\/run\/active/).then(() => runner);
  const winner = await Promise.any(runners.map(won));
  await expect(title(winner)).toHaveText("Go to Race Kitchen and order");
  for (const runner of runners.filter((other) => other !== winner)) {
    await expectSaid(runner, /Race Kitchen .*taken/);
    await expect(offerOf(runner, "Race Kitchen")).toHaveCount(0);
    expect(new URL(runner.url()).pathname).toBe("/run");
  }
});

test("what one runner gives back, another one can have", async ({ enter }) => {
  const alice = await enter("alice");
  const ray = await enter("ray");
  const rio = await enter("rio", DESK);
  await ray.goto("/run");
  await rio.goto("/run");
  await placeErrand(alice, { store: "Given Back" });
  await accept(ray, "Given Back");
  await expect(offerOf(rio, "Given Back")).toHaveCount(0);

  await ray.getByRole("button", { name: "Give it back" }).click();
  await ray.getByRole("dialog").getByRole("button", { name: "Give it back" }).click();
  await expect(ray).toHaveURL(/\/run(\?|$)/);
  await expect(title(alice)).toHaveText("Looking for a runner");
  await accept(rio, "Given Back");
  await expect(title(alice)).toHaveText("Your runner is going to Given Back");
});

/** What the app keeps on the phone under this name. */
const kept = <T>(page: Page, name: string): Promise<T | undefined> =>
  page.evaluate(
    (name) =>
      new Promise<T | undefined>((resolve, reject) => {
        const opening = indexedDB.open("keyval-store");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("keyval").objectStore("keyval").get(name);
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result);
          };
        };
      }),
    name,
  );

interface Queries {
  clientState: { queries: { queryKey: unknown[]; state: { data?: { status?: string } } }[] };
}

/** How far an order is, as far as the phone knows. */
async function keptStatus(page: Page, id: string): Promise<string | undefined> {
  const { clientState } = JSON.parse(
    (await kept<string>(page, "campusg.queries")) ?? "{}",
  ) as Partial<Queries>;
  const known = clientState?.queries.find(({ queryKey }) => queryKey.join() === `order,${id}`);
  return known?.state.data?.status;
}

interface Moment {
  status: string;
  occurred_at?: string;
}

/** What the platform says that happened to an order. */
const timeline = (page: Page, id: string) =>
  page.evaluate(async (id) => {
    const { token } = JSON.parse(localStorage.getItem("campusg.session") ?? "{}") as { token?: string };
    const answer = await fetch(`/api/v1/orders/${id}`, { headers: { authorization: `Bearer ${token}` } });
    return ((await answer.json()) as { timeline: Moment[] }).timeline;
  }, id);

interface Steps {
  waiting: { key: string; at: string; input: { to: string } }[];
}

test("a runner without a network goes on, and everything is told afterwards, in order", async ({ enter }) => {
  const alice = await enter("alice");
  const ray = await enter("ray");
  await ray.goto("/run");
  const id = await placeErrand(alice, { store: "Basement" });
  await accept(ray, "Basement");
  await ray.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect.poll(() => keptStatus(ray, id)).toBe("ACCEPTED");

  await ray.context().setOffline(true);
  await expect(ray.getByTestId("stream")).toHaveAttribute("data-status", "offline");
  await ray.getByLabel("Total on the till receipt").fill("4.45");
  await ray.getByRole("button", { name: "I have bought it" }).click();
  await expect(ray.getByTestId("saved-steps")).toContainText("Saved on this phone, will send");
  await ray.getByRole("button", { name: "I am on my way" }).click();
  await expect(ray.getByTestId("saved-steps")).toContainText("I am on my way");

  // The phone was in a pocket, and the browser let the page go.
  await ray.reload();
  await expect(ray.getByTestId("saved-steps")).toContainText("I am on my way");
  await expect(title(alice)).toHaveText("Your runner is going to Basement");
  const steps = (await kept<Steps>(ray, "campusg.steps"))?.waiting ?? [];
  expect(steps.map(({ input }) => input.to)).toEqual(["PLACED", "ON_THE_WAY"]);
  expect(steps.map(({ at }) => at).toSorted()).toEqual(steps.map(({ at }) => at));

  const sent: (string | undefined)[] = [];
  ray.on("requestfinished", (request) => {
    if (request.url().endsWith("/advance")) sent.push(request.headers()["idempotency-key"]);
  });
  await ray.context().setOffline(false);
  await expect(title(alice)).toHaveText("On the way to Library 3-12");
  await expect(title(ray)).toHaveText("Bring it to Library 3-12");
  await expect(ray.getByTestId("saved-steps")).toHaveCount(0);
  expect(sent).toEqual(steps.map(({ key }) => key));
  // The platform knows when they were taken, not only when it heard of them.
  const taken = (await timeline(ray, id)).filter(({ status }) => ["PLACED", "ON_THE_WAY"].includes(status));
  expect(taken.map(({ occurred_at }) => Date.parse(occurred_at ?? ""))).toEqual(
    steps.map(({ at }) => Date.parse(at)),
  );
});

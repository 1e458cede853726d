import type { Platform } from "./platform";
import { DESK, expect, offerOf, PHONE, placeErrand, test, title } from "./story";

test("the broker is killed and comes back while pages are open: they say so, and miss nothing", async ({
  own,
  enter,
}) => {
  const platform = await own({});
  const alice = await enter("alice", PHONE, platform);
  const ray = await enter("ray", DESK, platform);
  await ray.goto("/run");
  const id = await placeErrand(alice, { store: "Dark Kitchen" });
  await expect(title(alice)).toHaveText("Looking for a runner");
  await expect(offerOf(ray, "Dark Kitchen")).toBeVisible();

  const mend = await platform.breakBroker();
  for (const page of [alice, ray])
    await expect(page.getByTestId("stream")).toHaveAttribute("data-status", /reconnecting|polling/);
  // What was known stays on the screen, and what cannot be done now is not said to be.
  await expect(title(alice)).toHaveText("Looking for a runner");
  await alice.getByRole("button", { name: "Cancel order" }).click();
  await alice.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await expect(alice.getByRole("dialog").getByRole("alert")).toContainText("away for a moment");
  await alice.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await expect(title(alice)).toHaveText("Looking for a runner");

  // Ray's phone takes it at the first moment at which that is possible: before the pages hear anything again.
  await mend();
  await expect.poll(() => take(platform, id)).toBe("ACCEPTED");
  await expect(title(alice)).toHaveText("Your runner is going to Dark Kitchen");
  for (const status of ["Runner found", "Runner confirmed"])
    await expect(alice.getByRole("listitem").filter({ hasText: status })).toContainText(/\d\d:\d\d/);
  await expect(offerOf(ray, "Dark Kitchen")).toHaveCount(0);
  for (const page of [alice, ray])
    await expect(page.getByTestId("stream")).toHaveAttribute("data-status", "live");
});

/** Accepts an order as Ray, and answers with what it is then. */
async function take({ url }: Platform, id: string): Promise<string | undefined> {
  const headers = { "content-type": "application/json" };
  const enter = await fetch(`${url}/api/v1/dev/sign-in`, {
    method: "POST",
    headers,
    body: JSON.stringify({ person: "ray" }),
  });
  const { token } = (await enter.json()) as { token: string };
  const answer = await fetch(`${url}/api/v1/orders/${id}/accept`, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}`, "idempotency-key": id },
    body: "{}",
  });
  return ((await answer.json()) as { status?: string }).status;
}

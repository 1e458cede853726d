import { accept, DESK, expect, fillErrand, PHONE, placeErrand, test, title } from "./story";

for (const [customerSize, runnerSize, sizes] of [
  [PHONE, DESK, "customer on a phone, runner on a desk"],
  [DESK, PHONE, "customer on a desk, runner on a phone"],
] as const) {
  test(`an order is placed, taken, brought and paid (${sizes})`, async ({ enter }) => {
    const alice = await enter("alice", customerSize);
    const ray = await enter("ray", runnerSize);
    const store = `Koufu ${customerSize.width}`;

    await ray.goto("/run");
    await expect(title(ray)).toHaveText("Available now");
    await placeErrand(alice, { store });
    await expect(title(alice)).toHaveText("Looking for a runner");

    // The runner's page has not been touched since: the offer comes by itself.
    await accept(ray, store);
    await expect(title(alice)).toHaveText(`Your runner is going to ${store}`);

    await ray.getByLabel("Total on the till receipt").fill("4.45");
    await ray.getByRole("button", { name: "I have bought it" }).click();
    await expect(title(alice)).toHaveText(`Ordered at ${store}`);
    await ray.getByRole("button", { name: "I am on my way" }).click();
    await expect(title(alice)).toHaveText("On the way to Library 3-12");

    const pin = (await alice.getByTestId("pin").innerText()).replaceAll(" ", "");
    await ray.getByLabel("Customer's PIN").fill(pin);
    await ray.getByRole("button", { name: "Hand it over" }).click();
    await expect(title(ray)).toHaveText("Paid");
    await expect(title(alice)).toHaveText("Complete");
    await expect(alice.getByText("was charged, and your runner is paid")).toBeVisible();

    await ray.goto("/wallet");
    await expect(ray.getByRole("listitem").filter({ hasText: "Paid out" }).first()).toContainText("$6.45");
  });
}

test("an order is called off, and the page says what happened to the money", async ({ enter }) => {
  const alice = await enter("alice");
  await placeErrand(alice, { store: "Called Off" });
  await expect(title(alice)).toHaveText("Looking for a runner");
  await alice.getByRole("button", { name: "Cancel order" }).click();
  await alice.getByRole("dialog").getByRole("button", { name: "Cancel order" }).click();
  await expect(title(alice)).toHaveText("Cancelled");
  await expect(alice.getByText("You called this order off.")).toBeVisible();
  await expect(alice.getByText(/was released/).first()).toBeVisible();
});

test("what was typed survives a reload", async ({ enter }) => {
  const bob = await enter("bob");
  await fillErrand(bob, { store: "Mr Coconut" });
  await expect(bob.getByRole("button", { name: /Place order · \$/ })).toBeVisible();
  await bob.reload();
  await expect(bob.getByLabel("Store", { exact: true })).toHaveValue("Mr Coconut");
  await expect(bob.getByRole("button", { name: /Place order · \$/ })).toBeVisible();
});

test("an order that nobody takes is over when its time is, while its page is open", async ({
  own,
  enter,
}) => {
  const began = new Date();
  const platform = await own({ clock: "by hand" });
  const alice = await enter("alice", PHONE, platform);
  const ray = await enter("ray", DESK, platform);
  await ray.goto("/run");
  await placeErrand(alice, { store: "Nobody Comes" });
  await expect(title(alice)).toHaveText("Looking for a runner");
  await expect(alice.getByText("it is cancelled and your money is released")).toBeVisible();
  await expect(ray.getByText("Nobody Comes")).toBeVisible();

  await platform.setClock(new Date(began.getTime() + 31 * 60_000));
  await expect(title(alice)).toHaveText("Cancelled");
  await expect(alice.getByText("Nobody took your order in time.")).toBeVisible();
  await expect(alice.getByText(/was released/).first()).toBeVisible();
  await expect(ray.getByText("Nobody Comes")).toHaveCount(0);
  await expect(alice.getByRole("button", { name: "Order again with $3.00 delivery" })).toBeVisible();
});

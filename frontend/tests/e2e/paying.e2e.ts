import { expect, fillErrand, place, placeErrand, test, title } from "./story";

test("a card that is declined ends the order, and the page says so", async ({ enter }) => {
  const dora = await enter("dora");
  await placeErrand(dora, { store: "Declined" });
  await expect(title(dora)).toHaveText("Cancelled");
  await expect(dora.getByText("Your bank said no, so the order never went on offer.")).toBeVisible();
  await expect(dora.getByRole("link", { name: "Look at your cards" })).toBeVisible();
});

test("whoever has no card adds one on Stripe's page, and comes back to their order", async ({ enter }) => {
  const carl = await enter("carl");
  await fillErrand(carl, { store: "First Card" });
  await carl.getByRole("link", { name: "Add a card to order" }).click();
  await expect(title(carl)).toHaveText("Cards");
  await carl.getByRole("button", { name: "Add a card" }).click();

  // A page of Stripe's, here of its sandbox.
  await carl.getByLabel(/4242/).check();
  await carl.getByRole("button", { name: "Save card" }).click();
  await expect(carl.getByText("Visa ending in 4242")).toBeVisible();
  await carl.getByRole("link", { name: "Back to your order" }).click();
  await expect(carl.getByLabel("Store", { exact: true })).toHaveValue("First Card");
  await place(carl);
  await expect(title(carl)).toHaveText("Looking for a runner");
});

test("a bank that asks gets its answer, and then the order goes on offer", async ({ enter }) => {
  const tess = await enter("tess");
  const id = await placeErrand(tess, { store: "Asked" });
  await expect(title(tess)).toHaveText("Your bank wants to check");
  await tess.getByRole("link", { name: "Answer your bank" }).click();
  await tess.getByRole("button", { name: "Complete authentication" }).click();
  await tess.waitForURL(new RegExp(`/orders/${id}`));
  await expect(title(tess)).toHaveText("Looking for a runner");
});

test("a bank that hears no ends the order", async ({ enter }) => {
  const tess = await enter("tess");
  await placeErrand(tess, { store: "Not Me" });
  await tess.getByRole("link", { name: "Answer your bank" }).click();
  await tess.getByRole("button", { name: "Fail authentication" }).click();
  await expect(title(tess)).toHaveText("Cancelled");
  await expect(tess.getByText("Your bank said no, so the order never went on offer.")).toBeVisible();
});

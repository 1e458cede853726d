import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { clear } from "idb-keyval";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Order } from "@/entities/order";
import { auth } from "@/shared/auth/auth";
import { expectAccessible, show } from "@/test/render";
import { AdvanceDelivery } from "./AdvanceDelivery";
import { steps } from "./steps";

const order: Order = {
  order_id: "ord_1",
  version: 5,
  status: "ACCEPTED",
  overdue: false,
  customer_id: "usr_1",
  store: { name: "Koufu", location: "Block 7" },
  deliver_to: { building: "Library", room: "3-12" },
  lines: [],
  price: {
    items_cents: 445,
    delivery_fee_cents: 300,
    tip_cents: 0,
    platform_fee_cents: 0,
    total_cents: 745,
    payout_cents: 745,
    currency: "sgd",
    buffer_cents: 0,
    hold_cents: 745,
    policy: 1,
  },
  timeline: [],
  basis: "errand",
  problems: [],
  ratings: [],
  actions: [{ action: "advance", effect: "" }],
};

/** When a step was taken. */
const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
const asked: { path: string; key: string | null; body: unknown }[] = [];
let answer: (() => Response) | undefined;

/** A gateway that is away until a test says what it answers. */
async function gateway(request: Request): Promise<Response> {
  if (!answer) throw new TypeError("no network");
  const path = new URL(request.url).pathname;
  asked.push({ path, key: request.headers.get("idempotency-key"), body: await request.json() });
  return answer();
}
const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

beforeAll(() => {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => {
    last = last.then(work, work);
    return last;
  };
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
  auth.settle(
    { kind: "local", token: async () => "token", signOut: async () => {} },
    { id: "usr_2", name: "Ray" },
  );
});
afterEach(async () => {
  asked.length = 0;
  answer = undefined;
  await steps.dismiss("ord_1");
  await clear();
});

const receipt = () => screen.getByLabelText("Total on the till receipt");
const bought = () => userEvent.click(screen.getByRole("button", { name: "I have bought it" }));

it("keeps steps on the phone while there is no network, and sends them in order afterwards", async () => {
  vi.stubGlobal("fetch", gateway);
  await show(<AdvanceDelivery order={order} />);
  await bought();
  expect(receipt()).toHaveAccessibleDescription(/Enter the total as the till says it/);
  await userEvent.type(receipt(), "4,45");
  await bought();

  const saved = await screen.findByTestId("saved-steps");
  expect(saved).toHaveTextContent("Saved on this phone, will send");
  await userEvent.click(screen.getByRole("button", { name: "I am on my way" }));
  await waitFor(() => expect(saved).toHaveTextContent("I am on my way"));
  await expectAccessible();

  // A phone that was off in between: the next step is the customer's PIN all the same.
  expect(screen.getByLabelText("Customer's PIN")).toBeVisible();
  answer = json(202, { order_id: "ord_1" });
  steps.kick();
  await waitFor(() => expect(screen.queryByTestId("saved-steps")).toBeNull());
  expect(asked.map(({ body }) => body)).toEqual([
    { to: "PLACED", receipt_cents: 445, occurred_at: TIME },
    { to: "ON_THE_WAY", occurred_at: TIME },
  ]);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
});

it("says at the PIN that it was wrong", async () => {
  vi.stubGlobal("fetch", gateway);
  answer = json(409, { code: "wrong_pin", status: 409, detail: "This is not the customer's hand-over PIN." });
  await show(<AdvanceDelivery order={{ ...order, status: "ON_THE_WAY" }} />);
  await userEvent.type(screen.getByLabelText("Customer's PIN"), "1234");
  await userEvent.click(screen.getByRole("button", { name: "Hand it over" }));
  await waitFor(() => expect(screen.getByLabelText("Customer's PIN")).toBeInvalid());
  expect(screen.getByLabelText("Customer's PIN")).toHaveAccessibleDescription(
    /not the customer's hand-over PIN/,
  );
  expect(asked[0]?.body).toEqual({ to: "DELIVERED", pin: "1234", occurred_at: TIME });
});

it("does without the PIN once the runner has waited long enough", async () => {
  vi.stubGlobal("fetch", gateway);
  answer = json(202, { order_id: "ord_1" });
  const deadline = { kind: "no_show", at: "2020-01-01T00:00:00Z", consequence: "hand_over_without_pin" };
  await show(<AdvanceDelivery order={{ ...order, status: "ON_THE_WAY", deadline }} />);
  await userEvent.click(screen.getByRole("button", { name: "Hand it over or leave it here" }));
  await waitFor(() => expect(asked[0]?.body).toEqual({ to: "DELIVERED", occurred_at: TIME }));
});

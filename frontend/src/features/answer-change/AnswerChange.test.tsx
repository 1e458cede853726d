import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { anOrder } from "@/test/order";
import { pretend } from "@/test/platform";
import { expectAccessible, show } from "@/test/render";
import { AnswerChange } from "./AnswerChange";

const change = { items_cents: 1050, excess_cents: 60, note: "Only the large one is left", state: "asked" };
const asked = anOrder({
  status: "ACCEPTED",
  change,
  actions: [{ action: "answer", effect: "" }],
});

it("says what it would cost and what more is held, and sends the answer once", async () => {
  const calls = pretend({ "POST /api/v1/orders/ord_1/answer": { body: { ...asked, version: 6 } } });
  await show(<AnswerChange order={asked} />);
  expect(screen.getByText(/\$10\.50 at the counter instead of \$8\.90/)).toBeVisible();
  expect(screen.getByText(/\$0\.60 more is held/)).toBeVisible();
  await expectAccessible();
  await userEvent.click(screen.getByRole("button", { name: "Agree" }));
  expect(calls).toMatchObject([{ body: { agree: true } }]);
});

it("says why, when it is too late", async () => {
  pretend({
    "POST /api/v1/orders/ord_1/answer": {
      status: 409,
      body: { code: "too_late", detail: "It is too late for this.", status: 409, title: "" },
    },
  });
  await show(<AnswerChange order={asked} />);
  await userEvent.click(screen.getByRole("button", { name: "No, leave it" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("It is too late for this.");
});

it("offers nothing that the platform does not", async () => {
  await show(<AnswerChange order={{ ...asked, actions: [], change: { ...change, state: "refused" } }} />);
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByText("You said no.")).toBeVisible();
});

import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { anOrder } from "@/test/order";
import { pretend } from "@/test/platform";
import { expectAccessible, show } from "@/test/render";
import { TipRunner } from "./TipRunner";

const done = anOrder({ status: "COMPLETED", actions: [{ action: "tip", effect: "" }] });

it("tips an amount of one's own, within the bounds", async () => {
  const calls = pretend({ "POST /api/v1/orders/ord_1/tip": { body: { ...done, version: 6 } } });
  await show(<TipRunner order={done} />);
  await userEvent.click(screen.getByRole("radio", { name: "Other" }));
  const amount = screen.getByLabelText("Tip, other amount");
  await userEvent.type(amount, "0.40");
  await userEvent.click(screen.getByRole("button", { name: "Tip $0.40" }));
  expect(amount).toBeInvalid();
  await expectAccessible();
  await userEvent.clear(amount);
  await userEvent.type(amount, "1.50");
  await userEvent.click(screen.getByRole("button", { name: "Tip $1.50" }));
  expect(calls).toMatchObject([{ body: { tip_cents: 150 } }]);
});

it("says what was given, in the reader's language", async () => {
  await show(<TipRunner order={{ ...done, actions: [], tipped_cents: 200 }} />, "zh");
  expect(screen.getByText("你付了 $2.00 小费。")).toBeVisible();
});

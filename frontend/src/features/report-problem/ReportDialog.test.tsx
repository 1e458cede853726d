import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { anOrder } from "@/test/order";
import { pretend } from "@/test/platform";
import { expectAccessible, show } from "@/test/render";
import { ReportDialog } from "./ReportDialog";

it("wants to know what is wrong, and closes when the platform has heard it", async () => {
  const calls = pretend({ "POST /api/v1/orders/ord_1/problem": { body: anOrder({ version: 6 }) } });
  const onOpenChange = vi.fn();
  await show(<ReportDialog order={anOrder()} side="customer" open onOpenChange={onOpenChange} />);
  const send = await screen.findByRole("button", { name: "Report it" });
  await userEvent.click(send);
  expect(screen.getByRole("alert")).toHaveTextContent("Please choose one");
  await expectAccessible();
  await userEvent.click(screen.getByRole("radio", { name: "I did not get it" }));
  await userEvent.type(screen.getByLabelText("What happened (optional)"), "Nobody came");
  await userEvent.click(send);
  await waitFor(() => expect(onOpenChange).toHaveBeenCalledWith(false));
  expect(calls).toMatchObject([{ body: { kind: "not_received", text: "Nobody came" } }]);
});

import { act, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { streamStatus } from "@/shared/stream/status";
import { show } from "@/test/render";
import { CommandButton } from "./CommandButton";

afterEach(() => streamStatus.set("reconnecting"));

it("does nothing without a network, and says why", async () => {
  await show(<CommandButton>Cancel order</CommandButton>);
  expect(screen.getByRole("button", { name: "Cancel order" })).toBeEnabled();
  act(() => streamStatus.set("offline"));
  expect(screen.getByRole("button", { name: "Cancel order" })).toBeDisabled();
  expect(screen.getByText("This needs a connection.")).toBeVisible();
});

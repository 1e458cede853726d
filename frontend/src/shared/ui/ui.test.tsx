import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Problem } from "@/shared/api/problem";
import { expectAccessible, show } from "@/test/render";
import { Button } from "./Button";
import { Chip } from "./Chip";
import { Dialog } from "./Dialog";
import { ErrorState } from "./ErrorState";
import { Field } from "./Field";
import { Tabs } from "./Tabs";

describe("a button", () => {
  it("takes no second tap while its command is on its way, and keeps the focus", async () => {
    const onClick = vi.fn();
    await show(
      <Button pending="Sending" onClick={onClick}>
        Accept
      </Button>,
    );
    const button = screen.getByRole("button", { name: "Sending" });
    await userEvent.click(button);
    expect(onClick).not.toHaveBeenCalled();
    expect(button).toHaveFocus();
    await expectAccessible();
  });
});

describe("a field", () => {
  it("says what is wrong with it", async () => {
    await show(<Field label="Room" hint="SR 3-1" error="Please fill this in" />);
    const input = screen.getByLabelText("Room");
    expect(input).toBeInvalid();
    expect(input).toHaveAccessibleDescription("Please fill this in SR 3-1");
    await expectAccessible();
  });
});

describe("an error", () => {
  it("says what the platform said, tries again and gives its trace", async () => {
    const retry = vi.fn();
    const problem = new Problem({
      code: "already_taken",
      detail: "Someone else took it.",
      status: 409,
      trace_id: "abc",
    });
    await show(<ErrorState error={problem} onRetry={retry} />);
    expect(screen.getByRole("alert")).toHaveTextContent("Someone else took it.");
    expect(screen.getByRole("button", { name: "Copy trace id" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledOnce();
    await expectAccessible();
  });

  it("waits as long as the platform asked for", async () => {
    await show(
      <ErrorState error={new Problem({ code: "rate_limited", status: 429 }, 3)} onRetry={() => undefined} />,
    );
    expect(screen.getByRole("button", { name: "Try again in 3 s" })).toBeDisabled();
  });
});

describe("a dialog", () => {
  it("closes with Escape", async () => {
    const onOpenChange = vi.fn();
    await show(
      <Dialog open onOpenChange={onOpenChange} title="Cancel this order?" text="$10.90 is released.">
        <Button>Yes</Button>
      </Dialog>,
    );
    expect(await screen.findByRole("dialog", { name: "Cancel this order?" })).toHaveAccessibleDescription(
      "$10.90 is released.",
    );
    await expectAccessible();
    await userEvent.keyboard("{Escape}");
    expect(onOpenChange).toHaveBeenCalledWith(false);
  });
});

it("tabs are moved through with arrows", async () => {
  const onChange = vi.fn();
  const tabs = ["a", "b"].map((value) => ({ value, label: value, content: <Chip tone="ok">{value}</Chip> }));
  await show(<Tabs label="Kinds" value="a" onChange={onChange} tabs={tabs} />);
  await userEvent.click(screen.getByRole("tab", { name: "a" }));
  await userEvent.keyboard("{ArrowRight}");
  expect(onChange).toHaveBeenCalledWith("b");
  await expectAccessible();
});

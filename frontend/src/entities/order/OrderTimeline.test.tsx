import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { anOrder } from "@/test/order";
import { show } from "@/test/render";
import { OrderTimeline } from "./OrderTimeline";

const drawStep = async (occurred_at?: string) => {
  const step = {
    status: "PLACED" as const,
    at: "2026-11-22T04:20:00Z",
    ...(occurred_at ? { occurred_at } : {}),
  };
  await show(<OrderTimeline order={anOrder({ timeline: [step] })} />);
};

it("shows when a step was done, and when it was told if that was later", async () => {
  await drawStep("2026-11-22T04:12:00Z");
  const times = screen.getAllByRole("time").map((time) => time.getAttribute("datetime"));
  expect(times).toEqual(["2026-11-22T04:12:00Z", "2026-11-22T04:20:00Z"]);
  expect(screen.getByText(/reported/)).toBeVisible();
});

it("says nothing of the way to the platform when it was short", async () => {
  await drawStep("2026-11-22T04:19:58Z");
  expect(screen.getAllByRole("time")).toHaveLength(1);
  expect(screen.queryByText(/reported/)).toBeNull();
});

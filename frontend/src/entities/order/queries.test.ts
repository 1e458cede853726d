import { QueryClient } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { anOrder } from "@/test/order";
import { pretend } from "@/test/platform";
import { ordersQuery } from "./queries";

const placed = (id: string, at: string) => anOrder({ order_id: id, timeline: [{ status: "PENDING", at }] });

it("finds a month by passing over what is newer and stopping at what is older", async () => {
  const pages: Record<string, unknown> = {
    "": { orders: [placed("nov", "2026-11-20T04:00:00Z")], next: "2" },
    // The first of November on the campus.
    "2": {
      orders: [placed("edge", "2026-10-31T17:00:00Z"), placed("oct", "2026-10-31T04:00:00Z")],
      next: "3",
    },
    "3": {
      orders: [placed("first", "2026-09-30T17:00:00Z"), placed("sep", "2026-09-30T04:00:00Z")],
      next: "4",
    },
  };
  const asked = pretend({
    "GET /api/v1/orders": (_, url) => ({ body: pages[url.searchParams.get("cursor") ?? ""] }),
  });
  const { pages: got } = await new QueryClient().fetchInfiniteQuery(
    ordersQuery({ role: "customer", month: "2026-10" }),
  );
  expect(got.flatMap((page) => page.orders.map(({ order_id }) => order_id))).toEqual(["oct", "first"]);
  expect(asked).toHaveLength(3);
});

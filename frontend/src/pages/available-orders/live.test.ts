import { describe, expect, it } from "vitest";
import type { Offer } from "@/entities/offer";
import { admit, arrange, begin, leave, merge } from "./live";

const offer = (id: string, more: Partial<Offer> = {}): Offer => ({
  order_id: id,
  store: { name: "Koufu", location: "Block 7" },
  building: "Library",
  lines: [],
  earns_cents: 200,
  spends_cents: 890,
  currency: "sgd",
  since: "2026-11-22T04:00:00Z",
  until: "2026-11-22T04:30:00Z",
  ...more,
});
const [a, b, c] = [offer("a"), offer("b"), offer("c")];
const seen = (live: ReturnType<typeof begin>) =>
  live.rows.map((row) => `${row.offer.order_id}${row.gone ? " gone" : ""}`);

describe("live offers", () => {
  it("come in by themselves while nothing is touched", () => {
    expect(seen(merge(begin([a]), [a, b], false))).toEqual(["a", "b"]);
  });

  it("wait while a finger is on the list, and are let in afterwards", () => {
    const held = merge(begin([a]), [a, b, c], true);
    expect(seen(held)).toEqual(["a"]);
    expect(held.fresh).toEqual([b, c]);
    expect(seen(admit(held))).toEqual(["a", "b", "c"]);
  });

  it("leave a place behind that closes when it was read", () => {
    const gone = merge(begin([a, b]), [b], true);
    expect(seen(gone)).toEqual(["a gone", "b"]);
    expect(seen(leave(gone, "a"))).toEqual(["b"]);
  });

  it("are back when a runner gives one back meanwhile", () => {
    const back = merge(merge(begin([a, b]), [b], false), [a, b], true);
    expect(seen(back)).toEqual(["a", "b"]);
    expect(seen(leave(back, "a"))).toEqual(["a", "b"]);
  });

  it("that went before anybody saw them are not counted", () => {
    const held = merge(begin([a]), [a, b], true);
    expect(merge(held, [a], true).fresh).toEqual([]);
  });
});

describe("the list", () => {
  const rows = begin([
    offer("poor", { earns_cents: 200, since: "2026-11-22T04:05:00Z", until: "2026-11-22T04:20:00Z" }),
    offer("rich", { earns_cents: 500, building: "Law" }),
    offer("late", { earns_cents: 300, until: "2026-11-22T04:10:00Z" }),
  ]).rows;
  const ids = (view: Parameters<typeof arrange>[1]) => arrange(rows, view).map(({ offer }) => offer.order_id);

  it("is sorted by what it earns, how new it is, or how long it is there", () => {
    expect(ids({ sort: "pay" })).toEqual(["rich", "late", "poor"]);
    expect(ids({ sort: "newest" })[0]).toBe("poor");
    expect(ids({ sort: "expiring" })).toEqual(["late", "poor", "rich"]);
  });

  it("has one building, if that is wanted", () => {
    expect(ids({ sort: "pay", building: "Law" })).toEqual(["rich"]);
  });
});

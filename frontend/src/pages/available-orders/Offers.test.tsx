import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactNode, useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import type { Offer } from "@/entities/offer";
import type { Me } from "@/entities/user";
import { auth } from "@/shared/auth/auth";
import { streamStatus } from "@/shared/stream/status";
import { expectAccessible, show } from "@/test/render";
import { Offers } from "./Offers";

const navigate = vi.hoisted(() => vi.fn());
vi.mock("@tanstack/react-router", () => ({
  useNavigate: () => navigate,
  Link: ({ to, children }: { to: string; children: ReactNode }) => <a href={to}>{children}</a>,
}));

const offer = (id: string, earns: number): Offer => ({
  order_id: id,
  store: { name: `Store ${id}`, location: "Block 7" },
  building: "Library",
  lines: [{ name: "Chicken rice", quantity: 2, price_cents: 445, total_cents: 890 }],
  earns_cents: earns,
  spends_cents: 890,
  currency: "sgd",
  since: new Date().toISOString(),
  until: new Date(Date.now() + 20 * 60_000).toISOString(),
});
const me: Me = {
  user_id: "usr_2",
  name: "Ray",
  roles: ["runner"],
  can_pay: false,
  can_be_paid: true,
  suspended: false,
  preferences: {},
  ratings: { count: 0, stars: 0 },
  version: 1,
};
const page = (offers: Offer[], who = me) => (
  <Offers offers={offers} more={false} me={who} view={{ sort: "pay" }} onView={() => {}} />
);

/** The page, before and after an event. */
function Changing({ start, next }: { start: Offer[]; next: Offer[] }) {
  const [offers, setOffers] = useState(start);
  return (
    <>
      <button type="button" onClick={() => setOffers(next)}>
        more
      </button>
      {page(offers)}
    </>
  );
}
const stores = () => screen.queryAllByText(/^Store /).map((element) => element.textContent);

beforeEach(() => {
  navigate.mockClear();
  streamStatus.set("live");
  auth.settle(
    { kind: "local", token: async () => "token", signOut: async () => {} },
    { id: "usr_2", name: "Ray" },
  );
  globalThis.scrollTo = vi.fn() as never;
  Object.defineProperty(globalThis, "scrollY", { value: 0, writable: true, configurable: true });
});

it("has the best paid first, what it earns apart from what it costs", async () => {
  await show(page([offer("a", 200), offer("b", 400)]));
  expect(stores()).toEqual(["Store b", "Store a"]);
  expect(screen.getByText("$4.00")).toBeVisible();
  expect(screen.getAllByText("$8.90")).toHaveLength(2);
  await expectAccessible();
});

it("holds new ones back while somebody reads further down", async () => {
  await show(<Changing start={[offer("a", 200)]} next={[offer("a", 200), offer("b", 400)]} />);
  act(() => {
    globalThis.scrollY = 500;
    globalThis.dispatchEvent(new Event("scroll"));
  });
  await userEvent.click(screen.getByRole("button", { name: "more" }));
  expect(stores()).toEqual(["Store a"]);
  await userEvent.click(screen.getByRole("button", { name: "1 new order" }));
  expect(stores()).toEqual(["Store b", "Store a"]);
});

it("leaves a place for what is gone, for a moment", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await show(<Changing start={[offer("a", 200), offer("b", 400)]} next={[offer("b", 400)]} />);
  await userEvent
    .setup({ advanceTimers: vi.advanceTimersByTime })
    .click(screen.getByRole("button", { name: "more" }));
  expect(screen.getByText(/is gone: taken, or called off/)).toBeVisible();
  act(() => vi.advanceTimersByTime(2_100));
  expect(stores()).toEqual(["Store b"]);
  vi.useRealTimers();
});

it("goes to the delivery only when the platform says that it is theirs", async () => {
  const answers = [
    Response.json({ order_id: "ord_a" }, { status: 202 }),
    Response.json({ order_id: "ord_a", version: 7, status: "ACCEPTED", runner_id: "usr_2" }),
  ];
  vi.stubGlobal("fetch", async () => answers.shift() ?? Response.json({}, { status: 500 }));
  await show(page([offer("ord_a", 200)]));
  await userEvent.click(screen.getByRole("button", { name: "Accept" }));
  expect(await screen.findByRole("button", { name: /^Asking/ })).toBeVisible();
  expect(navigate).not.toHaveBeenCalled();
  await waitFor(
    () => expect(navigate).toHaveBeenCalledWith({ to: "/run/active", search: { order: "ord_a" } }),
    {
      timeout: 3_000,
    },
  );
});

it("says that somebody else was quicker", async () => {
  const detail = "Another runner has taken this order.";
  vi.stubGlobal("fetch", async () =>
    Response.json({ code: "already_taken", status: 409, detail }, { status: 409 }),
  );
  await show(page([offer("a", 200)]));
  await userEvent.click(screen.getByRole("button", { name: "Accept" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(detail);
});

it("sends whoever cannot be paid to their wallet first", async () => {
  await show(page([offer("a", 200)], { ...me, can_be_paid: false }));
  expect(screen.getByRole("link", { name: "Set up payouts to accept" })).toHaveAttribute("href", "/wallet");
  expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
});

it("takes nothing without a network", async () => {
  streamStatus.set("offline");
  await show(page([offer("a", 200)]));
  expect(screen.getByRole("button", { name: "Accept" })).toBeDisabled();
  expect(screen.getByText("This needs a connection.")).toBeVisible();
});

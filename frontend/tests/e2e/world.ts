import { randomUUID } from "node:crypto";
import type { components } from "../../src/shared/api/schema";

type Schemas = components["schemas"];
type Order = Schemas["Order"];

/** Orders in every state that a page can show, made through the API as people would. */
export interface World {
  /** Of alice, by what happened to it. */
  orders: Record<
    "open" | "asked" | "underWay" | "atTheDoor" | "complete" | "refunded" | "reported" | "calledOff",
    string
  >;
  /** Waits for tess at her bank. */
  secured: string;
  /** Could not be paid by dora. */
  declined: string;
}

const ITEMS = {
  rice: { name: "Chicken rice", quantity: 2, price_cents: 445 },
  laksa: { name: "Laksa, extra cockles, no chilli", quantity: 1, price_cents: 620 },
  tea: { name: "Iced lemon tea", quantity: 2, price_cents: 180 },
} as const;
const STORES = {
  koufu: { name: "Koufu", location: "Li Ka Shing Library, basement" },
  supergreen: { name: "Supergreen", location: "Connexion, level 1" },
  coconut: { name: "Mr Coconut", location: "Plaza" },
} as const;

interface Basket {
  store?: keyof typeof STORES;
  items?: (keyof typeof ITEMS)[];
  fee?: number;
  building?: string;
}

/** Somebody at the API: signed in, and patient. */
class Person {
  private token = "";
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  static async signIn(url: string, person: string): Promise<Person> {
    const somebody = new Person(url);
    const { token } = await somebody.send<Schemas["SignedInAs"]>("POST", "/dev/sign-in", { person });
    somebody.token = token;
    return somebody;
  }

  async send<T = Order>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        "Content-Type": "application/json",
        "Idempotency-Key": randomUUID(),
        Prefer: "wait=20",
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  basket({ store = "koufu", items = ["rice"], fee = 200, building = "School of Computing" }: Basket) {
    return {
      store: STORES[store],
      items: items.map((item) => ITEMS[item]),
      deliver_to: { building, room: "SR 3-1", note: "By the lift, please" },
      delivery_fee_cents: fee,
    };
  }

  async place(basket: Basket): Promise<string> {
    const { quote_id } = await this.send<Schemas["Quote"]>("POST", "/quotes", this.basket(basket));
    const { order_id } = await this.send<Schemas["Receipt"]>("POST", "/orders", { quote_id });
    return order_id;
  }

  order(id: string): Promise<Order> {
    return this.send("GET", `/orders/${id}`);
  }

  /** Reads until it is so: what the platform does by itself has no answer to wait for. */
  async until<T>(path: string, holds: (seen: T) => boolean): Promise<T> {
    for (let tries = 0; tries < 300; tries++) {
      const seen = await this.send<T>("GET", path);
      if (holds(seen)) return seen;
      await new Promise((next) => setTimeout(next, 100));
    }
    throw new Error(`${path} did not come to what was waited for`);
  }
}

/** Places it and has it brought as far as `to`. */
async function deliver(
  alice: Person,
  runner: Person,
  to: "taken" | "bought" | "onTheWay" | "done",
  basket: Basket,
) {
  const id = await alice.place(basket);
  await runner.send("POST", `/orders/${id}/accept`);
  if (to === "taken") return id;
  const step = (body: Schemas["Advance"]) => runner.send("POST", `/orders/${id}/advance`, body);
  const { price, handover_pin } = await alice.order(id);
  await step({ to: "PLACED", receipt_cents: price.items_cents });
  if (to === "bought") return id;
  await step({ to: "ON_THE_WAY" });
  if (to === "onTheWay") return id;
  await step({ to: "DELIVERED", ...(handover_pin && { pin: handover_pin }) });
  await alice.until<Order>(`/orders/${id}`, ({ status }) => status === "COMPLETED");
  return id;
}

export async function makeWorld(url: string): Promise<World> {
  const [alice, ray, mia, olga, tess, dora] = (await Promise.all(
    ["alice", "ray", "mia", "olga", "tess", "dora"].map((name) => Person.signIn(url, name)),
  )) as [Person, Person, Person, Person, Person, Person];
  await priceLists(olga);

  const complete = await deliver(alice, ray, "done", { items: ["rice", "tea"], fee: 300 });
  await alice.send("POST", `/orders/${complete}/rate`, { stars: 5, comment: "Quick and kind." });
  await alice.send("POST", `/orders/${complete}/tip`, { tip_cents: 150 });
  await deliver(alice, ray, "done", { store: "supergreen", items: ["laksa"], fee: 400 });
  await deliver(alice, ray, "done", { store: "coconut", items: ["tea"] });
  await deliver(mia, ray, "done", { items: ["laksa"], fee: 500 });

  const refunded = await deliver(alice, ray, "done", { store: "supergreen", items: ["laksa", "tea"] });
  await olga.send("POST", `/ops/orders/${refunded}/refund`, {
    amount_cents: 620,
    bearer: "platform",
    reason: "The laksa was spilt",
  });
  const reported = await deliver(alice, ray, "done", { store: "coconut", items: ["tea", "rice"] });
  await alice.send("POST", `/orders/${reported}/problem`, {
    kind: "wrong_items",
    text: "The tea is hot, I asked for iced.",
  });
  const calledOff = await alice.place({ store: "coconut", items: ["tea"] });
  await alice.until<Order>(`/orders/${calledOff}`, ({ status }) => status === "CREATED");
  await alice.send("POST", `/orders/${calledOff}/cancel`, { reason: "The lecture was moved" });

  const asked = await deliver(alice, mia, "taken", {
    store: "supergreen",
    items: ["laksa", "rice"],
    fee: 300,
  });
  await mia.send("POST", `/orders/${asked}/propose`, {
    items_cents: 1_310,
    note: "No laksa left, is mee siam all right?",
  });
  const atTheDoor = await deliver(alice, mia, "onTheWay", { items: ["tea"], fee: 250 });
  await mia.send("POST", `/orders/${atTheDoor}/arrive`);
  const underWay = await deliver(alice, ray, "onTheWay", { items: ["rice", "tea"], fee: 300 });
  await deliver(mia, ray, "taken", { store: "supergreen", items: ["laksa"], fee: 350 });

  const open = await alice.place({ store: "koufu", items: ["rice", "laksa"], fee: 400 });
  await mia.place({ store: "coconut", items: ["tea"], building: "Law" });
  await tess.place({ store: "koufu", items: ["rice"] }).catch(() => undefined);
  const secured = await tess.place({ items: ["rice"] });
  const declined = await dora.place({ items: ["rice", "tea"] });
  await alice.send("POST", "/saved-orders", {
    name: "Friday lunch",
    basket: alice.basket({ items: ["rice", "tea"], fee: 300 }),
  });
  await alice.send("POST", "/saved-orders", {
    name: "Revision week",
    basket: alice.basket({ store: "supergreen", items: ["laksa"] }),
  });

  await alice.until<Order>(`/orders/${open}`, ({ status }) => status === "CREATED");
  await tess.until<Order>(`/orders/${secured}`, ({ status }) => status === "ACTION_REQUIRED");
  await dora.until<Order>(`/orders/${declined}`, ({ status }) => status === "CANCELLED");
  await alice.until<Schemas["OrderReceipt"]>(
    `/orders/${refunded}/receipt`,
    ({ money }) => (money?.refunded_cents ?? 0) > 0,
  );
  return {
    orders: { open, asked, underWay, atTheDoor, complete, refunded, reported, calledOff },
    secured,
    declined,
  };
}

async function priceLists(olga: Person): Promise<void> {
  const list = (id: string, menu: Schemas["NewMenu"]) => olga.send("PUT", `/vendors/${id}/menu`, menu);
  await list("ven_00000000000000000000000000000001", {
    store: STORES.koufu,
    open: true,
    items: [
      { item_id: "rice", name: "Chicken rice", price_cents: 445, available: true },
      { item_id: "laksa", name: "Laksa", price_cents: 620, available: true },
      { item_id: "kaya", name: "Kaya toast set", price_cents: 380, available: false },
      { item_id: "tea", name: "Iced lemon tea", price_cents: 180, available: true },
    ],
  });
  await list("ven_00000000000000000000000000000002", {
    store: STORES.coconut,
    open: false,
    items: [{ item_id: "shake", name: "Coconut shake", price_cents: 590, available: true }],
  });
}

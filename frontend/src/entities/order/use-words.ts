import { useTranslations } from "use-intl";
import { useMoney } from "@/shared/ui/Money";
import type { Order, Role } from "./queries";

type About = Pick<Order, "status" | "store" | "deliver_to">;

/** What a state is called, for whoever reads it. */
export function useStatusWords(): (order: About, role: Role) => string {
  const t = useTranslations("order");
  return (order, role) =>
    t(`${role}.${order.status}`, {
      store: order.store.name,
      room: `${order.deliver_to.building} ${order.deliver_to.room}`,
    });
}

/** Where the money is, sentence by sentence; nothing while nobody could tell. */
export function useMoneyWords(): (order: Pick<Order, "money" | "price">) => string[] {
  const t = useTranslations("order.money");
  const money = useMoney();
  return ({ money: purse, price }) => {
    if (!purse) return [];
    const { stage, held_cents, captured_cents, refunded_cents } = purse;
    // What was let go is not held any more: it is what was held before.
    const cents = { released: price.hold_cents, refunded: refunded_cents, held: held_cents }[stage as string];
    const words = t(stage, { amount: money(cents ?? captured_cents, purse.currency) });
    const isPart = stage !== "refunded" && refunded_cents > 0;
    return isPart ? [words, t("part", { amount: money(refunded_cents, purse.currency) })] : [words];
  };
}

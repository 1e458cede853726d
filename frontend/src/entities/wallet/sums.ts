import type { Wallet, WalletLine } from "./queries";

/** The lines order by order, as they come. */
export function byOrder(lines: WalletLine[]): { orderId: string; lines: WalletLine[] }[] {
  const orders = Map.groupBy(lines, ({ order_id }) => order_id);
  return [...orders].map(([orderId, lines]) => ({ orderId, lines }));
}

/**
 * What the lines come to, once the last of them is here, if that is what the platform's own sums say too. Between two pages
 * money may move; then nothing is claimed.
 */
export function addUp(
  pages: Pick<Wallet, "earned_cents" | "spent_cents" | "lines" | "next">[],
): number | undefined {
  const last = pages.at(-1);
  if (!last || last.next) return undefined;
  const sum = pages.flatMap(({ lines }) => lines).reduce((cents, line) => cents + line.amount_cents, 0);
  return sum === last.earned_cents - last.spent_cents ? sum : undefined;
}

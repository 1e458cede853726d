import { Chip } from "@/shared/ui/Chip";
import type { Order, Role } from "./queries";
import { STATUS } from "./status";
import { useStatusWords } from "./use-words";

export function StatusChip({ order, side }: { order: Order; side: Role }) {
  const words = useStatusWords();
  const { tone, icon } = STATUS[order.status];
  return (
    <Chip tone={order.overdue ? "warn" : tone} icon={icon}>
      {words(order, side)}
    </Chip>
  );
}

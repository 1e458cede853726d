import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order } from "@/entities/order";
import { Button } from "@/shared/ui/Button";
import { WithdrawDialog } from "./WithdrawDialog";

/** Gives an order back. Only while the platform allows it: before anything is bought. */
export function WithdrawDelivery({ order, onDone }: { order: Order; onDone: () => void }) {
  const t = useTranslations("runner.active");
  const [open, setOpen] = useState(false);
  if (!can(order, "withdraw")) return null;
  return (
    <>
      <Button kind="danger" wide aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t("withdraw")}
      </Button>
      <WithdrawDialog id={order.order_id} onDone={onDone} open={open} onOpenChange={setOpen} />
    </>
  );
}

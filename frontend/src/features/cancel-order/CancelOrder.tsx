import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order, useOrderCommand } from "@/entities/order";
import { api } from "@/shared/api/client";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";

/** Calls an order off, after saying what that does to the money. Shows itself only while the platform allows it. */
export function CancelOrder({ order }: { order: Order }) {
  const t = useTranslations("order");
  const [open, setOpen] = useState(false);
  const cancel = useOrderCommand(
    order.order_id,
    (at) => api.POST("/api/v1/orders/{id}/cancel", { ...at, body: {} }),
    () => setOpen(false),
  );
  if (!can(order, "cancel")) {
    // Somebody else's word came first: what was asked is over, and why is said.
    return cancel.isError ? <ErrorState error={cancel.error} /> : null;
  }
  return (
    <>
      <Button kind="danger" wide onClick={() => setOpen(true)}>
        {t("cancel")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("cancelTitle")} text={t("effect.cancel")}>
        {cancel.isError && <ErrorState error={cancel.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button kind="secondary" onClick={() => setOpen(false)}>
            {t("cancelKeep")}
          </Button>
          <CommandButton kind="danger" pending={cancel.waiting} onClick={() => cancel.mutate()}>
            {t("cancel")}
          </CommandButton>
        </div>
      </Dialog>
    </>
  );
}

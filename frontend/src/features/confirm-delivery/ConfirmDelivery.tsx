import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order, useOrderCommand } from "@/entities/order";
import { api } from "@/shared/api/client";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";

interface Props {
  order: Order;
  /** Instead of confirming: something is wrong. */
  onWrong: () => void;
}

/** "I have it": for whoever has the food before the runner could enter the PIN. It moves money, so it is asked twice. */
export function ConfirmDelivery({ order, onWrong }: Props) {
  const t = useTranslations("order");
  const [open, setOpen] = useState(false);
  const confirm = useOrderCommand(
    order.order_id,
    (at) => api.POST("/api/v1/orders/{id}/confirm", at),
    () => setOpen(false),
  );
  if (!can(order, "confirm")) return null;
  return (
    <>
      <Button kind="secondary" wide onClick={() => setOpen(true)}>
        {t("confirm")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("confirmTitle")} text={t("effect.confirm")}>
        {confirm.isError && <ErrorState error={confirm.error} />}
        <div className="flex flex-col gap-3">
          <CommandButton size="large" wide pending={confirm.waiting} onClick={() => confirm.mutate()}>
            {t("confirmYes")}
          </CommandButton>
          {can(order, "report_problem") && (
            <Button
              kind="secondary"
              size="large"
              wide
              onClick={() => {
                setOpen(false);
                onWrong();
              }}
            >
              {t("confirmWrong")}
            </Button>
          )}
          <Button kind="quiet" wide onClick={() => setOpen(false)}>
            {t("confirmNo")}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

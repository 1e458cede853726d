import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, type Order } from "@/entities/order";
import { Button } from "@/shared/ui/Button";
import { ProposeDialog } from "./ProposeDialog";

/** At the counter: something is sold out, or costs more. The customer is asked before anything is bought. */
export function ProposeChange({ order }: { order: Order }) {
  const t = useTranslations("runner.change");
  const [open, setOpen] = useState(false);
  if (!can(order, "propose")) return null;
  return (
    <>
      <Button kind="secondary" wide aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t("ask")}
      </Button>
      <ProposeDialog order={order} open={open} onOpenChange={setOpen} />
    </>
  );
}

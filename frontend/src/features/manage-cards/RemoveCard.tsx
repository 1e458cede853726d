import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { brandName, cardKeys, type PaymentMethod } from "@/entities/card";
import { userKeys } from "@/entities/user";
import { api } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";

/** Removes a card, after saying what that means. */
export function RemoveCard({ card, only }: { card: PaymentMethod; only: boolean }) {
  const t = useTranslations("customer.payment");
  const [open, setOpen] = useState(false);
  const remove = useCommand({
    send: (key) =>
      api.DELETE("/api/v1/payment-methods/{id}", {
        params: { path: { id: card.id }, header: { "Idempotency-Key": key } },
      }),
    done: (client) => {
      void client.invalidateQueries({ queryKey: cardKeys.all });
      void client.invalidateQueries({ queryKey: userKeys.me });
    },
    undecided: ({ response }) => response.status === 202,
  });
  const named = t("card", { brand: brandName(card.brand), last4: card.last4 });
  return (
    <>
      <Button
        kind="quiet"
        className="size-12 !px-0"
        aria-label={t("removeNamed", { card: named })}
        onClick={() => setOpen(true)}
      >
        <Trash2 aria-hidden="true" size={18} />
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("removeTitle")} text={t("removeText")}>
        {only && <p className="font-medium text-warn">{t("removeLast")}</p>}
        {remove.isError && <ErrorState error={remove.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button kind="secondary" onClick={() => setOpen(false)}>
            {t("keep")}
          </Button>
          <CommandButton kind="danger" pending={remove.waiting} onClick={() => remove.mutate()}>
            {t("remove")}
          </CommandButton>
        </div>
      </Dialog>
    </>
  );
}

import { useTranslations } from "use-intl";
import { useOrderCommand } from "@/entities/order";
import { api } from "@/shared/api/client";
import { announce } from "@/shared/lib/announce";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";

interface Props {
  id: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDone: () => void;
}

/** Says first what giving back does. Loaded when somebody wants to. */
export function WithdrawDialog({ id, open, onOpenChange, onDone }: Props) {
  const t = useTranslations("runner.active");
  const close = () => onOpenChange(false);
  const withdraw = useOrderCommand(
    id,
    (at) => api.POST("/api/v1/orders/{id}/withdraw", { ...at }),
    () => {
      close();
      announce(t("withdrawn"));
      onDone();
    },
  );
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("withdrawTitle")} text={t("withdrawText")}>
      {withdraw.isError && <ErrorState error={withdraw.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="secondary" onClick={close}>
          {t("withdrawKeep")}
        </Button>
        <CommandButton kind="danger" pending={withdraw.waiting} onClick={() => withdraw.mutate()}>
          {t("withdraw")}
        </CommandButton>
      </div>
    </Dialog>
  );
}

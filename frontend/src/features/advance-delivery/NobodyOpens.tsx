import { useTranslations } from "use-intl";
import { can, type Order, useOrderCommand } from "@/entities/order";
import { api } from "@/shared/api/client";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";

/** At the door, and nobody opens: the customer is told, and a deadline begins after which the PIN is not needed. */
export function NobodyOpens({ order }: { order: Order }) {
  const t = useTranslations("runner.active");
  const arrive = useOrderCommand(order.order_id, (at) => api.POST("/api/v1/orders/{id}/arrive", { ...at }));
  if (!can(order, "arrive")) return null;
  return (
    <div className="flex flex-col gap-2">
      <CommandButton kind="secondary" wide pending={arrive.waiting} onClick={() => arrive.mutate()}>
        {t("arrive")}
      </CommandButton>
      <p className="text-center text-sm text-fg-muted">{t("arriveText")}</p>
      {arrive.isError && <ErrorState error={arrive.error} />}
    </div>
  );
}

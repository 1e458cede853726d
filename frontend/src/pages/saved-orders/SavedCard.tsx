import { useQuery } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { SavedOrder } from "@/entities/saved-order";
import { menuQuery } from "@/entities/vendor";
import { useTakeUp } from "@/features/place-order";
import { isDone, NameDialog, useDeleteSaved, useRenameSaved } from "@/features/save-order";
import { date } from "@/shared/lib/time";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";

/** One saved basket: ordered again, called otherwise, or deleted. */
export function SavedCard({ order, onDeleted }: { order: SavedOrder; onDeleted: () => void }) {
  const t = useTranslations("customer.saved");
  const locale = useLocale();
  const takeUp = useTakeUp();
  const rename = useRenameSaved();
  const remove = useDeleteSaved();
  const [naming, setNaming] = useState(false);
  const { building, room } = order.basket.deliver_to;
  const call = async (name: string) => {
    const done = await rename.mutateAsync({ id: order.saved_id, name }).catch(() => undefined);
    if (isDone(done)) setNaming(false);
  };
  const erase = async () => {
    const done = await remove.mutateAsync(order.saved_id).catch(() => undefined);
    if (isDone(done)) onDeleted();
  };
  return (
    <Card className="flex h-full flex-col justify-between gap-3">
      <div>
        <h2>{order.name}</h2>
        <Contents basket={order.basket} />
        <p className="text-sm text-fg-muted">
          {building} {room} · {t("at", { date: date(order.at, locale) })}
        </p>
      </div>
      {remove.isError && <ErrorState error={remove.error} />}
      <div className="flex gap-2">
        <Button size="small" className="flex-1 md:flex-none" onClick={() => void takeUp(order.basket)}>
          {t("use")}
        </Button>
        <Button kind="secondary" size="small" onClick={() => setNaming(true)}>
          <Pencil aria-hidden="true" size={16} />
          <span className="max-md:sr-only">{t("rename")}</span>
        </Button>
        <CommandButton kind="secondary" size="small" pending={remove.waiting} onClick={() => void erase()}>
          <Trash2 aria-hidden="true" size={16} />
          <span className="max-md:sr-only">{t("delete")}</span>
        </CommandButton>
      </div>
      {naming && (
        <NameDialog
          title={t("rename")}
          name={order.name}
          pending={rename.waiting}
          error={rename.error}
          onSave={(name) => void call(name)}
          onClose={() => setNaming(false)}
        />
      )}
    </Card>
  );
}

/** What is in it. Of a price list, only the ids are kept: their names are the list's. */
function Contents({ basket }: Pick<SavedOrder, "basket">) {
  const t = useTranslations("order");
  const id = basket.vendor_id;
  const menu = useQuery({ ...menuQuery(id ?? ""), enabled: id !== undefined, refetchInterval: false });
  const name = (item: string) => menu.data?.items.find(({ item_id }) => item_id === item)?.name ?? item;
  const lines = id
    ? (basket.picks ?? []).map((pick) => ({ name: name(pick.item_id), quantity: pick.quantity }))
    : (basket.items ?? []);
  const store = basket.store?.name ?? menu.data?.vendor.store.name;
  return (
    <p>
      {store && <span className="text-fg-muted">{store}: </span>}
      {lines.map((line) => t("by", { quantity: line.quantity, name: line.name })).join(", ")}
    </p>
  );
}

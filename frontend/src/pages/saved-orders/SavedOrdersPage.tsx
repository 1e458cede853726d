import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { type SavedOrder, savedOrdersQuery } from "@/entities/saved-order";
import { isDone, useSave } from "@/features/save-order";
import { buttonClass } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { SavedCard } from "./SavedCard";

export function SavedOrdersPage() {
  const t = useTranslations("customer.saved");
  const saved = useQuery(savedOrdersQuery);
  const [deleted, setDeleted] = useState<SavedOrder>();
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-1">
        <PageTitle>{t("title")}</PageTitle>
        <p className="text-sm text-fg-muted">{t("prices")}</p>
      </div>
      {deleted && <Deleted key={deleted.saved_id} order={deleted} onBack={() => setDeleted(undefined)} />}
      <QueryView query={saved} skeleton={<SkeletonCards className="h-28" />}>
        {({ saved_orders: rows }) =>
          rows.length === 0 ? (
            <Empty />
          ) : (
            <ul className="grid gap-4 md:grid-cols-2">
              {rows.map((row) => (
                <li key={row.saved_id}>
                  <SavedCard order={row} onDeleted={() => setDeleted(row)} />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </div>
  );
}

/** It is gone; until the page is left it can be had back, as it was. */
function Deleted({ order, onBack }: { order: SavedOrder; onBack: () => void }) {
  const t = useTranslations("customer.saved");
  const save = useSave();
  const undo = async () => {
    const kept = await save.mutateAsync({ name: order.name, basket: order.basket }).catch(() => undefined);
    if (isDone(kept)) onBack();
  };
  return (
    <div className="flex flex-col gap-2">
      <p
        role="status"
        className="enter flex flex-wrap items-center justify-between gap-2 rounded-card bg-surface-2 px-4 py-2"
      >
        {t("deleted", { name: order.name })}
        <CommandButton kind="quiet" size="small" pending={save.waiting} onClick={() => void undo()}>
          {t("undo")}
        </CommandButton>
      </p>
      {save.isError && <ErrorState error={save.error} />}
    </div>
  );
}

function Empty() {
  const t = useTranslations("customer.saved");
  const find = (
    <Link to="/orders" className={buttonClass({ kind: "secondary" })}>
      {t("find")}
    </Link>
  );
  return <EmptyState icon={Bookmark} text={t("empty")} action={find} />;
}

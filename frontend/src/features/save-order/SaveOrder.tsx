import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Schemas } from "@/shared/api/client";
import { announce } from "@/shared/lib/announce";
import { Button } from "@/shared/ui/Button";
import { NameDialog } from "./NameDialog";
import { isDone, useSave } from "./use-saved";

interface Props {
  /** Its first name: the store's. */
  name: string;
  basket: () => Promise<Schemas["NewQuote"]>;
}

/** Keeps a basket under a name, for the next time. */
export function SaveOrder({ name, basket }: Props) {
  const t = useTranslations("order.saveAs");
  const [open, setOpen] = useState(false);
  const save = useSave();
  const keep = async (chosen: string) => {
    const kept = await save.mutateAsync({ name: chosen, basket: await basket() }).catch(() => undefined);
    if (!isDone(kept)) return;
    setOpen(false);
    announce(t("saved", { name: chosen }));
  };
  return (
    <>
      <Button kind="secondary" wide onClick={() => setOpen(true)}>
        <Bookmark aria-hidden="true" size={18} />
        {t("open")}
      </Button>
      {open && (
        <NameDialog
          title={t("title")}
          name={name}
          pending={save.waiting}
          error={save.error}
          onSave={(chosen) => void keep(chosen)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

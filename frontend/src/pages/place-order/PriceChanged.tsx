import { useTranslations } from "use-intl";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { Money, useMoney } from "@/shared/ui/Money";
import type { Changed } from "./use-submit";

interface Props {
  changed: Changed | undefined;
  pending: string | false;
  onAgree: () => void;
  onClose: () => void;
}

/** What it was and what it is, before anything is held. */
export function PriceChanged({ changed, pending, onAgree, onClose }: Props) {
  const t = useTranslations("placeOrder.changed");
  const app = useTranslations("app");
  const money = useMoney();
  if (!changed) return null;
  const { was, is } = changed;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("title")} text={t("text")}>
      <dl className="grid grid-cols-2 gap-4">
        {(
          [
            [t("was"), was],
            [t("is"), is],
          ] as const
        ).map(([label, quote]) => (
          <div key={label}>
            <dt className="text-sm text-fg-muted">{label}</dt>
            <dd className="text-2xl font-semibold">
              <Money cents={quote.hold_cents} currency={quote.currency} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="secondary" onClick={onClose}>
          {app("cancel")}
        </Button>
        <CommandButton pending={pending} onClick={onAgree}>
          {t("agree", { amount: money(is.hold_cents, is.currency) })}
        </CommandButton>
      </div>
    </Dialog>
  );
}

import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Field } from "@/shared/ui/Field";

interface Props {
  title: string;
  name: string;
  pending: string | false;
  error: Error | null;
  onSave: (name: string) => void;
  onClose: () => void;
}

/** Asks what to call it. */
export function NameDialog({ title, name, pending, error, onSave, onClose }: Props) {
  const t = useTranslations("order.saveAs");
  const place = useTranslations("placeOrder.error");
  const [text, setText] = useState(name);
  const [missing, setMissing] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(text.trim() === "");
    if (text.trim() !== "" && !pending) onSave(text.trim());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field
          label={t("name")}
          hint={t("hint")}
          maxLength={60}
          autoComplete="off"
          value={text}
          error={missing ? place("required") : undefined}
          onChange={(event) => setText(event.target.value)}
        />
        {error && <ErrorState error={error} />}
        <CommandButton type="submit" wide pending={pending}>
          {t("save")}
        </CommandButton>
      </form>
    </Dialog>
  );
}

import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { type Order, useOrderCommand } from "@/entities/order";
import { api, type Schemas } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { centsOf } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";
import { Field, TextArea } from "@/shared/ui/Field";

const NOTE_MAX = 200;

interface Props {
  order: Order;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What would be different, and what it would cost. Loaded when somebody wants to ask. */
export function ProposeDialog({ order, open, onOpenChange }: Props) {
  const t = useTranslations("runner.change");
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("ask")} text={t("askText")}>
      <Question order={order} done={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Question({ order, done }: { order: Order; done: () => void }) {
  const t = useTranslations("runner.change");
  const app = useTranslations("app");
  const [note, setNote] = useState("");
  const [price, setPrice] = useState("");
  const [bad, setBad] = useState({ note: false, price: false });
  const propose = useOrderCommand(
    order.order_id,
    (at, body: Schemas["ChangeProposal"]) => api.POST("/api/v1/orders/{id}/propose", { ...at, body }),
    done,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const cents = centsOf(price);
    setBad({ note: note.trim() === "", price: cents === undefined });
    if (note.trim() === "" || cents === undefined || propose.waiting) return;
    propose.mutate({ items_cents: cents, note: note.trim() });
  };
  const pointer = propose.isError ? Problem.from(propose.error).pointer : undefined;
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextArea
        label={t("note")}
        hint={t("noteHint", { left: NOTE_MAX - note.length })}
        error={bad.note || pointer === "/note" ? t("noteMissing") : undefined}
        maxLength={NOTE_MAX}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <Field
        label={t("price")}
        hint={t("priceHint")}
        error={bad.price || pointer === "/items_cents" ? t("priceMissing") : undefined}
        inputMode="decimal"
        autoComplete="off"
        value={price}
        onChange={(event) => setPrice(event.target.value)}
      />
      {propose.isError && <ErrorState error={propose.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="secondary" onClick={done}>
          {app("cancel")}
        </Button>
        <CommandButton type="submit" pending={propose.waiting}>
          {t("send")}
        </CommandButton>
      </div>
    </form>
  );
}

import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { type Order, type Role, useOrderCommand } from "@/entities/order";
import { api, type Schemas } from "@/shared/api/client";
import { announce } from "@/shared/lib/announce";
import { CommandButton } from "@/shared/ui/CommandButton";
import { Dialog } from "@/shared/ui/Dialog";
import { ErrorState } from "@/shared/ui/ErrorState";
import { TextArea } from "@/shared/ui/Field";

type Kind = Schemas["ProblemKind"];

const KINDS: Record<Role, Kind[]> = {
  customer: ["not_received", "wrong_items", "quality", "money", "conduct", "other"],
  runner: ["money", "conduct", "other"],
};
const TEXT_MOST = 500;

export interface Props {
  order: Order;
  /** Who reports it. */
  side: Role;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Tells an operator what is wrong with an order. */
export function ReportDialog({ order, side, open, onOpenChange }: Props) {
  const t = useTranslations("order.report");
  const effect = useTranslations("order.effect");
  const [kind, setKind] = useState<Kind>();
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const report = useOrderCommand(
    order.order_id,
    (at, body: Schemas["NewProblem"]) => api.POST("/api/v1/orders/{id}/problem", { ...at, body }),
    () => {
      onOpenChange(false);
      announce(t("sent"));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!kind);
    if (!kind || report.waiting) return;
    report.mutate({ kind, ...(text.trim() ? { text: text.trim() } : {}) });
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("title")} text={effect("report_problem")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <fieldset className="flex flex-col" aria-describedby={missing ? "problem-missing" : undefined}>
          <legend className="sr-only">{t("title")}</legend>
          {KINDS[side].map((value) => (
            <label key={value} className="flex min-h-11 items-center gap-3">
              <input
                type="radio"
                name="problem"
                className="size-5 accent-brand"
                checked={kind === value}
                onChange={() => setKind(value)}
              />
              {t(`kind.${value}`)}
            </label>
          ))}
          {missing && !kind && (
            <p id="problem-missing" role="alert" className="text-sm text-bad">
              {t("choose")}
            </p>
          )}
        </fieldset>
        <TextArea
          label={t("text")}
          hint={t("textHint", { left: TEXT_MOST - text.length })}
          maxLength={TEXT_MOST}
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {report.isError && <ErrorState error={report.error} />}
        <CommandButton type="submit" wide pending={report.waiting}>
          {t("send")}
        </CommandButton>
      </form>
    </Dialog>
  );
}

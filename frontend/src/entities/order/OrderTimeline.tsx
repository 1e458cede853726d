import { Check, X } from "lucide-react";
import { useTranslations } from "use-intl";
import { cn } from "@/shared/lib/cn";
import { Time } from "@/shared/ui/Time";
import type { Order, OrderStatus } from "./queries";
import { isOver, PATH, placeOnPath } from "./status";

type Step = { status: OrderStatus; at?: string; occurred_at?: string };

/** From when on it is worth saying that something was heard of later than it was done. */
const LATE_MS = 60_000;

/** What happened, then what is still to come. A runner who gives an order back is a new entry, never a step back. */
function stepsOf(order: Order): Step[] {
  const happened: Step[] = order.timeline;
  if (isOver(order.status)) return happened;
  const ahead = PATH.slice(placeOnPath(order.status) + 1).map((status) => ({ status }));
  return [...happened, ...ahead];
}

export function OrderTimeline({ order }: { order: Order }) {
  const t = useTranslations("order");
  const steps = stepsOf(order);
  const current = order.timeline.length - 1;
  return (
    <ol aria-label={t("timeline")} className="flex flex-col">
      {steps.map((step, index) => (
        <li
          key={`${step.status}-${step.at ?? ""}`}
          aria-current={index === current ? "step" : undefined}
          className="flex gap-4"
        >
          <Marker look={lookOf(step, index === current)} last={index === steps.length - 1} />
          <span
            className={cn(
              "flex flex-1 justify-between gap-4",
              index < steps.length - 1 && "pb-5",
              step.at ? "text-fg" : "text-fg-subtle",
            )}
          >
            <span className={cn(index === current && "font-semibold")}>{t(`step.${step.status}`)}</span>
            {step.at && <When at={step.at} doneAt={step.occurred_at ?? step.at} />}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** When it was done; and when that was told, if there was no network in between. */
function When({ at, doneAt }: { at: string; doneAt: string }) {
  const t = useTranslations("order");
  const late = Date.parse(at) - Date.parse(doneAt) >= LATE_MS;
  return (
    <span className="flex flex-col items-end text-sm text-fg-muted">
      <Time at={doneAt} />
      {late && <span>{t.rich("toldRich", { time: () => <Time at={at} /> })}</span>}
    </span>
  );
}

type Look = "done" | "now" | "cancelled" | "ahead";

function lookOf({ status, at }: Step, current: boolean): Look {
  if (status === "CANCELLED") return "cancelled";
  if (current && !isOver(status)) return "now";
  return at ? "done" : "ahead";
}

const MARK: Record<Look, string> = {
  done: "bg-brand text-brand-fg",
  now: "border-2 border-brand bg-brand-soft text-brand",
  cancelled: "bg-surface-2 text-fg-muted",
  ahead: "bg-surface-2 text-fg-subtle",
};

function Marker({ look, last }: { look: Look; last: boolean }) {
  return (
    <span aria-hidden="true" className="flex flex-col items-center">
      <span className={cn("grid size-6 place-items-center rounded-full", MARK[look])}>
        {look === "done" && <Check size={14} strokeWidth={3} />}
        {look === "cancelled" && <X size={14} strokeWidth={3} />}
        {look === "now" && <span className="size-2 rounded-full bg-current motion-safe:animate-pulse" />}
        {look === "ahead" && <span className="size-1.5 rounded-full bg-current" />}
      </span>
      {!last && <span className={cn("w-0.5 flex-1", look === "done" ? "bg-brand" : "bg-border")} />}
    </span>
  );
}

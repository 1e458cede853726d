import { CircleCheck, CircleHelp, CircleX, type LucideIcon } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { cn } from "@/shared/lib/cn";
import { useMoney } from "@/shared/ui/Money";

const LOOK: Record<string, { icon: LucideIcon; tone: string }> = {
  asked: { icon: CircleHelp, tone: "border-warn bg-warn-soft text-warn" },
  securing: { icon: CircleHelp, tone: "border-warn bg-warn-soft text-warn" },
  agreed: { icon: CircleCheck, tone: "border-ok bg-ok-soft text-ok" },
  refused: { icon: CircleX, tone: "border-bad bg-bad-soft text-bad" },
};

/** What the customer was asked, and what they said; as long as nothing is bought. */
export function AskedChange({ order }: { order: Order }) {
  const t = useTranslations("runner.change");
  const money = useMoney();
  const { change } = order;
  const look = change && LOOK[change.state];
  if (!change || !look || order.status !== "ACCEPTED") return null;
  const Icon = look.icon;
  const amount = money(change.items_cents, order.price.currency);
  return (
    <section className={cn("flex gap-3 rounded-card border p-4", look.tone)}>
      <Icon aria-hidden="true" size={20} className="mt-0.5 shrink-0" />
      <div className="flex flex-col gap-1">
        <p className="font-medium">{t(`state.${change.state as "asked"}`)}</p>
        <p className="text-sm">
          {change.note ? t("was", { note: change.note, amount }) : t("wasPrice", { amount })}
        </p>
      </div>
    </section>
  );
}

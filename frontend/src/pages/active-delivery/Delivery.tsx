import { Link, useNavigate } from "@tanstack/react-router";
import { CircleAlert, MapPin, Store } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, DeadlineLine, isOver, type Order, OrderTimeline, useStatusWords } from "@/entities/order";
import { AdvanceDelivery, NobodyOpens, useSteps, WithdrawDelivery } from "@/features/advance-delivery";
import { AskedChange, ProposeChange } from "@/features/propose-change";
import { Rate } from "@/features/rate";
import { ReportedProblems, ReportProblem } from "@/features/report-problem";
import { useSay } from "@/shared/lib/use-say";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { PageTitle } from "@/shared/ui/PageTitle";
import { Checklist } from "./Checklist";
import { Purse } from "./Purse";

/** One order is one screen: where to, what to buy, and the one next step. */
export function Delivery({ order }: { order: Order }) {
  const t = useTranslations("runner.active");
  const common = useTranslations("order");
  const words = useStatusWords()(order, "runner");
  const navigate = useNavigate();
  const [reporting, setReporting] = useState(false);
  const { waiting } = useSteps(order.order_id);
  const over = isOver(order.status);
  useSay(words);
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-4 md:gap-6">
      <Card className="flex flex-col gap-3">
        <PageTitle aside={order.overdue && <Chip tone="warn">{common("overdue")}</Chip>}>{words}</PageTitle>
        {order.status === "CANCELLED" && order.reason && (
          <p className="text-fg-muted">{t(`reason.${order.reason}`)}</p>
        )}
        <DeadlineLine order={order} side="runner" />
        <Places order={order} />
        <Purse order={order} />
      </Card>
      {order.problem && (
        <p role="alert" className="flex gap-3 rounded-card border border-warn bg-warn-soft p-4 text-warn">
          <CircleAlert aria-hidden="true" size={20} className="mt-0.5 shrink-0" />
          {order.problem}
        </p>
      )}
      <AskedChange order={order} />
      {!over && order.status !== "DELIVERED" && <Checklist order={order} />}
      <AdvanceDelivery order={order} />
      {/* What stands on the phone only may have changed what else is possible. */}
      {waiting.length === 0 && (
        <div className="flex flex-col gap-3 empty:hidden">
          <NobodyOpens order={order} />
          <ProposeChange order={order} />
          <WithdrawDelivery order={order} onDone={() => void navigate({ to: "/run" })} />
        </div>
      )}
      {over && (
        <div className="flex flex-wrap gap-2">
          <Link to="/run" className={buttonClass()}>
            {t("find")}
          </Link>
          <Link
            to="/run/receipt/$id"
            params={{ id: order.order_id }}
            className={buttonClass({ kind: "secondary" })}
          >
            {common("receipt")}
          </Link>
        </div>
      )}
      <Rate order={order} side="runner" />
      <Card>
        <OrderTimeline order={order} />
      </Card>
      <ReportedProblems order={order} viewer={order.runner_id} />
      {can(order, "report_problem") && (
        <Button kind="quiet" wide aria-haspopup="dialog" onClick={() => setReporting(true)}>
          {common("report.open")}
        </Button>
      )}
      <ReportProblem order={order} side="runner" open={reporting} onOpenChange={setReporting} />
    </div>
  );
}

function Places({ order }: { order: Order }) {
  const atTheStore = order.status === "ACCEPTED" || order.status === "CLAIMED";
  const place = (here: boolean) => (here ? "font-semibold" : "text-fg-muted");
  return (
    <ul className="flex flex-col gap-2">
      <li className={`flex items-start gap-2 ${place(atTheStore)}`}>
        <Store aria-hidden="true" size={18} className="mt-1 shrink-0" />
        <span>
          {order.store.name}, {order.store.location}
        </span>
      </li>
      <li className={`flex items-start gap-2 ${place(!atTheStore)}`}>
        <MapPin aria-hidden="true" size={18} className="mt-1 shrink-0" />
        <span>
          {order.deliver_to.building} {order.deliver_to.room}
          {order.deliver_to.note && (
            <span className="block font-normal text-fg">{order.deliver_to.note}</span>
          )}
        </span>
      </li>
    </ul>
  );
}

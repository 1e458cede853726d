import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { can, isOver, type Order, OrderTimeline, useStatusWords } from "@/entities/order";
import { AnswerChange } from "@/features/answer-change";
import { CancelOrder } from "@/features/cancel-order";
import { ConfirmDelivery } from "@/features/confirm-delivery";
import { basketOfOrder } from "@/features/place-order";
import { Rate } from "@/features/rate";
import { ReportedProblems, ReportProblem } from "@/features/report-problem";
import { SaveOrder } from "@/features/save-order";
import { TipRunner } from "@/features/tip-runner";
import { useSay } from "@/shared/lib/use-say";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { Ended } from "./Ended";
import { Now } from "./Now";
import { Ordered } from "./Ordered";
import { Pin } from "./Pin";

/** From when there is somebody who will ask for it. */
const PIN_SHOWN: Order["status"][] = ["ACCEPTED", "PLACED", "ON_THE_WAY"];

/** One order, as its customer sees it. */
export function Tracking({ order }: { order: Order }) {
  const t = useTranslations("order");
  const client = useQueryClient();
  const [reporting, setReporting] = useState(false);
  useSay(useStatusWords()(order, "customer"));
  const over = isOver(order.status);
  return (
    <div className="grid gap-4 md:gap-6 lg:grid-cols-[1fr_20rem] lg:items-start">
      <div className="flex min-w-0 flex-col gap-4 md:gap-6">
        <Now order={order} />
        {order.authenticate_url && can(order, "authenticate") && (
          <Card className="flex flex-col gap-3 border-warn bg-warn-soft">
            <p>{t("effect.authenticate")}</p>
            <a href={order.authenticate_url} className={buttonClass({ wide: true })}>
              {t("authenticate")}
            </a>
          </Card>
        )}
        <AnswerChange order={order} />
        {order.handover_pin && PIN_SHOWN.includes(order.status) && <Pin pin={order.handover_pin} />}
        <ConfirmDelivery order={order} onWrong={() => setReporting(true)} />
        <Rate order={order} side="customer" />
        <TipRunner order={order} />
        <Card>
          <OrderTimeline order={order} />
        </Card>
        <ReportedProblems order={order} viewer={order.customer_id} />
      </div>
      <div className="flex min-w-0 flex-col gap-4 md:gap-6">
        <Ordered order={order} />
        {over && <Ended order={order} />}
        <SaveOrder name={order.store.name} basket={() => basketOfOrder(client, order)} />
        {can(order, "report_problem") && (
          <Button kind="secondary" wide onClick={() => setReporting(true)}>
            {t("report.open")}
          </Button>
        )}
        <ReportProblem order={order} side="customer" open={reporting} onOpenChange={setReporting} />
        <CancelOrder order={order} />
      </div>
    </div>
  );
}

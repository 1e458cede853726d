import { useTranslations } from "use-intl";
import type { Order } from "@/entities/order";
import { Problem } from "@/shared/api/problem";
import { useWaitingWords } from "@/shared/api/use-waiting-words";
import { serverNow, useServerNow } from "@/shared/lib/clock";
import { nextStep } from "./next-step";
import { SavedSteps } from "./SavedSteps";
import { StepForm } from "./StepForm";
import { StepRefused } from "./StepRefused";
import { takeStep, useSteps } from "./steps";

/** The one next step of a delivery. It works without a network: then it is kept on the phone and sent later. */
export function AdvanceDelivery({ order }: { order: Order }) {
  const t = useTranslations("runner.active");
  const { waiting, refused, durable } = useSteps(order.order_id);
  const now = useServerNow();
  const onItsWay = waiting.length === 1 && !waiting[0]?.tried ? waiting[0]?.input.to : undefined;
  // It has the server's time, waiting goes by the device's.
  const since = Date.parse(waiting[0]?.at ?? "") + Date.now() - serverNow();
  const words = useWaitingWords(onItsWay !== undefined, since);
  const taken = waiting.map(({ input }) => input.to);
  const step = onItsWay ?? nextStep(order, taken);
  const problem =
    refused &&
    new Problem({
      code: refused.code,
      detail: refused.message,
      status: 409,
      ...(refused.pointer ? { pointer: refused.pointer } : {}),
    });
  const aboutInput = problem && /pin|receipt/.test(problem.code) && refused.input.to === step;
  const { deadline } = order;
  const mayLeave = deadline?.kind === "no_show" && Date.parse(deadline.at) <= now;
  return (
    <>
      {waiting.some(({ tried }) => tried) && <SavedSteps steps={waiting} durable={durable} />}
      {refused && problem && !aboutInput && (
        <StepRefused step={refused.input.to} problem={problem} orderId={order.order_id} />
      )}
      {step && (
        // A new form for each step: nothing of the last one stays in it.
        <StepForm
          key={step}
          step={step}
          needsReceipt={order.basis === "errand"}
          mayLeave={mayLeave}
          pending={words}
          wrong={aboutInput ? problem : undefined}
          label={step === "DELIVERED" && mayLeave ? t("next.leave") : t(`next.${step}`)}
          onSubmit={(input) => void takeStep(order.order_id, { to: step, ...input })}
        />
      )}
    </>
  );
}

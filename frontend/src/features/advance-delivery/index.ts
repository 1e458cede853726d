export { AdvanceDelivery } from "./AdvanceDelivery";
export { NobodyOpens } from "./NobodyOpens";
export { steps, useSteps } from "./steps";
export { WithdrawDelivery } from "./WithdrawDelivery";

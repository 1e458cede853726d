export { isSpending, perPeriod, RANGES, type Range } from "./per-period";
export { spendingQuery } from "./queries";

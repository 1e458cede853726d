export type { Wallet, WalletLine } from "./queries";
export { dashboardQuery, payoutAccountQuery, walletKeys, walletQuery } from "./queries";
export { addUp, byOrder } from "./sums";

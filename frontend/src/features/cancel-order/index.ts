export { CancelOrder } from "./CancelOrder";

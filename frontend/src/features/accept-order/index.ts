export { useAcceptOrder } from "./use-accept-order";

export { ConfirmDelivery } from "./ConfirmDelivery";

export { SetUpPayouts } from "./SetUpPayouts";

export { Rate } from "./Rate";

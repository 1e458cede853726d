export { AskedChange } from "./AskedChange";
export { ProposeChange } from "./ProposeChange";

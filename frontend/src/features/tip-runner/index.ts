export { TipRunner } from "./TipRunner";

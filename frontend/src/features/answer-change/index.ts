export { AnswerChange } from "./AnswerChange";

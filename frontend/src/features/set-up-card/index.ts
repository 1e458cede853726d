export { cardsBefore, SetUpCard } from "./SetUpCard";

export { RemoveCard } from "./RemoveCard";
export { useChooseCard } from "./use-choose-card";

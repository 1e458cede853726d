// What somebody who is signed in needs besides the page: one download, which no page waits for.
export { steps } from "@/features/advance-delivery";
export { reads } from "@/features/read-notifications";
export { listenTogether } from "@/shared/stream/leader";
export { applyEvent } from "./providers/apply-event";

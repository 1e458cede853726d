export { reads, useReadNotifications } from "./reads";

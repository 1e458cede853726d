export { NameDialog } from "./NameDialog";
export { SaveOrder } from "./SaveOrder";
export { isDone, useDeleteSaved, useRenameSaved, useSave } from "./use-saved";

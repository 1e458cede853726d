import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** One sentence and at most one action. */
export function EmptyState({
  icon: Icon,
  text,
  action,
}: {
  icon: LucideIcon;
  text: string;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-4 px-4 py-12 text-center">
      <Icon aria-hidden="true" size={32} className="text-fg-subtle" />
      <p className="max-w-sm text-fg-muted">{text}</p>
      {action}
    </div>
  );
}

import { useTranslations } from "use-intl";
import { cn } from "@/shared/lib/cn";

/** The shape of what is coming; shown after 150 ms only. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={cn("skeleton", className)} />;
}

/** As many cards as will probably be there. */
export function SkeletonCards({ count = 3, className = "h-32" }: { count?: number; className?: string }) {
  const t = useTranslations("app");
  return (
    <div role="status" aria-busy="true" aria-label={t("loading")} className="flex flex-col gap-4">
      {Array.from({ length: count }, (_, index) => index).map((index) => (
        <Skeleton key={index} className={cn("rounded-card", className)} />
      ))}
    </div>
  );
}

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useLocale, useTranslations } from "use-intl";
import { Problem } from "@/shared/api/problem";
import { serverNow } from "@/shared/lib/clock";
import { clockTime } from "@/shared/lib/time";
import { ErrorState } from "./ErrorState";

interface Props<T> {
  query: UseQueryResult<T>;
  /** In the shape of what is coming. */
  skeleton: ReactNode;
  /** Instead of an error, when there is no such thing or it is not theirs to see. */
  missing?: ReactNode;
  children: (data: T) => ReactNode;
}

/** The states of something that is read: coming, there, there but old, and not to be had. */
export function QueryView<T>({ query, skeleton, missing, children }: Props<T>) {
  const t = useTranslations("app.error");
  const locale = useLocale();
  if (query.data === undefined) {
    if (!query.isError) return skeleton;
    if (missing && [403, 404].includes(Problem.from(query.error).status)) return missing;
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (!query.isError) return children(query.data);
  const at = clockTime(new Date(query.dataUpdatedAt).toISOString(), locale, serverNow());
  return (
    <div className="flex flex-col gap-4">
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      <p className="text-sm text-fg-muted">{t("old", { time: at })}</p>
      <div className="opacity-75">{children(query.data)}</div>
    </div>
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useTranslations } from "use-intl";
import { notificationsQuery } from "@/entities/notification";
import { useReadNotifications } from "@/features/read-notifications";
import { Problem } from "@/shared/api/problem";
import { Button } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { byOrder } from "./group";
import { NewsOfOrder } from "./NewsOfOrder";

/** What one was told, order by order. */
export function NotificationsPage() {
  const t = useTranslations("person.notifications");
  const app = useTranslations("app");
  const notifications = useInfiniteQuery(notificationsQuery);
  const { read, sending, saved, refused } = useReadNotifications();
  const first = notifications.data?.pages[0];
  const newest = first?.notifications[0];
  const markAll = newest && first.unread > 0 && !saved && (
    // Up to the newest that is shown: what comes in the same moment stays unread.
    <Button kind="secondary" size="small" pending={sending} onClick={() => void read(newest.at)}>
      {t("read")}
    </Button>
  );
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-6">
      <PageTitle aside={markAll}>{t("title")}</PageTitle>
      {first !== undefined && first.unread > 0 && (
        <p className="-mt-4 text-sm text-fg-muted">{t("someUnread", { count: first.unread })}</p>
      )}
      {saved && (
        <p role="status" className="rounded-card bg-warn-soft p-4 text-sm font-medium text-warn">
          {t("saved")}
        </p>
      )}
      {refused && (
        <ErrorState error={new Problem({ code: refused.code, detail: refused.message, status: 409 })} />
      )}
      <QueryView query={notifications} skeleton={<SkeletonCards count={5} className="h-20" />}>
        {({ pages }) => {
          const groups = byOrder(pages.flatMap((page) => page.notifications));
          if (groups.length === 0) return <EmptyState icon={Bell} text={t("empty")} />;
          return (
            <div className="flex flex-col gap-4">
              <ul className="flex flex-col gap-4">
                {groups.map((group) => (
                  <li key={group.orderId}>
                    <NewsOfOrder group={group} />
                  </li>
                ))}
              </ul>
              {notifications.hasNextPage && (
                <Button
                  kind="secondary"
                  pending={notifications.isFetchingNextPage && app("loading")}
                  onClick={() => void notifications.fetchNextPage()}
                >
                  {app("more")}
                </Button>
              )}
            </div>
          );
        }}
      </QueryView>
    </div>
  );
}

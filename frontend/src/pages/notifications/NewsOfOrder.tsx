import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { Time } from "@/shared/ui/Time";
import { type Group, isRunners } from "./group";

/** What was told of one order. It leads to where something can be done about it. */
export function NewsOfOrder({ group }: { group: Group }) {
  const t = useTranslations("person.notifications");
  const news = useTranslations("person.news");
  const unread = group.rows.some(({ read }) => !read);
  const content = (
    <Card className="flex flex-col gap-2 hover:border-border-strong">
      <span className="flex items-center justify-between gap-4 text-sm text-fg-muted">
        <span className="truncate">{t("group", { id: group.orderId.slice(-6) })}</span>
        {unread && <Chip tone="brand">{t("unread")}</Chip>}
      </span>
      {group.rows.map((row) => (
        <span key={row.id} className="flex items-baseline justify-between gap-4">
          <span className={row.read ? "text-fg-muted" : "font-semibold"}>{news(row.news)}</span>
          <span className="text-sm text-fg-muted">
            <Time at={row.at} />
          </span>
        </span>
      ))}
    </Card>
  );
  return isRunners(group) ? (
    <Link to="/run/active" search={{ order: group.orderId }} className="block rounded-card">
      {content}
    </Link>
  ) : (
    <Link to="/orders/$id" params={{ id: group.orderId }} className="block rounded-card">
      {content}
    </Link>
  );
}

import { createFileRoute } from "@tanstack/react-router";
import { NotificationsPage } from "@/pages/notifications/NotificationsPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/notifications")({
  loader: texts("person"),
  staticData: { reads: ["/api/v1/notifications?limit=30"] },
  component: NotificationsPage,
});

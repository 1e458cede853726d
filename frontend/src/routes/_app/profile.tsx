import { createFileRoute } from "@tanstack/react-router";
import { ProfilePage } from "@/pages/profile/ProfilePage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/profile")({
  loader: texts("person"),
  component: ProfilePage,
});

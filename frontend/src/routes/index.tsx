import { createFileRoute } from "@tanstack/react-router";
import { LandingPage } from "@/pages/landing/LandingPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/")({
  loader: texts("landing"),
  component: LandingPage,
});

import { createFileRoute } from "@tanstack/react-router";
import { OpsIndexPage } from "@/pages/ops-index/OpsIndexPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/ops/")({
  loader: texts("ops"),
  component: OpsIndexPage,
});

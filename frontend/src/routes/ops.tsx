import { createFileRoute } from "@tanstack/react-router";
import { signedIn } from "@/shared/auth/guard";
import { texts } from "@/shared/intl/language";
import { OpsShell } from "@/shells/OpsShell";

export const Route = createFileRoute("/ops")({
  loader: texts("ops"),
  staticData: { reads: ["/api/v1/me"] },
  beforeLoad: signedIn,
  component: OpsShell,
});

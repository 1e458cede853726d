import { createFileRoute } from "@tanstack/react-router";
import { signedIn } from "@/shared/auth/guard";
import { texts } from "@/shared/intl/language";
import { ConsumerShell } from "@/shells/ConsumerShell";

export const Route = createFileRoute("/_app")({
  // Nearly every page stands in it, so it comes with the program.
  codeSplitGroupings: [],
  beforeLoad: signedIn,
  loader: texts("order"),
  staticData: { reads: ["/api/v1/me", "/api/v1/notifications?limit=1"] },
  component: ConsumerShell,
});

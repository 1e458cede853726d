import { createFileRoute } from "@tanstack/react-router";
import { ChoosePage } from "@/pages/choose/ChoosePage";
import { signedIn } from "@/shared/auth/guard";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/choose")({
  loader: texts("signIn"),
  staticData: { reads: ["/api/v1/me"] },
  beforeLoad: signedIn,
  component: ChoosePage,
});

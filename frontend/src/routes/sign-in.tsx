import { createFileRoute } from "@tanstack/react-router";
import { SignInPage } from "@/pages/sign-in/SignInPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/sign-in")({
  loader: texts("signIn"),
  // Only ways of our own: nobody is led elsewhere after signing in.
  validateSearch: ({ next }): { next?: string } =>
    typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {},
  component: function SignIn() {
    return <SignInPage next={Route.useSearch().next ?? "/choose"} />;
  },
});

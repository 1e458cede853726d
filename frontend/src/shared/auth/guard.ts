import { redirect } from "@tanstack/react-router";
import { auth } from "./auth";

/** For `beforeLoad`: whoever is not signed in signs in first, and comes back. */
export async function signedIn({ location }: { location: { href: string } }): Promise<void> {
  await auth.ready();
  if (!auth.current()) throw redirect({ to: "/sign-in", search: { next: location.href }, replace: true });
}

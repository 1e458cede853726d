import { ClerkProvider, SignIn, useAuth, useUser } from "@clerk/react";
import { type PropsWithChildren, useEffect } from "react";
import { auth } from "./auth";

/** Clerk's public key is its address, written differently. */
function publishableKey(issuer: string): string {
  const host = new URL(issuer).host;
  return `pk_${host.endsWith(".accounts.dev") ? "test" : "live"}_${btoa(`${host}$`)}`;
}

/** Tells `auth` what Clerk knows. Loaded only where the gateway's issuer is Clerk. */
export default function ClerkGate({ issuer, children }: PropsWithChildren<{ issuer: string }>) {
  return (
    <ClerkProvider publishableKey={publishableKey(issuer)} afterSignOutUrl="/">
      <Bridge />
      {children}
    </ClerkProvider>
  );
}

function Bridge() {
  const { isLoaded, getToken, signOut } = useAuth();
  const { user } = useUser();
  useEffect(() => {
    if (!isLoaded) return;
    const token = async (options?: { fresh?: boolean }) =>
      (await getToken({ skipCache: options?.fresh ?? false })) ?? undefined;
    const person = user ? { id: user.id, name: user.firstName ?? user.username ?? "" } : undefined;
    auth.settle({ kind: "clerk", token, signOut: () => signOut() }, person);
  }, [isLoaded, getToken, signOut, user]);
  return null;
}

export function ClerkSignIn({ next }: { next: string }) {
  return <SignIn routing="hash" forceRedirectUrl={next} />;
}

import { lazy, type PropsWithChildren, Suspense, useEffect, useState } from "react";
import { auth } from "@/shared/auth/auth";
import { continueLocally } from "@/shared/auth/local";
import { type Config, lastConfig, loadConfig } from "@/shared/config/config";
import { forgetEverything, queryClient } from "@/shared/query/client";
import { quiet } from "@/shared/query/quiet";

const ClerkGate = lazy(() => import("@/shared/auth/clerk"));

// Not even for a moment does anybody see what the one before them read.
auth.onChange((next, before) => {
  const another = before !== undefined && next?.id !== before.id;
  if (another || (auth.kind() !== undefined && next === undefined)) forgetEverything();
});

const isElsewhere = ({ issuer, issuer_url }: Config) => issuer === "other" && issuer_url !== undefined;

// Whoever was here before is the same person until the platform says otherwise: their page does not wait for that.
const last = lastConfig();
if (last && !isElsewhere(last)) continueLocally();

/** Learns from the platform how people sign in, and starts that. The first page is painted without waiting for it. */
export function AuthProvider({ children }: PropsWithChildren) {
  const [clerk, setClerk] = useState<string>();
  useEffect(() => {
    // Once somebody's page is there: until then nobody waits for it.
    const asked = auth.kind() ? quiet(queryClient).then(loadConfig) : loadConfig();
    asked.then(
      (config) => (isElsewhere(config) ? setClerk(config.issuer_url) : auth.kind() || continueLocally()),
      // Without the platform there is nobody to sign in with; whoever was here before reads what was kept.
      () => auth.kind() || continueLocally(),
    );
  }, []);
  if (!clerk) return children;
  return (
    <Suspense fallback={null}>
      <ClerkGate issuer={clerk}>{children}</ClerkGate>
    </Suspense>
  );
}

import { storage } from "@/shared/lib/storage";
import type { AuthAdapter, Person } from "./auth";
import { auth } from "./auth";

interface Session {
  person: Person;
  token: string;
}

/** The development sign-in: by name, without a password. The gateway has it only while it runs without an identity provider. */
const adapter: AuthAdapter = {
  kind: "local",
  token: async (options) => {
    const session = storage.read<Session>("session");
    if (!session) return undefined;
    return options?.fresh ? (await enter(session.person.name)).token : session.token;
  },
  signOut: async () => storage.remove("session"),
};

/** Continues where the last visit ended. */
export function continueLocally(): void {
  auth.settle(adapter, storage.read<Session>("session")?.person);
}

export async function signInLocally(name: string): Promise<void> {
  auth.settle(adapter, (await enter(name)).person);
}

async function enter(name: string): Promise<Session> {
  const response = await fetch("/api/v1/dev/sign-in", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ person: name }),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status}`);
  const { token, user } = (await response.json()) as {
    token: string;
    user: { user_id: string; name: string };
  };
  const session = { person: { id: user.user_id, name: user.name }, token };
  storage.write("session", session);
  return session;
}

import { createStore, useStore } from "@/shared/lib/store";

/** Who is signed in, as far as this browser knows. What they may do is in `GET /api/v1/me`. */
export interface Person {
  id: string;
  name: string;
}

/** How people sign in: by name on a development platform (`local`), or with an identity provider (`clerk`). */
export interface AuthAdapter {
  kind: "local" | "clerk";
  /** A token for the next request; with `fresh`, one that was not used before. */
  token: (options?: { fresh?: boolean }) => Promise<string | undefined>;
  signOut: () => Promise<void>;
}

const person = createStore<Person | undefined>(undefined);
let adapter: AuthAdapter | undefined;
const settled = Promise.withResolvers<void>();
type Changed = (next: Person | undefined, before: Person | undefined) => void;
const onChange = new Set<Changed>();

/** The one place that knows who is signed in. Adapters tell it; everybody else asks it. */
export const auth = {
  current: () => person.get(),
  kind: () => adapter?.kind,
  /** Until an adapter has said whether somebody is signed in. */
  ready: () => settled.promise,
  token: async (options?: { fresh?: boolean }) => (person.get() ? adapter?.token(options) : undefined),
  signOut: async () => {
    await adapter?.signOut();
    auth.settle(adapter, undefined);
  },
  /** The token is over and there is no other. */
  expired: () => auth.settle(adapter, undefined),
  /** Called by adapters: this is who it is now. */
  settle: (by: AuthAdapter | undefined, next: Person | undefined) => {
    adapter = by;
    const before = person.get();
    if (before?.id !== next?.id) {
      person.set(next);
      for (const listener of onChange) listener(next, before);
    }
    settled.resolve();
  },
  onChange: (listener: Changed) => {
    onChange.add(listener);
    return () => onChange.delete(listener);
  },
};

export function usePerson(): Person | undefined {
  return useStore(person);
}

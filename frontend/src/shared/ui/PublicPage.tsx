import type { ReactNode } from "react";
import { Brand } from "./Brand";

/** The frame of pages that need no account, or choose what one is for. */
export function PublicPage({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col px-4 pb-16">
      <header className="flex min-h-14 items-center">
        <Brand />
      </header>
      <main id="content" className="flex flex-col gap-6 pt-8 md:pt-16">
        {children}
      </main>
    </div>
  );
}

import "./styles.css";
import { PersistQueryClientProvider } from "@tanstack/react-query-persist-client";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguage } from "@/shared/intl/language";
import { followDevice } from "@/shared/lib/theme";
import { persistOptions, queryClient } from "@/shared/query/client";
import { AuthProvider } from "./providers/AuthProvider";
import { LanguageProvider } from "./providers/LanguageProvider";
import { StepsProvider } from "./providers/StepsProvider";
import { StreamProvider } from "./providers/StreamProvider";
import { router } from "./router";

followDevice();
const root = document.getElementById("root");

// A language other than English is fetched first, so that nobody sees one turn into the other.
void startLanguage().then(() => {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <AuthProvider>
          <PersistQueryClientProvider client={queryClient} persistOptions={persistOptions}>
            <StreamProvider>
              <StepsProvider>
                <RouterProvider router={router} />
              </StepsProvider>
            </StreamProvider>
          </PersistQueryClientProvider>
        </AuthProvider>
      </LanguageProvider>
    </StrictMode>,
  );
});

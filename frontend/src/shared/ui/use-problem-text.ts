import { useEffect } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Problem } from "@/shared/api/problem";
import { createStore, useStore } from "@/shared/lib/store";

/** The platform writes in English; this is what else it says, by the code. Fetched when somebody reads Chinese. */
const translated = createStore<Record<string, string>>({});
let asked = false;

function fetchTranslations(): void {
  if (asked) return;
  asked = true;
  import("@/shared/intl/refusals-zh.json").then(
    (file) => translated.set(file.default),
    () => {
      asked = false;
    },
  );
}

/** A refusal in a sentence: the platform's own where it has one; ours for what never reached it. */
export function useProblemText(): (problem: Problem) => string {
  const t = useTranslations("app.error");
  const chinese = useLocale() === "zh";
  const known = useStore(translated);
  useEffect(() => {
    if (chinese) fetchTranslations();
  }, [chinese]);
  return (problem) => {
    switch (problem.code) {
      case "unreachable":
        return t("unreachable");
      case "page":
        return t("page");
      case "internal":
        return t("internal");
      case "rate_limited":
        return t("rate");
      case "service_away":
      case "broker_away":
      case "keys_away":
        return t("away");
      default:
        return (chinese && known[problem.code]) || problem.message || t("title");
    }
  };
}

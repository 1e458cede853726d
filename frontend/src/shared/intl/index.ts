import type { useTranslations } from "use-intl";
// Its type only: the texts themselves come area by area.
import type en from "./en";
import app from "./en/app.json";
import order from "./en/order.json";

export type Language = "en" | "zh";
export type Messages = typeof en;
/** A file of texts. Some come with the app (`first`), every other with the first page that needs it. */
export type Area = keyof Messages;
export type Translate = ReturnType<typeof useTranslations<never>>;

declare module "use-intl" {
  interface AppConfig {
    Locale: Language;
    Messages: Messages;
  }
}

const files = import.meta.glob<Record<string, unknown>>(["./{en,zh}/*.json", "!./en/{app,order}.json"], {
  import: "default",
});

export async function textsOf(language: Language, area: Area): Promise<Record<string, unknown>> {
  if (language === "en" && area in first) return first[area as keyof typeof first];
  const file = area.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const load = files[`./${language}/${file}.json`];
  if (!load) throw new Error(`there is no ${area} in ${language}`);
  return load();
}

/** In the first download: what every page needs, and what nearly every page does. */
export const first = { app, order };

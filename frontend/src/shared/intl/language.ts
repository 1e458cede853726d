import { storage } from "@/shared/lib/storage";
import { createStore, useStore } from "@/shared/lib/store";
import { type Area, first, type Language, type Messages, textsOf } from ".";

interface Spoken {
  language: Language;
  messages: Messages;
}

// A page is shown only when its areas are here, so to whoever reads them they are all here.
const spoken = createStore<Spoken>({ language: "en", messages: { ...first } as Messages });
const wanted = new Set<Area>(Object.keys(first) as Area[]);
let target: Language = "en";

/** The language that the bootstrap in `index.html` wrote down: chosen last, or else the browser's. */
export async function startLanguage(): Promise<void> {
  target = document.documentElement.lang === "zh" ? "zh" : "en";
  await load();
}

export async function chooseLanguage(language: Language): Promise<void> {
  // Read by the bootstrap, which knows no JSON.
  try {
    localStorage.setItem("campusg.language", language);
  } catch {
    storage.remove("language");
  }
  target = language;
  await load();
}

/** For a route's `loader`: the texts that its page is written in. */
export const texts =
  (...areas: Area[]) =>
  async (): Promise<void> => {
    for (const area of areas) wanted.add(area);
    await load();
  };

async function load(): Promise<void> {
  const language = target;
  const known = () => (spoken.get().language === language ? spoken.get().messages : {});
  const missing = [...wanted].filter((area) => !(area in known()));
  if (missing.length === 0) return;
  const loaded = await Promise.all(missing.map(async (area) => [area, await textsOf(language, area)]));
  // Another language was chosen meanwhile.
  if (target !== language) return load();
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  spoken.set({ language, messages: { ...known(), ...Object.fromEntries(loaded) } as Messages });
}

export function useSpoken(): Spoken {
  return useStore(spoken);
}

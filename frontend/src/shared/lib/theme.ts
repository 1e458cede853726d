export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The same key as in the bootstrap of `index.html`. */
const KEY = "campusg.theme";

export function knownTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}

const deviceIsDark = () => matchMedia("(prefers-color-scheme: dark)");

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Until the page is closed, then.
  }
  show(theme);
}

/** A device that turns dark in the evening takes the open page along, unless somebody chose otherwise. */
export function followDevice(): void {
  deviceIsDark().addEventListener("change", () => show(knownTheme()));
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && deviceIsDark().matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

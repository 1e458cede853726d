import { createStore, useStore } from "./store";

interface Said {
  text: string;
  /** Makes the same text twice two announcements. */
  number: number;
}

const said = createStore<Said>({ text: "", number: 0 });
let debounce: ReturnType<typeof setTimeout> | undefined;

/** Says a change once: shown for a moment, and read out by screen readers from the page's one live region. */
export function announce(text: string): void {
  clearTimeout(debounce);
  debounce = setTimeout(() => said.set({ text, number: said.get().number + 1 }), 100);
}

export function useSaid(): Said {
  return useStore(said);
}

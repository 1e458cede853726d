/** localStorage where there is one: private windows may refuse it, and then nothing is remembered. */
export const storage = {
  read<T>(key: string): T | undefined {
    try {
      const text = localStorage.getItem(`campusg.${key}`);
      return text === null ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined;
    }
  },
  write(key: string, value: unknown): void {
    try {
      localStorage.setItem(`campusg.${key}`, JSON.stringify(value));
    } catch {
      // Not remembered, then.
    }
  },
  remove(key: string): void {
    try {
      localStorage.removeItem(`campusg.${key}`);
    } catch {
      // It was not remembered.
    }
  },
};

import type { components } from "@/shared/api/schema";
import { storage } from "@/shared/lib/storage";

/** What `GET /api/v1/config` says. */
export type Config = components["schemas"]["About"];

let loading: Promise<Config> | undefined;

/** What the platform said last time. */
export const lastConfig = () => storage.read<Config>("config");

/** The platform's config; the last known one while the platform cannot be reached. */
export function loadConfig(): Promise<Config> {
  loading ??= read().catch((error: unknown) => {
    loading = undefined;
    const known = lastConfig();
    if (known) return known;
    throw error;
  });
  return loading;
}

async function read(): Promise<Config> {
  const response = await fetch("/api/v1/config");
  if (!response.ok) throw new Error(`config: ${response.status}`);
  const config: Config = await response.json();
  storage.write("config", config);
  return config;
}

/** Made when somebody means to do something, and kept through every repetition of it: it happens once. */
export function newKey(): string {
  return crypto.randomUUID();
}

export type Face = "customer" | "runner" | "ops";

const FACES: [RegExp, Face][] = [
  [/^\/(order|orders|saved|payment|home)(\/|$)/, "customer"],
  [/^\/(run|wallet)(\/|$)/, "runner"],
  [/^\/ops(\/|$)/, "ops"],
];

/** The face of the app that an address belongs to; pages for everybody have none. */
export function faceOf(path: string): Face | undefined {
  return FACES.find(([pattern]) => pattern.test(path))?.[1];
}

import { get, set } from "idb-keyval";
import { type Draft, EMPTY } from "./shape";

export const draftKeys = { all: ["draft"] as const, of: (personId: string) => ["draft", personId] as const };

const keyOf = (personId: string) => `campusg.draft.${personId}`;

/** What somebody had begun to order on this device. */
export async function readDraft(personId: string): Promise<Draft | undefined> {
  const draft = await get<Partial<Draft>>(keyOf(personId)).catch(() => undefined);
  return draft && { ...EMPTY, ...draft };
}

export async function keepDraft(personId: string, draft: Draft): Promise<void> {
  await set(keyOf(personId), draft).catch(() => undefined);
}

/** It is ordered: what is left is where to bring the next one. */
export async function finishDraft(personId: string, { mode, building, room, fee }: Draft): Promise<void> {
  await keepDraft(personId, { ...EMPTY, mode, building, room, fee });
}

import { describe, expect, it } from "vitest";
import en from "./en";
import zh from "./zh";

type Tree = { [key: string]: string | Tree };

function texts(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[`${path}${key}`, value] as [string, string]]
      : texts(value, `${path}${key}.`),
  );
}

/** Values only: what stands behind a plural's `one`, `other` or `=0` is text. */
const placeholders = (text: string) =>
  [...text.matchAll(/(?<!(?:=\d+|one|other) )\{(\w+)\s*[,}]/g)].map(([, name]) => name);

describe("the catalogues", () => {
  const [english, chinese] = [texts(en), new Map(texts(zh))];

  it("have the same keys", () => {
    expect([...chinese.keys()].sort()).toEqual(english.map(([key]) => key).sort());
  });

  it("name the same values in each text", () => {
    for (const [key, text] of english) {
      expect(new Set(placeholders(chinese.get(key) ?? "")), key).toEqual(new Set(placeholders(text)));
    }
  });

  it("have no empty text", () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe("");
  });
});

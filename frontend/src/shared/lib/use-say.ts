import { useEffect, useRef } from "react";
import { announce } from "./announce";

/** Says words when they change, not when the page opens. */
export function useSay(words: string): void {
  const said = useRef(words);
  useEffect(() => {
    if (said.current !== words) announce(words);
    said.current = words;
  }, [words]);
}

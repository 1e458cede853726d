import { useState } from "react";
import { storage } from "@/shared/lib/storage";

const KEY = "ring";
const TONE_HZ = 880;
const TONE_S = 0.25;

/** A short tone, and a shake where the device can. */
function ring(): void {
  navigator.vibrate?.(200);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = TONE_HZ;
  volume.gain.value = 0.1;
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + TONE_S);
}

/** Ringing for new orders: only for whoever asked for it. */
export function useRing() {
  const [on, setOn] = useState(() => storage.read<boolean>(KEY) ?? false);
  return {
    on,
    ring: () => {
      if (on) ring();
    },
    toggle: () => {
      // Heard at once, and browsers allow sounds only after a tap.
      if (!on) ring();
      setOn(!on);
      storage.write(KEY, !on);
    },
  };
}

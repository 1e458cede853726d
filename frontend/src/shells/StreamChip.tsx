import { CloudOff, type LucideIcon, RefreshCw, Timer, Wifi } from "lucide-react";
import { useTranslations } from "use-intl";
import { type StreamStatus, useStreamStatus } from "@/shared/stream/status";
import { Chip, type Tone } from "@/shared/ui/Chip";

const LOOK: Record<StreamStatus, { icon: LucideIcon; tone: Tone }> = {
  live: { icon: Wifi, tone: "ok" },
  reconnecting: { icon: RefreshCw, tone: "neutral" },
  polling: { icon: Timer, tone: "warn" },
  offline: { icon: CloudOff, tone: "bad" },
};

/** How fresh the page is, in a word. */
export function StreamChip() {
  const t = useTranslations("app.stream");
  const status = useStreamStatus();
  const { icon, tone } = LOOK[status];
  return (
    <span data-testid="stream" data-status={status}>
      <Chip tone={tone} icon={icon}>
        {t(status)}
      </Chip>
    </span>
  );
}

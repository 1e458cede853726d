import { CircleSlash } from "lucide-react";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import type { Offer } from "@/entities/offer";
import type { Problem } from "@/shared/api/problem";
import { Card } from "@/shared/ui/Card";
import { useProblemText } from "@/shared/ui/use-problem-text";

/** Long enough to be read. */
const SHOWN_MS = 2_000;
const REFUSAL_SHOWN_MS = 6_000;

interface Props {
  offer: Offer;
  /** Why the reader could not have it, if they asked. */
  problem: Problem | undefined;
  onLeave: (id: string) => void;
}

/** Where an offer was that is not there any more. */
export function GonePlace({ offer, problem, onLeave }: Props) {
  const t = useTranslations("runner.available");
  const problemText = useProblemText();
  const id = offer.order_id;
  const shown = problem ? REFUSAL_SHOWN_MS : SHOWN_MS;
  useEffect(() => {
    const timer = setTimeout(() => onLeave(id), shown);
    return () => clearTimeout(timer);
  }, [id, shown, onLeave]);
  return (
    <Card className="flex items-center gap-3 text-fg-muted">
      <CircleSlash aria-hidden="true" size={20} className="shrink-0" />
      <p role={problem ? "alert" : undefined}>
        <span className="font-medium">{offer.store.name}</span> {problem ? problemText(problem) : t("gone")}
      </p>
    </Card>
  );
}

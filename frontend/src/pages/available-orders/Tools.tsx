import { Bell, BellOff } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Offer } from "@/entities/offer";
import { Button } from "@/shared/ui/Button";
import { Select } from "@/shared/ui/Select";
import { SORTS, type View } from "./live";

interface Props {
  offers: Offer[];
  view: View;
  onView: (view: View) => void;
  ringing: boolean;
  onRing: () => void;
}

/** In which order, where to, and whether it rings. */
export function Tools({ offers, view, onView, ringing, onRing }: Props) {
  const t = useTranslations("runner.available");
  const named = view.building ? [view.building] : [];
  const buildings = [...new Set([...named, ...offers.map(({ building }) => building)])].toSorted();
  const Icon = ringing ? Bell : BellOff;
  return (
    <div className="flex items-center gap-2 max-md:[&>span]:flex-1">
      <Select
        label={t("sort")}
        value={view.sort}
        options={SORTS.map((sort) => ({ value: sort, label: t(`by.${sort}`) }))}
        onChange={(sort) => onView({ ...view, sort })}
      />
      <Select
        label={t("building")}
        value={view.building ?? ""}
        options={[
          { value: "", label: t("everywhere") },
          ...buildings.map((building) => ({ value: building, label: building })),
        ]}
        onChange={(building) => onView({ ...view, building: building || undefined })}
      />
      <Button kind="secondary" size="small" aria-pressed={ringing} onClick={onRing}>
        <Icon aria-hidden="true" size={16} />
        <span className="max-md:sr-only">{t("ring")}</span>
      </Button>
    </div>
  );
}

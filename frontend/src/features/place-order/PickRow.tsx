import { Minus, Plus } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Currency } from "@/shared/lib/money";
import { Button } from "@/shared/ui/Button";
import { Chip } from "@/shared/ui/Chip";
import { Money } from "@/shared/ui/Money";

interface Props {
  name: string;
  price?: { cents: number; currency: Currency };
  /** Why it cannot be had: it can only be taken out of the basket then. */
  trouble?: string | undefined;
  quantity: number;
  onChange: (quantity: number) => void;
}

const MOST = 99;

/** One thing on a price list, and how many of it. */
export function PickRow({ name, price, trouble, quantity, onChange }: Props) {
  const t = useTranslations("placeOrder");
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2">
      <span className="min-w-0">
        <span className="block font-medium">{name}</span>
        <span className="flex flex-wrap items-center gap-2 text-sm text-fg-muted">
          {price && <Money cents={price.cents} currency={price.currency} />}
          {trouble && <Chip tone={quantity > 0 ? "warn" : "neutral"}>{trouble}</Chip>}
        </span>
      </span>
      <span className="flex items-center gap-1">
        {quantity > 0 && (
          <Button
            kind="secondary"
            className="size-12 !px-0"
            aria-label={t("fewerOf", { name })}
            onClick={() => onChange(trouble ? 0 : quantity - 1)}
          >
            <Minus aria-hidden="true" size={18} />
          </Button>
        )}
        <output className="tabular w-8 text-center" aria-label={t("quantity")}>
          {quantity > 0 ? quantity : ""}
        </output>
        {!trouble && (
          <Button
            kind="secondary"
            className="size-12 !px-0"
            aria-label={t("moreOf", { name })}
            disabled={quantity >= MOST}
            onClick={() => onChange(quantity + 1)}
          >
            <Plus aria-hidden="true" size={18} />
          </Button>
        )}
      </span>
    </li>
  );
}

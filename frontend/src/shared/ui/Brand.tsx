import { Link } from "@tanstack/react-router";
import { ShoppingBag } from "lucide-react";
import { useTranslations } from "use-intl";

/** Whose page it is, and the way to its beginning. */
export function Brand() {
  const t = useTranslations("app");
  return (
    <Link to="/" className="flex min-h-11 min-w-0 items-center gap-2 font-semibold">
      <span className="grid size-8 shrink-0 place-items-center rounded-control bg-brand text-brand-fg">
        <ShoppingBag aria-hidden="true" size={18} />
      </span>
      <span className="truncate max-[359px]:sr-only">{t("name")}</span>
    </Link>
  );
}

import { useTranslations } from "use-intl";
import { Card } from "@/shared/ui/Card";

/** The four digits for the door, large, and read out one by one. */
export function Pin({ pin }: { pin: string }) {
  const t = useTranslations("order");
  return (
    <Card className="flex flex-col items-center gap-1 text-center">
      <h2>{t("pin")}</h2>
      <p className="text-4xl font-semibold tracking-[0.3em]">
        <span aria-hidden="true">{pin}</span>
        <span className="sr-only" data-testid="pin">
          {[...pin].join(" ")}
        </span>
      </p>
      <p className="text-sm text-fg-muted">{t("pinText")}</p>
    </Card>
  );
}

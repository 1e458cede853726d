import { ExternalLink } from "lucide-react";
import { useTranslations } from "use-intl";
import { api, data } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";

/**
 * Leads to Stripe's page, where a payout account is opened or completed. Its address works once and for minutes only, so it
 * is asked for when it is needed and kept nowhere.
 */
export function SetUpPayouts({ label, again }: { label: string; again?: boolean }) {
  const t = useTranslations("runner.wallet");
  const setUp = useCommand({
    send: (key) =>
      data(
        api.POST("/api/v1/payout-account", {
          params: { header: { "Idempotency-Key": key, Prefer: "wait=10" } },
        }),
      ),
    done: (_, page) => {
      if (page) globalThis.location.assign(page.url);
    },
  });
  const leaving = setUp.isSuccess && Boolean(setUp.data);
  return (
    <div className="flex flex-col items-start gap-2">
      <CommandButton
        kind={again ? "secondary" : "primary"}
        pending={leaving ? t("leaving") : setUp.waiting}
        onClick={() => setUp.mutate()}
      >
        {label}
        <ExternalLink aria-hidden="true" size={16} />
      </CommandButton>
      {setUp.isSuccess && !setUp.data && <p className="text-sm text-fg-muted">{t("notYet")}</p>}
      {setUp.isError && <ErrorState error={setUp.error} onRetry={() => setUp.mutate()} />}
    </div>
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, Clock, Landmark } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { userKeys } from "@/entities/user";
import { payoutAccountQuery } from "@/entities/wallet";
import { SetUpPayouts } from "@/features/set-up-payouts";
import { announce } from "@/shared/lib/announce";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";

/** How somebody came back from Stripe's page: through it, or because its address was over. It proves nothing. */
export type Onboarding = "done" | "again";

const LOOK_MS = 2_000;

/** Whether somebody can be paid. Stripe tells the platform so: until then, coming back means only that it is being checked. */
export function PayoutAccount({ onboarding, waits }: { onboarding: Onboarding | undefined; waits: boolean }) {
  const t = useTranslations("runner.wallet");
  const back = onboarding === "done";
  const account = useQuery({
    ...payoutAccountQuery,
    // There is no event for it.
    refetchInterval: ({ state }) => (back && !state.data?.payable ? LOOK_MS : false),
    staleTime: 0,
  });
  const payable = account.data?.payable;
  useSayPayable(payable, t("payable"));
  return (
    <QueryView query={account} skeleton={<SkeletonCards count={1} className="h-32" />}>
      {({ payable }) => (
        <Card className="flex flex-col items-start gap-3">
          <div className="flex w-full flex-wrap items-center justify-between gap-2">
            <h2 className="flex items-center gap-2">
              <Landmark aria-hidden="true" size={18} className="text-fg-muted" />
              {t("account")}
            </h2>
            {payable ? (
              <Chip tone="ok" icon={CircleCheck}>
                {t("enabled")}
              </Chip>
            ) : (
              <Chip tone="warn" icon={Clock}>
                {back ? t("checking") : t("missing")}
              </Chip>
            )}
          </div>
          <p className="text-fg-muted">{text()}</p>
          <SetUpPayouts
            label={payable ? t("change") : back ? t("complete") : t("setUp")}
            again={payable || back}
          />
        </Card>
      )}
    </QueryView>
  );

  function text(): string {
    if (payable) return t("payable");
    if (back) return t("checkingText");
    if (onboarding === "again") return t("againText");
    return waits ? t("notPayableWaits") : t("notPayable");
  }
}

/** Says that somebody can be paid when that comes true, not when the page opens. */
function useSayPayable(payable: boolean | undefined, words: string) {
  const client = useQueryClient();
  const before = useRef(payable);
  useEffect(() => {
    if (before.current === false && payable) {
      announce(words);
      void client.invalidateQueries({ queryKey: userKeys.me });
    }
    before.current = payable;
  }, [payable, words, client]);
}

import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { cardsQuery } from "@/entities/card";
import { api, data } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";
import { storage } from "@/shared/lib/storage";
import { CommandButton } from "@/shared/ui/CommandButton";
import { ErrorState } from "@/shared/ui/ErrorState";

const BEFORE = "cards-before";

/** The cards that were there when somebody went to Stripe's page: any other one is what they came back with. */
export const cardsBefore = () => storage.read<string[]>(BEFORE) ?? [];

/** Leads to Stripe's page, where a card is entered. It comes back to the cards. */
export function SetUpCard() {
  const t = useTranslations("customer.payment");
  const queries = useQueryClient();
  const setUp = useCommand({
    send: (key) =>
      data(
        api.POST("/api/v1/payment-methods/setup", {
          params: { header: { "Idempotency-Key": key, Prefer: "wait=10" } },
        }),
      ),
    done: (_, page) => {
      if (!page) return;
      const known = queries.getQueryData(cardsQuery.queryKey)?.payment_methods ?? [];
      storage.write(
        BEFORE,
        known.map(({ id }) => id),
      );
      globalThis.location.assign(page.url);
    },
    undecided: (page) => page === undefined,
  });
  return (
    <div className="flex flex-col gap-2">
      <CommandButton pending={setUp.isPending && setUp.waiting} onClick={() => setUp.mutate()}>
        {t("add")}
      </CommandButton>
      {setUp.isSuccess && !setUp.data && <p className="text-sm text-fg-muted">{setUp.waiting}</p>}
      {setUp.isError && <ErrorState error={setUp.error} />}
    </div>
  );
}

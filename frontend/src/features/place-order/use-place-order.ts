import { rememberOrder } from "@/entities/order";
import { api, data } from "@/shared/api/client";
import { useCommand } from "@/shared/api/use-command";

export function usePlaceOrder() {
  return useCommand({
    send: (key, quoteId: string) =>
      data(
        api.POST("/api/v1/orders", {
          params: { header: { "Idempotency-Key": key } },
          body: { quote_id: quoteId },
        }),
      ),
    done: rememberOrder,
  });
}

import { createFileRoute } from "@tanstack/react-router";
import { PlaceOrderPage } from "@/pages/place-order/PlaceOrderPage";
import { texts } from "@/shared/intl/language";

export const Route = createFileRoute("/_app/order")({
  loader: texts("placeOrder", "order"),
  component: PlaceOrderPage,
});

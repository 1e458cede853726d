import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Printer } from "lucide-react";
import { useTranslations } from "use-intl";
import { type Role, receiptQuery } from "@/entities/order";
import { Button, buttonClass } from "@/shared/ui/Button";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { Paper } from "./Paper";

export function ReceiptPage({ id, side }: { id: string; side: Role }) {
  const t = useTranslations("customer.receipt");
  const receipt = useQuery(receiptQuery(id));
  const print = (
    <Button
      kind="secondary"
      size="small"
      className="no-print"
      disabled={!receipt.data}
      onClick={() => globalThis.print()}
    >
      <Printer aria-hidden="true" size={16} />
      {t("print")}
    </Button>
  );
  const back = buttonClass({ kind: "secondary", className: "no-print" });
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6">
      <PageTitle aside={print}>{t("title")}</PageTitle>
      <QueryView query={receipt} skeleton={<SkeletonCards count={1} className="h-[40rem]" />}>
        {(receipt) => <Paper receipt={receipt} side={side} />}
      </QueryView>
      {side === "runner" ? (
        <Link to="/run/active" search={{ order: id }} className={back}>
          {t("back")}
        </Link>
      ) : (
        <Link to="/orders/$id" params={{ id }} className={back}>
          {t("back")}
        </Link>
      )}
    </div>
  );
}

import { useTranslations } from "use-intl";
import { Card } from "@/shared/ui/Card";
import { PageTitle } from "@/shared/ui/PageTitle";

const CAN = [
  ["tasks", "GET /api/v1/ops/tasks"],
  ["audit", "GET /api/v1/ops/orders/{id}/audit"],
  ["log", "GET /api/v1/ops/orders/{id}/log"],
  ["parked", "campusg parked list"],
  ["books", "campusg audit"],
  ["doctor", "campusg doctor"],
] as const;

/** What operators can do today, until their pages are there. */
export function OpsIndexPage() {
  const t = useTranslations("ops");
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <PageTitle>{t("title")}</PageTitle>
      <p className="text-fg-muted">{t("text")}</p>
      <Card>
        <h2>{t("today")}</h2>
        <dl className="mt-2 flex flex-col divide-y divide-border">
          {CAN.map(([what, how]) => (
            <div key={what} className="flex flex-wrap justify-between gap-x-4 gap-y-1 py-3">
              <dt>{t(`can.${what}`)}</dt>
              <dd>
                <code className="text-sm text-fg-muted">{how}</code>
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <a href="/api/docs" className="font-medium text-brand underline">
        {t("api")}
      </a>
    </div>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useLocale, useTranslations } from "use-intl";
import { type Me, meQuery } from "@/entities/user";
import { announce } from "@/shared/lib/announce";
import { Button } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { PageTitle } from "@/shared/ui/PageTitle";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";

/** What the platform knows of whoever is signed in. */
export function ProfilePage() {
  const t = useTranslations("person.profile");
  const me = useQuery(meQuery);
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6">
      <PageTitle>{t("title")}</PageTitle>
      <QueryView query={me} skeleton={<SkeletonCards count={1} className="h-80" />}>
        {(me) => (
          <>
            {me.suspended && (
              <p
                role="status"
                className="rounded-card border border-bad bg-bad-soft p-4 font-medium text-bad"
              >
                {t("suspended")}
              </p>
            )}
            <Facts me={me} />
            <p className="text-sm text-fg-muted">{t("text")}</p>
          </>
        )}
      </QueryView>
    </div>
  );
}

const LINK = "inline-flex min-h-11 items-center font-medium text-brand-ink underline";

function Facts({ me }: { me: Me }) {
  const t = useTranslations("person.profile");
  const roles = useTranslations("person.role");
  const locale = useLocale();
  const { count, stars } = me.ratings;
  const average = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(stars / count);
  const rows: [string, ReactNode][] = [
    [t("name"), me.name],
    [t("roles"), me.roles.map((role) => roles(role)).join(", ")],
    [t("rating"), count > 0 ? t("stars", { stars: average, count }) : t("noRating")],
  ];
  if (me.roles.includes("customer")) {
    const text = me.can_pay ? t("hasCard") : t("noCard");
    rows.push([
      t("card"),
      <Link key="card" to="/payment" className={LINK}>
        {text}
      </Link>,
    ]);
  }
  if (me.roles.includes("runner")) {
    const text = me.can_be_paid ? t("canBePaid") : t("cannotBePaid");
    rows.push([
      t("payouts"),
      <Link key="payouts" to="/wallet" className={LINK}>
        {text}
      </Link>,
    ]);
  }
  rows.push([t("id"), <CopyId key="id" id={me.user_id} />]);
  return (
    <Card>
      <dl className="flex flex-col gap-4">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt className="text-sm text-fg-muted">{label}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function CopyId({ id }: { id: string }) {
  const t = useTranslations("person.profile");
  const app = useTranslations("app");
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    announce(app("copied"));
  };
  return (
    <span className="flex flex-col items-start">
      <code className="text-sm break-all">{id}</code>
      <span className="text-sm font-normal text-fg-muted">{t("idText")}</span>
      <Button kind="quiet" size="small" className="-ml-4" onClick={() => void copy()}>
        <Copy aria-hidden="true" size={16} />
        {t("copy")}
      </Button>
    </span>
  );
}

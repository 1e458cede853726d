import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { buttonClass } from "@/shared/ui/Button";
import { ErrorState } from "@/shared/ui/ErrorState";
import { PageTitle } from "@/shared/ui/PageTitle";
import { PublicPage } from "@/shared/ui/PublicPage";

export function MissingPage() {
  const t = useTranslations("app");
  return (
    <PublicPage>
      <PageTitle>{t("missing.title")}</PageTitle>
      <p className="text-fg-muted">{t("missing.text")}</p>
      <Link to="/" className={buttonClass({ className: "self-start" })}>
        {t("missing.home")}
      </Link>
    </PublicPage>
  );
}

/** No redirect: whoever lands here is told why, and where they can go. */
export function ForbiddenPage() {
  const t = useTranslations("app");
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 py-8">
      <PageTitle>{t("forbidden.title")}</PageTitle>
      <p className="text-fg-muted">{t("forbidden.text")}</p>
      <Link to="/choose" className={buttonClass()}>
        {t("forbidden.choose")}
      </Link>
    </div>
  );
}

export function BrokenPage({ error, reset }: { error: unknown; reset: () => void }) {
  const t = useTranslations("app.error");
  return (
    <PublicPage>
      <PageTitle>{t("title")}</PageTitle>
      <ErrorState error={error} onRetry={reset} />
    </PublicPage>
  );
}

import { Link } from "@tanstack/react-router";
import { Bike, ShoppingBag } from "lucide-react";
import { useTranslations } from "use-intl";
import { useMe } from "@/entities/user";
import { usePerson } from "@/shared/auth/auth";
import { Brand } from "@/shared/ui/Brand";
import { buttonClass } from "@/shared/ui/Button";
import { Card } from "@/shared/ui/Card";
import { PageTitle } from "@/shared/ui/PageTitle";

const STEPS = ["one", "two", "three"] as const;

export function LandingPage() {
  const t = useTranslations("landing");
  const app = useTranslations("app");
  const person = usePerson();
  // The first paint does not wait for it.
  const runs = useMe()?.preferences.role === "runner";
  return (
    <div className="mx-auto flex max-w-5xl flex-col px-4 pb-16">
      {/* Blue orders, green delivers. */}
      <div
        aria-hidden="true"
        className="absolute inset-x-0 top-0 h-1 bg-linear-to-r from-[#1f5be3] to-[#147a3b]"
      />
      <header className="flex min-h-14 items-center justify-between">
        <Brand />
        {person ? (
          <Link
            to="/choose"
            className="inline-flex min-h-11 items-center font-medium text-fg-muted hover:text-fg"
          >
            {person.name}
          </Link>
        ) : (
          <Link
            to="/sign-in"
            className="inline-flex min-h-11 items-center font-medium text-fg-muted hover:text-fg"
          >
            {app("signIn")}
          </Link>
        )}
      </header>
      <main id="content" className="flex flex-col gap-16">
        <div className="mt-12 flex max-w-xl flex-col gap-6 md:mt-24">
          <div className="[&_h1]:text-4xl [&_h1]:tracking-tight md:[&_h1]:text-6xl">
            <PageTitle>{t("title")}</PageTitle>
          </div>
          <p className="text-lg text-fg-muted">{t("text")}</p>
          <div className="flex flex-wrap gap-3">
            <Link to="/order" className={buttonClass({ kind: runs ? "secondary" : "primary" })}>
              <ShoppingBag aria-hidden="true" size={18} />
              {person ? t("continueOrder") : t("order")}
            </Link>
            <Link
              to="/run"
              data-role="runner"
              className={buttonClass({ kind: runs ? "primary" : "secondary" })}
            >
              <Bike aria-hidden="true" size={18} />
              {person ? t("continueRun") : t("run")}
            </Link>
          </div>
        </div>
        <ol className="grid gap-4 md:grid-cols-3">
          {STEPS.map((step, index) => (
            <li key={step}>
              <Card className="h-full">
                <span
                  aria-hidden="true"
                  className="grid size-8 place-items-center rounded-full bg-brand-soft text-sm font-semibold text-brand-ink"
                >
                  {index + 1}
                </span>
                <h2 className="mt-4">{t(`steps.${step}.title`)}</h2>
                <p className="mt-1 text-sm text-fg-muted">{t(`steps.${step}.text`)}</p>
              </Card>
            </li>
          ))}
        </ol>
        <section className="max-w-2xl">
          <h2 className="text-xl">{t("held.title")}</h2>
          <p className="mt-2 text-fg-muted">{t("held.text")}</p>
        </section>
      </main>
    </div>
  );
}

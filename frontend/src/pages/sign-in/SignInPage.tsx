import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslations } from "use-intl";
import { loadConfig } from "@/shared/config/config";
import { PageTitle } from "@/shared/ui/PageTitle";
import { PublicPage } from "@/shared/ui/PublicPage";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { LocalPeople } from "./LocalPeople";

const ClerkSignIn = lazy(() =>
  import("@/shared/auth/clerk").then((clerk) => ({ default: clerk.ClerkSignIn })),
);

export function SignInPage({ next }: { next: string }) {
  const t = useTranslations("signIn");
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, meta: { keep: false } });
  return (
    <PublicPage>
      <PageTitle>{t("title")}</PageTitle>
      <QueryView query={config} skeleton={<SkeletonCards count={1} className="h-64" />}>
        {({ issuer, people }) =>
          issuer === "dev" ? (
            <LocalPeople people={people} next={next} />
          ) : (
            <Suspense fallback={<SkeletonCards count={1} className="h-64" />}>
              <ClerkSignIn next={next} />
            </Suspense>
          )
        }
      </QueryView>
    </PublicPage>
  );
}

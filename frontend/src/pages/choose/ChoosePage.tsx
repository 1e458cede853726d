import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { Bike, type LucideIcon, ShoppingBag, SlidersHorizontal } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { type Me, meQuery } from "@/entities/user";
import { useRememberPreferences } from "@/features/choose-role";
import { Button } from "@/shared/ui/Button";
import { PageTitle } from "@/shared/ui/PageTitle";
import { PublicPage } from "@/shared/ui/PublicPage";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";

type Face = "customer" | "runner" | "ops";

const FACES: Record<
  Face,
  { icon: LucideIcon; to: "/order" | "/run" | "/ops"; text: "customerText" | "runnerText" | "opsText" }
> = {
  customer: { icon: ShoppingBag, to: "/order", text: "customerText" },
  runner: { icon: Bike, to: "/run", text: "runnerText" },
  ops: { icon: SlidersHorizontal, to: "/ops", text: "opsText" },
};

function facesOf(me: Me): Face[] {
  const office = me.roles.some((role) => role === "operator" || role === "finance");
  const faces = (["customer", "runner"] as const).filter((face) => me.roles.includes(face));
  return office ? [...faces, "ops"] : faces;
}

export function ChoosePage() {
  const t = useTranslations("signIn");
  const me = useQuery(meQuery);
  return (
    <PublicPage>
      <PageTitle>{t("choose")}</PageTitle>
      <QueryView query={me} skeleton={<SkeletonCards count={2} className="h-24" />}>
        {(me) => <Choice me={me} />}
      </QueryView>
    </PublicPage>
  );
}

function Choice({ me }: { me: Me }) {
  const t = useTranslations("signIn");
  const navigate = useNavigate();
  const remember = useRememberPreferences();
  const faces = facesOf(me);
  const last = faces.find((face) => face === me.preferences.role);
  const [chosen, setChosen] = useState(last ?? faces[0]);
  if (!chosen) return <p>{t("none")}</p>;
  // There is nothing to choose.
  if (faces.length === 1) return <Navigate to={FACES[chosen].to} replace />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== "ops") remember({ role: chosen });
    void navigate({ to: FACES[chosen].to });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-4">
        <legend className="sr-only">{t("choose")}</legend>
        {faces.map((face) => (
          <FaceCard key={face} face={face} checked={face === chosen} onChange={() => setChosen(face)} />
        ))}
      </fieldset>
      <Button type="submit" wide>
        {t("go")}
      </Button>
    </form>
  );
}

function FaceCard({ face, checked, onChange }: { face: Face; checked: boolean; onChange: () => void }) {
  const t = useTranslations("signIn");
  const { icon: Icon, text } = FACES[face];
  return (
    <label
      data-role={face}
      className="flex cursor-pointer items-center gap-4 rounded-card border border-border-strong bg-surface p-5 has-checked:border-2 has-checked:border-brand has-checked:bg-brand-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
    >
      <input type="radio" name="face" className="sr-only" checked={checked} onChange={onChange} />
      <Icon aria-hidden="true" size={28} className="text-brand" />
      <span>
        <span className="block text-lg font-semibold">{t(face)}</span>
        <span className="text-fg-muted">{t(text)}</span>
      </span>
    </label>
  );
}

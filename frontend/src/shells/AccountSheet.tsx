import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useMe } from "@/entities/user";
import { useRememberPreferences } from "@/features/choose-role";
import { auth, usePerson } from "@/shared/auth/auth";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Sheet } from "@/shared/ui/Dialog";
import { LanguageChoice, ThemeChoice } from "./Choices";

const LINKS = {
  customer: [
    ["/profile", "profile"],
    ["/payment", "payment"],
  ],
  runner: [
    ["/profile", "profile"],
    ["/wallet", "wallet"],
  ],
} as const;

interface Props {
  face: "customer" | "runner";
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Who, what they want to do, how it looks, and the way out. */
export default function AccountSheet({ face, open, onOpenChange }: Props) {
  const t = useTranslations("app.account");
  const app = useTranslations("app");
  const me = useMe();
  const person = usePerson();
  const navigate = useNavigate();
  const remember = useRememberPreferences();
  const close = () => onOpenChange(false);
  const go = (role: "customer" | "runner") => {
    close();
    remember({ role });
    void navigate({ to: role === "customer" ? "/order" : "/run" });
  };
  const leave = async () => {
    close();
    await auth.signOut();
    await navigate({ to: "/" });
  };
  const office = me?.roles.some((role) => role === "operator" || role === "finance");
  const roles = (["customer", "runner"] as const).filter((role) => me?.roles.includes(role));
  return (
    <Sheet open={open} onOpenChange={onOpenChange} title={me?.name ?? person?.name ?? t("title")}>
      {(roles.length > 1 || office) && (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 text-sm font-medium text-fg-muted">{t("switch")}</legend>
          {roles.map((role) => (
            <Button key={role} kind="secondary" aria-pressed={role === face} onClick={() => go(role)}>
              {t(role)}
            </Button>
          ))}
          {office && (
            <Link to="/ops" onClick={close} className={buttonClass({ kind: "secondary" })}>
              {t("ops")}
            </Link>
          )}
        </fieldset>
      )}
      <ul className="flex flex-col">
        {LINKS[face].map(([to, name]) => (
          <li key={to}>
            <Link
              to={to}
              onClick={close}
              className="flex min-h-11 items-center font-medium hover:text-brand-ink"
            >
              {t(name)}
            </Link>
          </li>
        ))}
      </ul>
      <ThemeChoice />
      <LanguageChoice />
      <Button kind="secondary" onClick={() => void leave()}>
        {app("signOut")}
      </Button>
    </Sheet>
  );
}

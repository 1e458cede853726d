import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { signInLocally } from "@/shared/auth/local";
import { Button } from "@/shared/ui/Button";
import { Chip } from "@/shared/ui/Chip";
import { Field } from "@/shared/ui/Field";

/** Signing in by name. It says what it is, so that nobody takes it for a real one. */
export function LocalPeople({ people, next }: { people: string[]; next: string }) {
  const t = useTranslations("signIn");
  // What the platform's own people are there for; it may have others.
  const who = useTranslations("signIn.who");
  const app = useTranslations("app");
  const router = useRouter();
  const [other, setOther] = useState("");
  const signIn = useMutation({
    mutationFn: signInLocally,
    onSuccess: () => router.history.push(next),
  });
  const entering = signIn.isPending || signIn.isSuccess ? signIn.variables : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (other.trim()) signIn.mutate(other.trim());
  };
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col items-start gap-2">
        <Chip tone="warn">{app("local")}</Chip>
        <p className="text-fg-muted">{t("local")}</p>
      </div>
      {signIn.isError && (
        <p role="alert" className="text-bad">
          {t("failed")}
        </p>
      )}
      <ul className="grid grid-cols-2 gap-x-3 gap-y-4 md:grid-cols-3">
        {people.map((name) => (
          <li key={name} className="flex flex-col gap-1">
            <Button
              kind="secondary"
              wide
              aria-describedby={`who-${name}`}
              pending={entering === name && t("entering")}
              onClick={() => signIn.mutate(name)}
            >
              <span className="capitalize">{name}</span>
            </Button>
            <span id={`who-${name}`} className="text-center text-sm text-fg-muted">
              {who.has(name as "alice") && who(name as "alice")}
            </span>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="flex items-start gap-2">
        <div className="flex-1">
          <Field
            label={t("other")}
            hint={t("otherHint")}
            value={other}
            autoComplete="off"
            autoCapitalize="none"
            onChange={(event) => setOther(event.target.value)}
          />
        </div>
        <Button
          type="submit"
          className="mt-6.5"
          pending={entering !== undefined && entering === other.trim() && t("entering")}
        >
          {app("signIn")}
        </Button>
      </form>
    </div>
  );
}

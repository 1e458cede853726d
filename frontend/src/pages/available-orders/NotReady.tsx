import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Me } from "@/entities/user";
import { buttonClass } from "@/shared/ui/Button";

/** Why somebody can look but not take, and what they can do about it. */
export function NotReady({ me }: { me: Me }) {
  const t = useTranslations("runner.available");
  if (me.can_be_paid && !me.suspended) return null;
  return (
    <section className="flex flex-wrap items-center gap-3 rounded-card border border-warn bg-warn-soft p-4 text-warn">
      <CircleAlert aria-hidden="true" size={20} className="shrink-0" />
      <p className="min-w-48 flex-1 font-medium">{me.suspended ? t("suspended") : t("notPayable")}</p>
      {!me.suspended && (
        <Link to="/wallet" className={buttonClass({ kind: "secondary", size: "small" })}>
          {t("setUp")}
        </Link>
      )}
    </section>
  );
}

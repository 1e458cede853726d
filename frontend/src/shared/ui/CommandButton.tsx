import type { ComponentProps } from "react";
import { useTranslations } from "use-intl";
import { cn } from "@/shared/lib/cn";
import { useOffline } from "@/shared/stream/status";
import { Button } from "./Button";

/** A button of something that needs the platform: without a network it says so and does nothing. */
export function CommandButton({ disabled, wide, ...rest }: ComponentProps<typeof Button>) {
  const t = useTranslations("app");
  const offline = useOffline();
  return (
    <span className={cn("flex flex-col gap-1", wide && "w-full")}>
      <Button {...rest} wide={wide} disabled={offline || disabled} />
      {offline && <span className="text-sm text-fg-muted">{t("needsNetwork")}</span>}
    </span>
  );
}

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { cn } from "@/shared/lib/cn";
import type { DialogProps } from "./Dialog";

/** The library's part of a dialog: loaded beside the page. */
export default function Modal({
  open,
  onOpenChange,
  title,
  text,
  children,
  place,
}: DialogProps & { place: string }) {
  const t = useTranslations("app");
  // It has no trigger of its own: the focus goes back to where it came from.
  const [from] = useState(() => document.activeElement);
  const goBack = (event: Event) => {
    event.preventDefault();
    if (from instanceof HTMLElement) from.focus();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[rgb(10_16_28/55%)]" />
        <Radix.Content
          onCloseAutoFocus={goBack}
          className={cn(
            "enter fixed z-50 flex max-h-[90dvh] flex-col gap-4 overflow-y-auto border border-border bg-surface p-5 shadow-pop",
            place,
          )}
          {...(text ? {} : { "aria-describedby": undefined })}
        >
          <div className="flex items-start justify-between gap-4">
            <Radix.Title className="text-xl font-semibold">{title}</Radix.Title>
            <Radix.Close
              aria-label={t("close")}
              className="-mt-2 -mr-2 grid size-11 shrink-0 place-items-center rounded-control hover:bg-surface-2"
            >
              <X aria-hidden="true" size={20} />
            </Radix.Close>
          </div>
          {text && <Radix.Description className="text-fg-muted">{text}</Radix.Description>}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";

export const buttonClass = cva(
  "inline-flex items-center justify-center gap-2 rounded-control px-4 text-center font-medium no-underline transition-colors duration-120 disabled:cursor-not-allowed aria-disabled:cursor-not-allowed",
  {
    variants: {
      kind: {
        primary:
          "bg-brand text-brand-fg hover:bg-brand-hover disabled:bg-surface-2 disabled:text-fg-muted aria-disabled:bg-surface-2 aria-disabled:text-fg-muted",
        secondary:
          "border border-border-strong bg-surface text-fg hover:bg-surface-2 disabled:text-fg-subtle",
        quiet: "text-brand-ink hover:bg-surface-2 disabled:text-fg-subtle",
        danger: "border border-bad bg-surface text-bad hover:bg-bad-soft disabled:text-fg-subtle",
      },
      size: { small: "min-h-11 text-sm", normal: "min-h-12", large: "min-h-16 text-lg" },
      wide: { true: "w-full", false: "" },
    },
    defaultVariants: { kind: "primary", size: "normal", wide: false },
  },
);

type Props = ComponentProps<"button"> &
  VariantProps<typeof buttonClass> & {
    /** What it says while its command is on its way; it takes no second tap then. */
    pending?: ReactNode;
  };

export function Button({
  kind,
  size,
  wide,
  pending,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: Props) {
  const busy = pending !== undefined && pending !== false;
  return (
    <button
      type={type}
      className={buttonClass({ kind, size, wide, className })}
      // Not `disabled`: that would take the focus away from whoever pressed it.
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy ? pending : children}
    </button>
  );
}

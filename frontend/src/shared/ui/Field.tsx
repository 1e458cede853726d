import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/shared/lib/cn";

interface Around {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

const CONTROL =
  "w-full rounded-control border bg-surface px-3 text-base text-fg aria-invalid:border-bad disabled:bg-surface-2";

function useField({ hint, error }: Around, given?: string) {
  const own = useId();
  const id = given ?? own;
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return {
    id,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described || undefined,
  } as const;
}

function Labelled({ id, label, hint, error, children }: Around & { id: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {error && (
        <p id={`${id}-error`} className="text-sm text-bad">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-fg-subtle">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A text box with its label, its hint and what is wrong with it. */
export function Field({ label, hint, error, className, id, ...rest }: Around & ComponentProps<"input">) {
  const field = useField({ label, hint, error }, id);
  return (
    <Labelled id={field.id} label={label} hint={hint} error={error}>
      <input {...rest} {...field} className={cn(CONTROL, "min-h-12 border-border-strong", className)} />
    </Labelled>
  );
}

export function TextArea({
  label,
  hint,
  error,
  className,
  id,
  ...rest
}: Around & ComponentProps<"textarea">) {
  const field = useField({ label, hint, error }, id);
  return (
    <Labelled id={field.id} label={label} hint={hint} error={error}>
      <textarea
        rows={2}
        {...rest}
        {...field}
        className={cn(CONTROL, "border-border-strong py-2.5", className)}
      />
    </Labelled>
  );
}

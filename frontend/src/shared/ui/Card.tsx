import type { ComponentProps } from "react";
import { cn } from "@/shared/lib/cn";

export function Card({ className, ...rest }: ComponentProps<"section">) {
  return (
    <section
      className={cn("rounded-card border border-border bg-surface p-4 shadow-card md:p-5", className)}
      {...rest}
    />
  );
}

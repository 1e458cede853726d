import { useFormContext } from "react-hook-form";
import { useTranslations } from "use-intl";
import { FIELD_ERRORS, type FieldError } from "./schema";
import type { Draft } from "./shape";

/** What is wrong with a field, in words. */
export function useFieldError(): (name: FieldName) => string | undefined {
  const t = useTranslations("placeOrder.error");
  const { getFieldState, formState } = useFormContext<Draft>();
  return (name) => {
    const message = getFieldState(name, formState).error?.message;
    if (message === undefined) return undefined;
    // What the server says of a field is a sentence already.
    return FIELD_ERRORS.some((error) => error === message) ? t(message as FieldError) : message;
  };
}
type FieldName = Parameters<ReturnType<typeof useFormContext<Draft>>["getFieldState"]>[0];

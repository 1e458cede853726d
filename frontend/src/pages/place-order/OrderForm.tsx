import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { useTranslations } from "use-intl";
import type { z } from "zod/mini";
import { type Vendor, vendorsQuery } from "@/entities/vendor";
import {
  basketOf,
  DeliverToFields,
  type Draft,
  ErrandFields,
  Filled,
  fieldOf,
  keepDraft,
  MenuFields,
  useQuote,
} from "@/features/place-order";
import { Problem } from "@/shared/api/problem";
import { Tabs } from "@/shared/ui/Tabs";
import { PriceChanged } from "./PriceChanged";
import { Summary } from "./Summary";
import { useSubmit } from "./use-submit";

interface Props {
  begun: Draft;
  vendors: Vendor[];
  personId: string;
}

/** From a price list or from anywhere. The price is the server's, and what was typed survives a reload. */
export function OrderForm({ begun, vendors: first, personId }: Props) {
  const t = useTranslations("placeOrder");
  const form = useForm<Draft>({
    defaultValues: begun,
    // The form has both kinds of order, of which only the chosen one is looked at.
    resolver: standardSchemaResolver(Filled as unknown as z.ZodMiniType<Draft, Draft>),
    mode: "onTouched",
    // A store and its items are no fields that it knows: see focusFirstWrong.
    shouldFocusError: false,
  });
  const { setError } = form;
  const element = useRef<HTMLFormElement>(null);
  // Once it stands there what is wrong.
  const focusFirstWrong = () =>
    setTimeout(() =>
      element.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-invalid]")?.focus(),
    );
  const values = useWatch({ control: form.control }) as Draft;
  const quote = useQuote(basketOf(values));
  const { submit, place, asking, changed, setChanged } = useSubmit(form, quote, personId);
  const vendors = useQuery({ ...vendorsQuery, refetchInterval: 30_000 }).data?.vendors ?? first;

  useEffect(() => {
    void keepDraft(personId, values);
  }, [personId, values]);

  useEffect(() => {
    const problem = quote.error && Problem.from(quote.error);
    const field = fieldOf(problem?.pointer);
    if (problem && field) setError(field, { message: problem.message });
  }, [quote.error, setError]);

  return (
    <FormProvider {...form}>
      <form
        ref={element}
        onSubmit={form.handleSubmit(() => submit(), focusFirstWrong)}
        noValidate
        className="grid gap-6 lg:grid-cols-[1fr_20rem] lg:items-start"
      >
        <div className="flex min-w-0 flex-col gap-4 md:gap-6">
          {vendors.length === 0 ? (
            <ErrandFields />
          ) : (
            <Tabs
              label={t("tabs.label")}
              value={values.mode}
              onChange={(mode) => form.setValue("mode", mode as Draft["mode"], { shouldDirty: true })}
              tabs={[
                {
                  value: "menu",
                  label: t("tabs.menu"),
                  content: <Part of={<MenuFields vendors={vendors} />} />,
                },
                { value: "errand", label: t("tabs.errand"), content: <Part of={<ErrandFields />} /> },
              ]}
            />
          )}
          <DeliverToFields />
        </div>
        <Summary
          quote={quote}
          pending={place.waiting || (asking && t("asking"))}
          error={place.error ?? quote.error}
        />
      </form>
      <PriceChanged
        changed={changed}
        pending={place.waiting}
        onAgree={() => void submit(true)}
        onClose={() => setChanged(undefined)}
      />
    </FormProvider>
  );
}

const Part = ({ of }: { of: React.ReactNode }) => <div className="flex flex-col gap-4 md:gap-6">{of}</div>;

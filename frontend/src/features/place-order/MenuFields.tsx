import { useQuery } from "@tanstack/react-query";
import { useFormContext, useWatch } from "react-hook-form";
import { useTranslations } from "use-intl";
import { type Menu, menuQuery, type Vendor } from "@/entities/vendor";
import { Card } from "@/shared/ui/Card";
import { Chip } from "@/shared/ui/Chip";
import { QueryView } from "@/shared/ui/QueryView";
import { SkeletonCards } from "@/shared/ui/Skeleton";
import { PickRow } from "./PickRow";
import type { Draft } from "./shape";
import { useFieldError } from "./use-field-error";

/** Which store, and what from its price list. Prices are the list's. */
export function MenuFields({ vendors }: { vendors: Vendor[] }) {
  const t = useTranslations("placeOrder");
  const { control, setValue, getValues } = useFormContext<Draft>();
  const chosen = useWatch({ control, name: "vendor_id" });
  const error = useFieldError();
  const choose = (id: string) => {
    if (id === getValues("vendor_id")) return;
    setValue("vendor_id", id, { shouldDirty: true, shouldValidate: true });
    setValue("picks", []);
  };
  // Whoever takes orders now comes first.
  const sorted = [...vendors].sort((one, other) => Number(other.open) - Number(one.open));
  return (
    <>
      <Card aria-labelledby="vendors">
        <h2 id="vendors">{t("pickOne")}</h2>
        <fieldset className="mt-3 grid gap-2 md:grid-cols-2" aria-describedby="vendor-error">
          <legend className="sr-only">{t("pickOne")}</legend>
          {sorted.map((vendor) => (
            <label
              key={vendor.vendor_id}
              className="flex min-h-14 cursor-pointer items-center justify-between gap-3 rounded-control border border-border-strong px-3 py-2 has-checked:border-2 has-checked:border-brand has-checked:bg-brand-soft has-disabled:cursor-not-allowed has-disabled:bg-surface-2 has-disabled:text-fg-muted has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
            >
              <input
                type="radio"
                name="vendor"
                className="sr-only"
                data-invalid={error("vendor_id") ? "" : undefined}
                disabled={!vendor.open}
                checked={vendor.vendor_id === chosen}
                onChange={() => choose(vendor.vendor_id)}
              />
              <span>
                <span className="block font-medium">{vendor.store.name}</span>
                <span className="text-sm text-fg-muted">{vendor.store.location}</span>
              </span>
              {!vendor.open && <Chip>{t("closedNow")}</Chip>}
            </label>
          ))}
        </fieldset>
        {error("vendor_id") && (
          <p id="vendor-error" className="mt-2 text-sm text-bad">
            {error("vendor_id")}
          </p>
        )}
      </Card>
      {chosen && <Picks vendorId={chosen} />}
    </>
  );
}

function Picks({ vendorId }: { vendorId: string }) {
  const t = useTranslations("placeOrder");
  const menu = useQuery(menuQuery(vendorId));
  const error = useFieldError();
  return (
    <Card aria-labelledby="menu" tabIndex={-1} data-invalid={error("picks") ? "" : undefined}>
      <h2 id="menu">{t("pickItems")}</h2>
      <QueryView query={menu} skeleton={<SkeletonCards count={3} className="h-14" />}>
        {(menu) => <MenuList menu={menu} />}
      </QueryView>
      {error("picks") && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {error("picks")}
        </p>
      )}
    </Card>
  );
}

function MenuList({ menu }: { menu: Menu }) {
  const t = useTranslations("placeOrder");
  const { control, setValue } = useFormContext<Draft>();
  const picks = useWatch({ control, name: "picks" });
  const set = (item_id: string, quantity: number) => {
    const others = picks.filter((pick) => pick.item_id !== item_id);
    const next = quantity > 0 ? [...others, { item_id, quantity }] : others;
    setValue("picks", next, { shouldDirty: true, shouldValidate: true });
  };
  const quantityOf = (id: string) => picks.find(({ item_id }) => item_id === id)?.quantity ?? 0;
  const gone = picks.filter(({ item_id }) => !menu.items.some((item) => item.item_id === item_id));
  if (menu.items.length === 0 && gone.length === 0) return <p className="mt-3">{t("noItems")}</p>;
  return (
    <ul className="mt-2 flex flex-col divide-y divide-border">
      {menu.items.map((item) => (
        <PickRow
          key={item.item_id}
          name={item.name}
          price={{ cents: item.price_cents, currency: menu.currency }}
          trouble={item.available ? undefined : t("soldOut")}
          quantity={quantityOf(item.item_id)}
          onChange={(quantity) => set(item.item_id, quantity)}
        />
      ))}
      {gone.map((pick) => (
        <PickRow
          key={pick.item_id}
          name={pick.item_id}
          trouble={t("goneFromMenu")}
          quantity={pick.quantity}
          onChange={(quantity) => set(pick.item_id, quantity)}
        />
      ))}
    </ul>
  );
}

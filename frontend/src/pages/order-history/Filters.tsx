import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { serverNow } from "@/shared/lib/clock";
import { lastMonths, monthName } from "@/shared/lib/time";
import { Button } from "@/shared/ui/Button";
import { Field } from "@/shared/ui/Field";
import { Select } from "@/shared/ui/Select";
import { type HistorySearch, STATUSES } from "./search";

const PAUSE_MS = 300;
const MONTHS = 12;

function useSet(search: HistorySearch) {
  const navigate = useNavigate();
  return (change: { [key in keyof HistorySearch]: HistorySearch[key] | undefined }) => {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined);
    void navigate({ to: "/orders", search: Object.fromEntries(next) as HistorySearch, replace: true });
  };
}

/** What one looks for. It is in the address, so that it survives a reload and can be sent to somebody. */
export function Filters({ search }: { search: HistorySearch }) {
  const t = useTranslations("customer.orders");
  const order = useTranslations("order.step");
  const set = useSet(search);
  return (
    <search className="flex flex-col gap-3">
      <SearchField q={search.q ?? ""} onChange={(q) => set({ q: q || undefined })} />
      <fieldset className="flex flex-wrap gap-2 max-md:gap-1">
        <legend className="sr-only">{t("status")}</legend>
        {STATUSES.map((status) => {
          const on = search.status === status;
          return (
            <Button
              key={status}
              kind={on ? "primary" : "secondary"}
              size="small"
              className="rounded-full max-md:!px-2"
              aria-pressed={on}
              onClick={() => set({ status: on ? undefined : status })}
            >
              {order(status)}
            </Button>
          );
        })}
      </fieldset>
    </search>
  );
}

/** Of which month. */
export function MonthFilter({ search }: { search: HistorySearch }) {
  const t = useTranslations("customer.orders");
  const locale = useLocale();
  const set = useSet(search);
  const months = lastMonths(MONTHS, serverNow());
  const month = search.month ?? "";
  const listed = month === "" || months.includes(month) ? months : [...months, month];
  return (
    <Select
      label={t("month")}
      value={month}
      options={[
        { value: "", label: t("anyMonth") },
        ...listed.map((value) => ({ value, label: monthName(value, locale) })),
      ]}
      onChange={(value) => set({ month: value || undefined })}
    />
  );
}

/** What is typed is looked for a moment later; an address that changes otherwise shows in it. */
function SearchField({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const t = useTranslations("customer.orders");
  const [text, setText] = useState(q);
  const [from, setFrom] = useState(q);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (from !== q) {
    setFrom(q);
    if (text.trim() !== q) setText(q);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), PAUSE_MS);
  };
  return (
    <div className="relative">
      <Search aria-hidden="true" size={20} className="absolute bottom-3.5 left-3 text-fg-subtle" />
      <Field
        type="search"
        className="pl-10"
        label={t("search")}
        placeholder={t("searchHint")}
        maxLength={100}
        autoComplete="off"
        value={text}
        onChange={(event) => type(event.target.value)}
      />
    </div>
  );
}

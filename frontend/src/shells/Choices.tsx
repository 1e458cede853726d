import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { useRememberPreferences } from "@/features/choose-role";
import type { Language } from "@/shared/intl";
import { chooseLanguage } from "@/shared/intl/language";
import { chooseTheme, knownTheme, THEMES } from "@/shared/lib/theme";

interface Props<T extends string> {
  legend: string;
  name: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}

function Choice<T extends string>({ legend, name, value, options, onChange }: Props<T>) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-sm font-medium text-fg-muted">{legend}</legend>
      <div className="flex gap-1 rounded-control bg-surface-2 p-1">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className="grid min-h-11 flex-1 cursor-pointer place-items-center rounded-lg px-2 text-center text-sm font-medium text-fg-muted has-checked:bg-surface has-checked:text-fg has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-brand"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function ThemeChoice() {
  const t = useTranslations("app.account");
  const [theme, setTheme] = useState(knownTheme);
  return (
    <Choice
      legend={t("theme")}
      name="theme"
      value={theme}
      options={THEMES.map((value) => ({ value, label: t(value) }))}
      onChange={(next) => {
        chooseTheme(next);
        setTheme(next);
      }}
    />
  );
}

const LANGUAGES = [
  { value: "en", label: "English", lang: "en" },
  { value: "zh", label: "简体中文", lang: "zh-Hans" },
] as const;

export function LanguageChoice() {
  const t = useTranslations("app.account");
  const language = useLocale();
  const remember = useRememberPreferences();
  const choose = (next: Language) => {
    void chooseLanguage(next);
    remember({ language: next });
  };
  return (
    <Choice legend={t("language")} name="language" value={language} options={LANGUAGES} onChange={choose} />
  );
}

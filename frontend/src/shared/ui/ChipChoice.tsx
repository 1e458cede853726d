import { useId } from "react";

interface Props<T extends string | number> {
  /** For whoever does not see it; what is seen stands above. */
  legend: string;
  name: string;
  value: T | undefined;
  options: { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** A few amounts side by side, one of which is chosen. */
export function ChipChoice<T extends string | number>({ legend, name, value, options, onChange }: Props<T>) {
  const own = useId();
  return (
    <fieldset className="flex min-w-0 gap-2">
      <legend className="sr-only">{legend}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="grid min-h-12 flex-auto basis-8 cursor-pointer place-items-center rounded-control border border-border-strong px-1.5 text-center font-medium has-checked:border-2 has-checked:border-brand has-checked:bg-brand-soft has-checked:text-brand-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand"
        >
          <input
            type="radio"
            name={`${name}${own}`}
            className="sr-only"
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

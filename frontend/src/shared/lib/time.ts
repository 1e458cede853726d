import { CAMPUS_TIME_ZONE } from "@/shared/config/campus";

/** `12:14`, or with the date if it is another day than `now`; on the campus, wherever the device is. */
export function clockTime(at: string, locale: string, now: number): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: CAMPUS_TIME_ZONE,
  };
  if (campusDay(at) !== campusDay(now)) Object.assign(options, { day: "numeric", month: "short" });
  return new Intl.DateTimeFormat(locale, options).format(new Date(at));
}

/** `2026-11-22`, the campus's date of a moment. */
export function campusDay(at: number | string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: CAMPUS_TIME_ZONE }).format(new Date(at));
}

/** `14 Oct 2026`. */
export function date(at: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: CAMPUS_TIME_ZONE }).format(
    new Date(at),
  );
}

/** `27:10`, or `1:58:03` from an hour on; `0:00` once it is over. */
export function countdown(untilMs: number): string {
  const seconds = Math.max(0, Math.ceil(untilMs / 1_000));
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `October 2026`, of `2026-10`. */
export function monthName(month: string, locale: string): string {
  const options = { month: "long", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, options).format(new Date(`${month}-15T00:00:00Z`));
}

/** The last months, this one first: `["2026-10", "2026-09", …]`. */
export function lastMonths(count: number, now: number): string[] {
  const [year = 0, month = 0] = campusDay(now).split("-").map(Number);
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(year, month - 1 - back, 15)).toISOString().slice(0, 7),
  );
}

/** `Sun 22`: a campus's date where there is little room. */
export function dayName(day: string, locale: string): string {
  // Noon in Greenwich is the same date on the campus.
  return new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", timeZone: "UTC" }).format(
    new Date(`${day}T12:00:00Z`),
  );
}

/** `Oct 26`, of `2026-10`: a month where there is little room. */
export function monthShort(month: string, locale: string): string {
  const options = { month: "short", year: "2-digit", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, options).format(new Date(`${month}-15T00:00:00Z`));
}

/** `26 Oct`, of `2026-10-26`. */
export function dayMonth(day: string, locale: string): string {
  const options = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, options).format(new Date(`${day}T12:00:00Z`));
}

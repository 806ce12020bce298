// In which words does a page say it?  The catalogue of the page's language, fetched once; `say(key, {name: value})`
// fills in values.  Text only ever goes into text nodes and attributes, never into markup.

export const language = document.documentElement.lang;
const locale = language === "uk" ? "uk-UA" : "en-GB";
const known = await (await fetch(`/api/v1/words/${language}`)).json();

/** Say a message; a key that is unknown says itself, so that it is seen. */
export function say(key, values = {}) {
  const text = known[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const formats = {};  // making one takes longer than using it

/** A number to so many significant digits, as the language writes it. */
export function number(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  formats[digits] ??= new Intl.NumberFormat(locale, { maximumSignificantDigits: digits });
  return formats[digits].format(value);
}

/** A time, in UTC and said so. */
export function moment(iso) {
  if (!iso) return "–";
  const time = new Date(iso);
  const text = new Intl.DateTimeFormat(locale, {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC",
  }).format(time);
  return `${text} UTC`;
}

/** How long ago, in the largest whole unit. */
export function ago(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const said = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, length] of [["year", 31557600], ["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= length) return said.format(Math.trunc(seconds / length), unit);
  }
  return said.format(Math.trunc(seconds), "second");
}

// When is that?  Hours since the release began, said in UTC and in Kyiv time.

import { language, number, say } from "./words.js";

const locale = language === "uk" ? "uk-UA" : "en-GB";
const short = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false };
const inUtc = new Intl.DateTimeFormat(locale, { ...short, timeZone: "UTC" });
const inKyiv = new Intl.DateTimeFormat(locale, { ...short, timeZone: kyivZone() });

function kyivZone() {
  try {
    new Intl.DateTimeFormat("en", { timeZone: "Europe/Kyiv" });
    return "Europe/Kyiv";
  } catch {
    return "Europe/Kiev";  // older browsers know it by this name only
  }
}

/** A moment `hours` after the ISO time `start`. */
export const after = (start, hours) => new Date(new Date(start).getTime() + hours * 3600e3);

/** A moment in UTC, said so. */
export const utc = (time) => `${inUtc.format(new Date(time))} UTC`;

/** A moment in Kyiv. */
export const kyiv = (time) => inKyiv.format(new Date(time));

/** How long from now, where now is near; else which hour of the release. */
export function left(start, hours, now) {
  const from = (after(start, hours).getTime() - new Date(now).getTime()) / 3600e3;
  if (Math.abs(from) > 120) return say("event.hour-after", { h: number(hours, 2) });
  return from >= 0 ? say("event.in-hours", { h: number(Math.max(from, 0), 2) }) : say("event.hours-ago", { h: number(-from, 2) });
}

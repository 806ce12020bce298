// What stands on the situation map, and how is a reading said?

import { printable } from "./strangers.js";
import { ago, language, moment, number, say } from "./words.js";

const STEPS = [[1e-6, 1e9, "nSv/h", "нЗв/год"], [1e-3, 1e6, "µSv/h", "мкЗв/год"], [1, 1e3, "mSv/h", "мЗв/год"], [Infinity, 1, "Sv/h", "Зв/год"]];

/** A dose rate [Sv/s] in the unit that people read. */
export function rate(perSecond) {
  const hourly = perSecond * 3600;
  const [, factor, en, uk] = STEPS.find(([below]) => Math.abs(hourly) < below);
  return `${number(hourly * factor)} ${language === "uk" ? uk : en}`;
}

/** Whether a reading is older than the server says a reading may be. */
export function isOld(reading, now) {
  return (Date.parse(now.at) - Date.parse(reading.time)) / 1000 > now.readings.old_after_s;
}

export function readingPoint(r, now) {
  const kind = r.doubts.length ? "suspect" : isOld(r, now) ? "old" : "reading";
  const notes = [...r.doubts.map((d) => say(`situation.doubt-${d}`)), isOld(r, now) ? say("situation.old") : null];
  return { latitude: r.latitude, longitude: r.longitude, label: printable(r.station), kind,
    text: [rate(r.rate_sv_per_s), `${moment(r.time)} (${ago(r.time)})`, ...notes].filter(Boolean).join("; ") };
}

export function incidentPoint(i) {
  return { latitude: i.latitude, longitude: i.longitude, label: printable(i.text.slice(0, 120)), kind: "incident",
    text: [happened(i), printable(i.place), i.uncertainty ? `± ${number(i.uncertainty / 1000)} ${say("map.km")}` : null, printable(i.who)].filter(Boolean).join("; ") };
}

/** When an incident was, as exactly as it is known and no more exactly. */
export function happened(i) {
  if (!i.first) return say("situation.when-unknown");
  const one = (text) => (text.includes("T") ? moment(text) : text);
  return i.last && i.last !== i.first ? `${one(i.first)} – ${one(i.last)}` : one(i.first);
}

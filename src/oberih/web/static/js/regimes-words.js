// How is a state shown, so that it is read at a glance and not by its colour alone?  A word, a sign and a shape.

import { make } from "./dom.js";
import { language, say } from "./words.js";

export const SIGNS = { holds: "●", unknown: "?", "at-risk": "▲", compromised: "✖", contested: "⚑", none: "○" };

/** A word that the terminal uses too. */
export const word = (key) => say(`regimes.word-${key.replaceAll(" ", "-")}`);

/** A word of a list (force, channel, role …), or itself where the catalogue has none. */
export function listed(list, value) {
  const key = `regimes.${list}-${String(value).replaceAll(" ", "-")}`;
  const text = say(key);
  return text === key ? String(value) : text;
}

/** A state as a badge; null is "does not apply". */
export function badge(status, { verified = true } = {}) {
  if (status === null) return make("span", { class: "state none" }, `${SIGNS.none} ${word("does not apply")}`);
  return make("span", { class: `state ${status}` }, make("span", { "aria-hidden": "true" }, `${SIGNS[status]} `), word(status), verified ? null : " †");
}

export function contested(by) {
  return make("span", { class: "state contested" }, make("span", { "aria-hidden": "true" }, `${SIGNS.contested} `), `${word("contested by")} ${by.join(", ")}`);
}

/** What a rule says, which stands in English whatever the page's language is. */
export const english = (text, tag = "span") => make(tag, { lang: language === "en" ? null : "en" }, text);

/** The query of an address with some of it changed; null takes a part away. */
export function changed(query, changes) {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return `?${next}`;
}

/** The parts of a query that say for which day things are judged, for the API. */
export function dayOf(query) {
  const asked = new URLSearchParams({ lang: language });
  for (const name of ["as_of", "known_by"]) if (query.get(name)) asked.set(name, query.get(name));
  return asked;
}

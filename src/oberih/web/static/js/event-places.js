// What to do where?  The settlements, most urgent first, each with what is advised and what it rests on.

import { make, fill, table } from "./dom.js";
import { language, number, say } from "./words.js";
import { after, kyiv, left, utc } from "./event-hours.js";

const WAYS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];
const FIRST = 30;

/** A direction in words. */
export const way = (azimuth) => say(`designer.compass-${WAYS[Math.round(azimuth / 22.5) % 16]}`);

/** The name of a place in the page's language. */
export const nameOf = (place) => (language === "uk" ? place.name_uk : place.name);

const LEAST = 0.001;

/** A dose in a table [mSv]: what nobody could measure is said as that. */
const dose = (value) => (value > 0 && value < LEAST ? say("event.less-than", { least: number(LEAST) }) : number(value, 2));

const second = (text) => make("span", { class: "second" }, text);

/** The lines of what to do at a place, in words. */
export function advice(place, event) {
  const time = (hour) => utc(after(event.start, hour));
  const lines = place.advice.map(({ key, hour }) => {
    const timed = hour !== null && hour !== undefined;
    const what = place.perhaps.map((a) => say(`event.action-${a}`)).join(", ");
    const bare = ["iodine", "leave-before", "shelter"].includes(key) && !timed;
    return say(`event.advice-${key}${bare ? "-untimed" : ""}`, { time: timed ? time(hour) : "", what });
  });
  const vain = place.needed.filter((n) => !n.worth_it).map((n) => say("event.not-worth", {
    action: say(`event.action-${n.action}`), averted: number(n.averted_mSv, 2), level: number(n.level_mSv, 2) }));
  return [...lines, ...vain];
}

/** Whether anything is worth telling of the thyroid. */
const thyroidTold = (event) => event.places.some((p) => p.thyroid_mSv !== null && p.thyroid_mSv >= 0.1);

function cells(place, event, question, open) {
  const name = event.clock ? make("button", { type: "button", class: "place-name", onclick: () => open(place) }, nameOf(place))
    : make("strong", {}, nameOf(place));
  const people = place.people === null ? say("event.people-unknown") : say("event.people-said", { n: number(place.people) });
  const where = say("event.where-said", { km: number(place.distance_m / 1000), way: way(place.azimuth_deg) });
  const at = place.comes_h === null ? null : after(event.start, place.comes_h);
  const comes = () => (at === null ? "–" : make("span", {}, utc(at), second(say("event.comes-second", {
    left: left(event.start, place.comes_h, event.now), kyiv: kyiv(at) }))));
  const row = [
    make("span", {}, name, second(where), second(people)),
    ...(event.clock ? [comes()] : []),
    make("ul", {}, advice(place, event).map((line) => make("li", {}, line))),
    make("span", {}, dose(place.outdoors_mSv), second(say("event.range-said", { low: dose(place.low_mSv), high: dose(place.high_mSv) }))),
    dose(place.sheltered_mSv),
  ];
  if (thyroidTold(event)) row.push(make("span", {}, dose(place.thyroid_mSv), second(dose(place.thyroid_tablet_mSv))));
  if (event.clock && question.evacuate_at !== null) row.push(dose(place.evacuated_mSv));
  row.push(dose(place.averted_mSv));
  return row;
}

/** Give each cell the name of its column: on a phone a row is a card; roles keep it a table for those who listen. */
function labelled(scrolls, heads) {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader", td: "cell" };
  for (const [tag, role] of Object.entries(roles)) scrolls.querySelectorAll(tag).forEach((e) => e.setAttribute("role", role));
  scrolls.querySelectorAll("tbody tr").forEach((row) => [...row.cells].forEach((c, i) => { c.dataset.label = heads[i]; }));
  return scrolls;
}

/** Show the settlements; `open(place)` is called for the one chosen. */
export function showPlaces(element, event, question, open, all = false) {
  const title = make("h2", {}, say("event.places"));
  if (!event.places.length) return fill(element, title, make("p", {}, say("event.no-places")));
  const timed = event.clock;
  const heads = ["place", timed && "comes", "todo", "outdoors", timed ? "sheltered" : "sheltered-throughout"].filter(Boolean)
    .map((h) => say(`event.${h}`));
  if (thyroidTold(event)) heads.push(say("event.thyroid"));
  if (timed && question.evacuate_at !== null) heads.push(say("event.evacuated", { hour: number(question.evacuate_at) }));
  heads.push(say("event.averted"));
  const shown = all ? event.places : event.places.slice(0, FIRST);
  const more = shown.length < event.places.length && make("button", { type: "button",
    onclick: () => { showPlaces(element, event, question, open, true); } }, say("event.show-all", { n: event.places.length }));
  const whole = labelled(table({ caption: say("event.places"), heads, numeric: heads.map((_, i) => i).slice(timed ? 3 : 2),
    rows: shown.map((p) => cells(p, event, question, open)) }), heads);
  return fill(element, title, make("p", { class: "faint help" }, say(timed ? "event.places-help" : "event.places-help-ready")), whole, more,
    event.left_out ? make("p", { class: "faint" }, say("event.left-out", { n: event.left_out })) : null);
}

// What did the server answer?  Draws one answer into the page: the sentence, the rose, the tables, the notes.

import { draw, fill, make, table } from "./dom.js";
import { band, brief, dose, doseUnit, extent, headline, km, people, percent, pointName, reachBand, reachText, roseSectors, stretch, titleOf, zoneKey } from "./designer-figures.js";
import { legible, points16, rose } from "./designer-rose.js";
import { COMPASS } from "./designer-question.js";
import { styleOf } from "./palette.js";
import { moment, number, say } from "./words.js";

const by = (id) => document.getElementById(id);
const FEW = 12;
let every = false;  // whether all places are shown

const names = () => COMPASS.map(pointName);
const dagger = (verified) => (verified ? "" : " †");

/** Draw an answer; `kept` is the answer to compare with, or null. */
export function show(answer, kept) {
  by("headline").textContent = headline(answer) + dagger(answer.verified);
  fill(by("brief"), make("strong", {}, brief(answer)), " ", make("span", { class: `detail ${answer.detail}` }, say(`designer.detail-${answer.detail}`)));
  showRose(answer, kept);
  showReaches(answer);
  showPeople(answer);
  showPlaces(answer);
  showSource(answer);
  showNotes(answer);
}

/** Which answer is shown: draft or full, of how many starts, how quickly. */
export function basis(answer, took, doing) {
  const { counted, full, stride_h: stride } = answer.starts, kind = answer.detail;
  fill(by("basis"),
    make("span", { class: `detail ${kind}` }, say(`designer.detail-${kind}`)),
    make("span", {}, say(`designer.basis-${kind}`, { counted: people(counted), full: people(full), stride })),
    make("span", { id: "took" }, say("designer.took", { ms: number(Math.round(took), 4) })),
    make("span", { id: "doing" }, doing ?? ""));
}

function showRose(answer, kept) {
  const sectors = roseSectors(answer), colour = legible(styleOf(zoneKey(answer.drawn)).colour), { far, point } = extent(answer);
  const percentile = number(answer.percentile, 3);
  const title = far > 0 ? say("designer.rose-title", { where: pointName(point), km: km(far) }) : say("designer.rose-empty");
  const told = (s) => `${number(s.azimuth, 3)}°: ${km(s.high_percentile)} (${band(s.low, s.high)}); ${say("designer.rose-drawn")}: ${km(s.drawn)}`;
  const open = by("rose-table")?.open ?? false;
  const rows = points16(sectors).map((p) => [pointName(COMPASS[p.point]), km(p.median), km(p.distance), band(p.low, p.high), km(p.drawn)]);
  const heads = [say("designer.direction"), say("designer.median"), say("designer.at-percentile", { percentile }), say("designer.band"), say("designer.drawn")];
  fill(by("rose"),
    make("h2", { id: "rose-title" }, say("designer.rose")),
    far > 0 || kept ? rose({ sectors, kept: kept ? roseSectors(kept) : null, colour, names: names(), title, told }) : null,
    far > 0 ? legend(colour, percentile, kept) : make("p", {}, say("designer.rose-empty")),
    make("p", { class: "faint small" }, say("designer.rose-note")),
    make("details", { id: "rose-table", open }, make("summary", {}, say("designer.rose-table")),
      table({ caption: say("designer.rose-table"), heads, rows, numeric: [1, 2, 3, 4] }),
      make("p", { class: "faint small" }, say("designer.rose-table-note"))));
}

function legend(colour, percentile, kept) {
  const swatch = (attributes) => draw("svg", { width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("rect", { x: 1, y: 1, width: 28, height: 10, ...attributes }));
  const stroke = (attributes) => draw("svg", { width: 30, height: 12, viewBox: "0 0 30 12", "aria-hidden": "true" }, draw("path", { d: "M0 6h30", fill: "none", "stroke-width": 2.4, ...attributes }));
  const items = [
    [stroke({ stroke: colour, "stroke-dasharray": "7 3" }), "rose-drawn"], [stroke({ stroke: "#35456c" }), "rose-percentile"],
    [swatch({ fill: "#35456c", "fill-opacity": 0.24 }), "rose-band"], [swatch({ fill: "#35456c", "fill-opacity": 0.55 }), "rose-median"],
    kept ? [stroke({ stroke: "#1a1a1a", "stroke-dasharray": "2 3" }), "rose-kept"] : null,
  ].filter(Boolean);
  return make("ul", { class: "rose-legend" }, items.map(([icon, key]) => make("li", {}, icon, say(`designer.${key}`, { percentile }))));
}

function rows(section, key, heads, body, caption, note) {
  fill(by(section), make("h2", { id: `${section}-title` }, say(`designer.${key}`)),
    make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": caption }, make("table", {}, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, heads.map(([text, numeric]) => make("th", { scope: "col", class: numeric ? "number" : null }, text)))),
      make("tbody", {}, body))), note ?? null);
}

const num = (text) => make("td", { class: "number" }, text ?? "–");

function showReaches(answer) {
  const percentile = number(answer.percentile, 3);
  const heads = [[say("designer.action-column")], [say("designer.level"), 1], [say("designer.at-percentile", { percentile }), 1], [say("designer.band"), 1],
    [say("designer.median"), 1], [say("designer.people-column"), 1], [say("designer.share-column"), 1]];
  const body = answer.reaches.map((r) => {
    const drawn = r.criterion === answer.drawn.criterion;
    return make("tr", { class: drawn ? "drawn" : null },
      make("th", { scope: "row" }, r.title, dagger(r.verified), drawn ? make("span", { class: "mark" }, say("designer.on-map")) : null),
      num(`${number(r.level * 1000, 3)} ${doseUnit(r.unit)}`), num(reachText(r)), num(reachBand(r)),
      num(r.median_m > 0 ? km(r.median_m) : say("designer.nowhere")), num(r.people === null ? "–" : people(r.people)), num(percent(r.share)));
  });
  rows("reaches", "reaches", heads, body, say("designer.reaches-caption", { percentile }));
}

function showPeople(answer) {
  const p = answer.people, title = make("h2", { id: "people-title" }, say("designer.people"));
  if (!p) return void fill(by("people"), title, make("p", {}, say("designer.people-uncounted")));
  const inside = answer.places.filter((one) => one.inside).sort((a, b) => (b.population ?? 0) - (a.population ?? 0));
  const key = p.total === 0 && !p.settlements ? "people-none" : p.method === "raster" ? "people-raster" : "people-total";
  fill(by("people"), title,
    make("p", {}, make("strong", {}, say(`designer.${key}`, { total: people(p.total), places: p.settlements })), " ", say(`designer.people-method-${p.method}`),
      p.unknown ? ` ${say("designer.people-unknown", { n: p.unknown })}` : ""),
    inside.length ? make("p", {}, inside.map((one) => `${one.name} ${one.population === null ? "?" : people(one.population)}`).join(", ")) : null);
}

function showPlaces(answer) {
  const percentile = number(answer.percentile, 3), unit = doseUnit(answer.drawn.unit);
  if (!answer.places.length) return void fill(by("places"), make("h2", { id: "places-title" }, say("designer.places")), make("p", {}, say("designer.places-none")));
  const heads = [[say("designer.place")], [say("designer.distance"), 1], [say("designer.population"), 1], [say("designer.inside-column")], [say("designer.dose-median", { unit }), 1],
    [say("designer.dose-high", { unit, percentile }), 1], [say("designer.share-above"), 1], [say("designer.arrival"), 1]];
  const shown = every ? answer.places : answer.places.slice(0, FEW);
  const quantity = say("designer.level-of", { title: titleOf(answer), level: number(answer.drawn.level * 1000, 3), unit });
  const more = answer.places.length > FEW ? make("button", { type: "button", "aria-expanded": String(every), onclick: () => { every = !every; showPlaces(answer); by("places").querySelector("button").focus(); } },
    every ? say("designer.places-fewer") : say("designer.places-more", { n: answer.places.length })) : null;
  rows("places", "places", heads, shown.map(placeRow), say("designer.places-caption", { quantity }),
    make("div", {}, more, make("p", { class: "faint small" }, say("designer.places-note"))));
}

function placeRow(p) {
  const arrives = p.arrival_earliest_s === null ? say("designer.never") : `${stretch(p.arrival_earliest_s)}, ${stretch(p.arrival_median_s)}${p.arrival_of === "plume" ? " *" : ""}`;
  return make("tr", { class: p.inside ? "inside" : null }, make("th", { scope: "row" }, p.name), num(km(p.distance_m)), num(p.population === null ? "?" : people(p.population)),
    make("td", {}, say(p.inside ? "designer.yes" : "designer.no")), num(dose(p.dose_median)), num(dose(p.dose_high)), num(percent(p.share)), num(arrives));
}

function showSource(answer) {
  const { release: r, weather: w } = answer;
  const bars = answer.dominant.flatMap(({ nuclide, share }) => {
    const inner = make("span");
    inner.style.width = `${Math.max(share * 100, 0.5)}%`;
    return [make("span", {}, nuclide), make("span", { class: "bar-of", "aria-hidden": "true" }, inner), make("span", { class: "number" }, percent(share))];
  });
  fill(by("source"), make("h2", { id: "source-title" }, say("designer.source")),
    bars.length ? make("p", {}, say("designer.source-nuclides")) : make("p", {}, say("designer.source-nothing")),
    bars.length ? make("div", { class: "bars" }, bars) : null,
    make("dl", { class: "facts" },
      make("dt", {}, say("designer.scenario")), make("dd", {}, `${r.title}${dagger(r.verified)}: ${r.story}`),
      make("dt", {}, say("designer.source-fuel")), make("dd", { lang: "en" }, r.fuel),
      make("dt", {}, say("designer.height")), make("dd", {}, `${r.heights_m.map((h) => number(h, 3)).join(", ")} ${say("designer.metre")}`),
      make("dt", {}, say("designer.source-weather")), make("dd", {}, say("designer.source-weather-span", { label: w.label, source: w.source, from: moment(w.first), to: moment(w.last) }))));
}

function showNotes(answer) {
  const copied = make("span", { role: "status", class: "faint" });
  const copy = () => navigator.clipboard.writeText(answer.provenance).then(() => { copied.textContent = say("designer.digest-copied"); }, () => {});
  fill(by("notes"), make("h2", { id: "notes-title" }, say("designer.notes")),
    make("p", {}, say(answer.verified ? "designer.notes-verified" : "designer.notes-unverified")),
    make("ul", {}, answer.notes.map((n) => make("li", {}, n.text))),
    make("h3", {}, say("designer.provenance")),
    make("p", { class: "row" }, make("code", { class: "hash", id: "digest" }, answer.provenance), make("button", { type: "button", onclick: copy }, say("designer.copy")), copied),
    make("p", { class: "faint small" }, say("designer.provenance-help")));
}

// What differs between two settings, and does it matter?  A is kept, B is what the controls say now.

import { fill, make } from "./dom.js";
import { drawnReach, extent, km, people, pointName, reachBand, reachText } from "./designer-figures.js";
import { differences } from "./designer-question.js";
import { number, say } from "./words.js";

/** How far b lies from a: `{sign, amount, share}`; share is null where a is nothing. */
export function change(a, b) {
  return { sign: Math.sign(b - a), amount: Math.abs(b - a), share: a > 0 ? Math.abs(b - a) / a : null };
}

/** Whether two bands share a distance; null where one cannot be stated. */
export function overlap(a, b) {
  if ([a.low_m, a.high_m, b.low_m, b.high_m].some((v) => v === null || v === undefined)) return null;
  return a.low_m <= b.high_m && b.low_m <= a.high_m;
}

/** The direction in which two drawn zones differ most: `{compass, a, b}` in metres; null where they are the same. */
export function mostChanged(a, b) {
  let most = null;
  for (const s of b.sectors) {
    const other = a.sectors.find((one) => one.azimuth_deg === s.azimuth_deg);
    if (!other) continue;
    const by = Math.abs(s.outline_m - other.outline_m);
    if (by > 0 && (most === null || by > most.by)) most = { by, compass: s.compass, a: other.outline_m, b: s.outline_m };
  }
  return most;
}

/** The figures of two answers, row by row: `{key, a, b, words}`; words say the difference, empty where there is none. */
export function figures(a, b) {
  const ra = drawnReach(a), rb = drawnReach(b), ea = extent(a), eb = extent(b);
  const far = (x, y, kind, text) => words(change(x, y), kind, text);
  const areas = [a, b].map((one) => one.zone.properties.area_km2);
  const counts = [a, b].map((one) => one.people?.total ?? null);
  return [
    { key: "radius", a: reachText(ra), b: reachText(rb), words: far(ra.distance_m, rb.distance_m, "far", km) },
    { key: "band", a: reachBand(ra), b: reachBand(rb), words: bandWords(ra, rb) },
    { key: "area", a: number(areas[0], 3), b: number(areas[1], 3), words: far(areas[0], areas[1], "more", (v) => number(v, 3)) },
    { key: "people", a: people(counts[0]), b: people(counts[1]), words: counts.includes(null) ? "" : far(counts[0], counts[1], "more", people) },
    { key: "farthest", a: km(ea.far), b: km(eb.far), words: far(ea.far, eb.far, "far", km) },
    { key: "towards", a: ea.far > 0 ? pointName(ea.point) : "–", b: eb.far > 0 ? pointName(eb.point) : "–", words: ea.point === eb.point ? say("designer.compare-same") : "" },
    { key: "starts", a: startsText(a), b: startsText(b), words: "" },
  ];
}

function words({ sign, amount, share }, kind, text) {
  if (sign === 0) return say("designer.compare-same");
  const key = { far: ["compare-nearer", "compare-farther"], more: ["compare-fewer", "compare-more"] }[kind][sign > 0 ? 1 : 0];
  const said = say(`designer.${key}`, { n: text(amount) });
  return share === null ? said : `${said} (${sign > 0 ? "+" : "−"}${number(share * 100, 2)} %)`;
}

function bandWords(a, b) {
  const shared = overlap(a, b);
  return shared === null || a.distance_m === b.distance_m ? "" : say(shared ? "designer.compare-bands" : "designer.compare-apart");
}

const startsText = (one) => say(one.detail === "full" ? "designer.compare-all-starts" : "designer.compare-some-starts", { counted: people(one.starts.counted), full: people(one.starts.full) });

/** The settings that differ, as rows of `{name, a, b}` in words; `told(name, question)` says a value. */
export function settings(one, other, told) {
  return differences(one, other).map((name) => ({ name: say(`designer.${NAMES[name] ?? name}`), a: told(name, one), b: told(name, other) }));
}

const NAMES = { months: "season" };

/** The difference in one line, for beside the headline; empty where there is none to tell yet. */
export function versus(kept, question, answer, told) {
  const differ = settings(kept.question, question, told);
  if (!kept.answer || !differ.length) return "";
  const found = Object.fromEntries(figures(kept.answer, answer).map((f) => [f.key, f.words]));
  return say("designer.versus", { what: differ.map((d) => `${d.name}: ${d.a}`).join("; "),
    radius: say("designer.versus-radius", { words: found.radius }), people: say("designer.versus-people", { words: found.people || "–" }) });
}

/** Draw the comparison; `kept` is `{question, answer}`, its answer null while it is computed. */
export function showComparison(element, kept, question, answer, told) {
  element.hidden = false;
  const differ = settings(kept.question, question, told);
  const title = make("h2", { id: "compare-title" }, say("designer.compare"));
  if (!differ.length) return void fill(element, title, make("p", {}, say("designer.compare-nothing")));
  const rows = [...differ.map((d) => line(d.name, d.a, d.b, "", true))];
  if (kept.answer) rows.push(...figures(kept.answer, answer).map((f) => line(say(`designer.compare-${f.key}`), f.a, f.b, f.words, f.a !== f.b)));
  const most = kept.answer && mostChanged(kept.answer, answer);
  fill(element, title,
    make("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": say("designer.compare") }, make("table", {},
      make("thead", {}, make("tr", {}, ["compare-figure", "compare-a", "compare-b", "compare-difference"]
        .map((key) => make("th", { scope: "col" }, say(`designer.${key}`))))),
      make("tbody", {}, rows))),
    kept.answer ? null : make("p", {}, say("designer.compare-waiting")),
    most ? make("p", {}, say("designer.sector-farther", { where: pointName(most.compass), a: km(most.a), b: km(most.b) })) : null);
}

function line(name, a, b, words, different) {
  return make("tr", { class: different ? "different" : null }, make("th", { scope: "row" }, name),
    make("td", {}, a), make("td", {}, b), make("td", {}, words || (different ? "" : say("designer.compare-same"))));
}

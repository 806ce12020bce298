// When did findings change, and why?  The picture, the same as a table, and files of it.

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { crumbs } from "./regimes-board.js";
import { badge, changed, contested, english, word } from "./regimes-words.js";
import { printable } from "./strangers.js";
import { drawTimeline } from "./timeline.js";
import { language, say } from "./words.js";

/** The history of a regime, or of one obligation; `go(query)` leads to another address of this page. */
export async function showHistory(place, query, go) {
  const name = query.get("regime"), asked = new URLSearchParams({ lang: language });
  for (const [from, to] of [["from", "start"], ["to", "end"], ["known_by", "known_by"], ["obligation", "obligation"], ["rolling", "rolling"]]) {
    if (query.get(from)) asked.set(to, query.get(from));
  }
  const h = await ask(`/api/v1/regimes/${encodeURIComponent(name)}/history?${asked}`);
  const title = say("regimes.history-of", { start: h.start, end: h.end });
  const alt = say("regimes.history-alt", { lines: h.lines.length, changes: h.changes });
  const rows = h.lines.flatMap((line) => line.stretches.map((s) => [
    s.start, s.end, line.obligation, printable(line.subject),
    make("div", {}, badge(s.status, s), s.applicability === "in-force" ? null : ` ${word(s.applicability)}`, s.contested_by.length ? make("div", {}, contested(s.contested_by)) : null),
    english(printable(s.why || "–")),
  ]));
  const heads = [say("regimes.history-from"), say("regimes.history-to"), word("obligation"), word("subject"), word("status"), word("why")];
  fill(place, crumbs(query, [[say("regimes.back-board"), { view: null, from: null, to: null, rolling: null }]]),
    make("h2", {}, printable(h.title), query.get("obligation") ? ` · ${printable(query.get("obligation"))}` : "", ` – ${word("findings over time")}`),
    form(h, query, go), make("figure", { class: "history" }, make("figcaption", {}, `${title}. ${alt}`),
      make("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": title }, drawTimeline(h, `${title}. ${alt}`)),
      make("p", { class: "faint" }, say("regimes.history-hint"))),
    h.changes ? null : make("p", {}, word("no change")),
    make("details", { open: h.lines.length <= 3 }, make("summary", {}, say("regimes.history-table")), table({ caption: title, heads, rows })),
    make("p", { class: "faint" }, `${word("rests on")}: ${printable(h.rests_on)}. ${word("claims stay claims")}.`),
    make("p", { class: "row" }, ["json", "csv", "md"].map((form_) => make("a", { class: "button", href: `/api/v1/regimes/${encodeURIComponent(name)}/history/export/${form_}?${asked}` }, { json: "JSON", csv: "CSV", md: "Markdown" }[form_]))));
}

function form(h, query, go) {
  const day = (name, label, value) => make("div", {}, make("label", { for: `history-${name}` }, label), make("input", { type: "date", id: `history-${name}`, name, value, min: "1895-01-01" }));
  return make("form", { class: "days", onsubmit: (event) => {
    event.preventDefault();
    const said = new FormData(event.target);
    go(changed(query, { from: said.get("from"), to: said.get("to"), rolling: said.get("rolling") ? "true" : null }));
  } }, day("from", say("regimes.history-from"), h.start), day("to", say("regimes.history-to"), h.end),
  make("label", { class: "inline" }, make("input", { type: "checkbox", name: "rolling", checked: h.rolling }), word("as known on each day")),
  make("button", { type: "submit" }, say("regimes.history-show")));
}

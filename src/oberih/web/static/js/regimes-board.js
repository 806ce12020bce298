// How does every obligation stand?  The list of regimes, and the board of one: obligation by subject.

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { SIGNS, badge, changed, contested, dayOf, english, listed, word } from "./regimes-words.js";
import { printable } from "./strangers.js";
import { say } from "./words.js";

// A command is typed as it stands, in every language.
const OBSERVE = 'oberih evidence add --kind observation --when 2026-11-25 --text "…" --who "…" --channel inspected' +
  " --data indicator=offsite-lines --data subject=zaporizhzhia --data value=2";

const go = { "data-go": "" };
const STATUSES = ["compromised", "at-risk", "unknown", "holds"];

/** All regimes with their worst state. */
export async function showAll(place, query) {
  const found = await ask(`/api/v1/regimes?${dayOf(query)}`);
  const rows = found.regimes.map((r) => [
    make("div", {}, make("a", { href: changed(query, { regime: r.id }), ...go }, printable(r.title)), make("div", { class: "faint" }, spans(r))),
    r.worst ? badge(r.worst, r) : badge(null), counts(r),
    say("regimes.unknown-of", { n: r.unknown_parts, all: r.parts }),
    r.contested ? make("span", {}, `${SIGNS.contested} ${r.contested}`) : "–",
  ]);
  const heads = [word("regime"), word("worst"), word("status"), word("unknown parts"), word("contested")];
  fill(place, found.own_record ? null : emptyRecord(), table({ caption: say("regimes.list-of"), heads, rows }), legend(),
    make("p", { class: "faint" }, `${word("rests on")}: ${printable(found.rests_on)}`), make("p", { class: "faint" }, word("claims stay claims")));
}

function emptyRecord() {
  return make("div", { class: "notice" }, make("p", {}, say("regimes.empty-record")), make("pre", { class: "data", tabindex: "0" }, OBSERVE));
}

function spans(r) {
  return r.spans.map((s) => say("regimes.spans", { from: s.start ?? "…", to: s.end ?? "…" }) + (s.verified ? "" : " †")).join("; ");
}

export function counts(r) {
  const told = STATUSES.filter((s) => r.statuses[s]).map((s) => make("li", {}, make("span", { "aria-hidden": "true" }, `${SIGNS[s]} `), say("regimes.count", { word: word(s), n: r.statuses[s] })));
  if (r.apart) told.push(make("li", { class: "faint" }, say("regimes.count", { word: word("does not apply"), n: r.apart })));
  return make("ul", { class: "counts" }, told);
}

function legend() {
  const signs = [...STATUSES, "contested"].map((s) => make("span", {}, `${SIGNS[s]} ${word(s)}`));
  return make("p", { class: "legend" }, make("strong", {}, `${say("regimes.legend")}: `), signs, make("span", {}, `${SIGNS.none} ${word("does not apply")}`), make("span", {}, `– ${say("regimes.legend-none")}`));
}

/** The board of one regime. */
export async function showBoard(place, query) {
  const name = query.get("regime");
  const b = await ask(`/api/v1/regimes/${encodeURIComponent(name)}?${dayOf(query)}`);
  const by = new Map(b.findings.map((f) => [`${f.obligation} ${f.subject}`, f]));
  const heads = [word("obligation"), ...b.regime.subjects];
  const rows = b.obligations.map((o) => [
    make("div", { class: "promise" }, make("a", { href: changed(query, { obligation: o.id }), ...go }, o.id), o.verified ? "" : " †", make("div", {}, printable(o.text)),
      make("div", { class: "faint" }, `${word("force")}: ${listed("force", o.force)}; ${word("addressee")}: ${printable(o.addressee)}`)),
    ...b.regime.subjects.map((s) => cell(by.get(`${o.id} ${s}`), query)),
  ]);
  fill(place, crumbs(query, [[say("regimes.all"), { regime: null }]]),
    make("h2", {}, printable(b.regime.title), " ", b.regime.worst ? badge(b.regime.worst, b.regime) : badge(null)),
    make("p", {}, printable(b.text)), make("p", { class: "faint" }, printable(b.regime.summary)),
    table({ caption: say("regimes.board-of"), heads, rows }), legend(), notes(b), exporting(query, name));
}

function cell(finding, query) {
  if (!finding) return "–";
  const parts = finding.parts.length ? make("div", { class: "faint" }, say("regimes.unknown-of", { n: finding.unknown_parts, all: finding.parts.length })) : null;
  return make("div", { class: "cell" },
    make("a", { class: "plain", href: changed(query, { obligation: finding.obligation }) + `#${encodeURIComponent(finding.subject)}`, ...go }, badge(finding.status, { verified: !finding.unverified.length })),
    finding.applicability === "in-force" ? null : make("div", {}, word(finding.applicability)),
    finding.contested_by.length ? contested(finding.contested_by) : null,
    english(printable(finding.why), "div"), parts);
}

/** What a reader must know of findings. */
export function notes(b) {
  const doubted = b.findings.some((f) => f.unverified.length);
  return make("ul", { class: "faint" },
    make("li", {}, `${word("rests on")}: ${printable(b.rests_on)}`), make("li", {}, `${word("rule")}: ${b.regime.id} ${b.regime.version}, `, make("span", { class: "hash" }, `sha256 ${b.sha256}`)),
    make("li", {}, word("claims stay claims")), doubted ? make("li", {}, word("unverified")) : null,
    document.documentElement.lang === "en" ? null : make("li", {}, say("regimes.english-only")));
}

/** The way back, and to the history. */
export function crumbs(query, ways) {
  const history = changed(query, { view: "history" });
  return make("p", { class: "row" }, ways.map(([text, changes]) => make("a", { href: changed(query, changes), ...go }, `← ${text}`)),
    query.get("view") === "history" ? null : make("a", { class: "button", href: history, ...go }, say("regimes.history")));
}

/** Files that can be fetched. */
export function exporting(query, name, obligation = null) {
  const asked = dayOf(query);
  if (obligation) asked.set("obligation", obligation);
  const link = (form) => make("a", { class: "button", href: `/api/v1/regimes/${encodeURIComponent(name)}/export/${form}?${asked}` }, { json: "JSON", csv: "CSV", md: "Markdown", oscal: "OSCAL" }[form]);
  return make("section", { class: "exports" }, make("h3", {}, say("regimes.export")), make("p", { class: "row" }, ["json", "csv", "md", "oscal"].map(link)),
    make("p", { class: "faint" }, say("regimes.export-note"), ". ", say("regimes.oscal-note")));
}

// Why does this obligation come out like this, and what was set aside?  From the obligation to the observations, from
// there to the record and its proof.

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { crumbs, exporting, notes } from "./regimes-board.js";
import { badge, contested, dayOf, english, listed, word } from "./regimes-words.js";
import { address, printable, stranger } from "./strangers.js";
import { say } from "./words.js";

/** One obligation laid open. */
export async function showObligation(place, query) {
  const name = query.get("regime"), obligation = query.get("obligation");
  const o = await ask(`/api/v1/regimes/${encodeURIComponent(name)}/obligations/${encodeURIComponent(obligation)}?${dayOf(query)}`);
  const promise = o.board.obligations[0];
  const known = new Map(o.observations.map((one) => [one.id, one]));
  fill(place, crumbs(query, [[say("regimes.all"), { regime: null, obligation: null }], [printable(o.board.regime.title), { obligation: null }]]),
    make("h2", {}, `${promise.id}: ${printable(promise.text)}`), weight(promise),
    o.board.findings.map((f) => finding(f, o, known)), notes(o.board),
    make("p", {}, `${word("recompute")}: `, make("code", {}, o.recompute)), exporting(query, name, obligation));
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted) document.getElementById(wanted)?.scrollIntoView();
}

function weight(p) {
  const condition = (c) => c && english(`${c.indicator} = ${c.values.join(" | ")} (${printable(c.why)})`);
  const lines = (list) => list.length && make("ul", {}, list.map((line) => make("li", {}, english(printable(line)))));
  const rows = [
    ["force", listed("force", p.force)], ["addressee", english(printable(p.addressee))], ["article", english(printable(p.article))],
    ["source", [sourced(p.source), p.verified ? null : " †"]],
    ["supports", lines(p.supports)], ["compromises", lines(p.compromises)], ["insufficient", lines(p.insufficient)],
    ["applies only while", condition(p.requires)], ["does not reach", condition(p.excluded_while)], ["note", p.note && english(printable(p.note))],
  ];
  return make("dl", { class: "facts panel" }, rows.filter(([, v]) => v).flatMap(([key, value]) => [make("dt", {}, word(key)), make("dd", {}, value)]));
}

/** A source with the addresses in it as links. */
export function sourced(text) {
  return make("span", {}, String(text).split(/(https?:\/\/[^\s,;)]+)/).map((part, i) => (i % 2 ? address(part) : stranger(part))));
}

function finding(f, o, known) {
  const contests = o.board.contests.filter((c) => c.obligation === f.obligation && c.subject === f.subject);
  const parts = f.parts.map((p) => [english(printable(p.name)), badge(p.status), english(printable(p.why))]);
  const shown = f.counted.map((id) => known.get(id)).filter(Boolean).sort((a, b) => (a.date < b.date ? -1 : 1));
  const aside = f.set_aside.map((one) => [known.get(one.id), one.why]).filter(([one]) => one);
  return make("section", { class: "finding panel", id: f.subject },
    make("h3", {}, `${f.obligation} · ${printable(f.subject)} `, badge(f.status, { verified: !f.unverified.length })),
    make("p", {}, `${word("applicability")}: ${word(f.applicability)}. `, `${word("why")}: `, english(printable(f.why))),
    f.contested_by.length ? make("div", {}, contested(f.contested_by), make("ul", {}, contests.map((c) => make("li", {}, stranger(c.by), ` ${word("says")}: `, english(printable(c.claim)), " (", sourced(c.source), ")", c.verified ? null : " †")))) : null,
    parts.length ? table({ caption: `${word("part")}: ${say("regimes.unknown-of", { n: f.unknown_parts, all: f.parts.length })}`, heads: [word("part"), word("status"), word("why")], rows: parts }) : null,
    make("h4", {}, `${word("what counted")} (${shown.length})`), shown.length ? make("ul", { class: "observations" }, shown.map(observation)) : make("p", {}, word("nothing counted")),
    aside.length ? make("details", {}, make("summary", {}, `${word("what did not count")} (${aside.length})`),
      make("ul", { class: "observations" }, aside.map(([one, why]) => observation(one, why)))) : null,
    make("details", {}, make("summary", {}, `${word("rule")}, ${word("inputs")}`), make("div", { class: "hash" }, f.rule), make("div", { class: "hash" }, `inputs sha256:${f.inputs_sha256}`),
      f.unverified.length ? make("div", {}, `†: ${printable(f.unverified.join(", "))}`) : null));
}

function observation(one, why) {
  const value = one.given ? (one.value === null ? "–" : String(one.value)) : word("not given");
  const proof = one.recorded
    ? make("a", { href: `/evidence?id=${encodeURIComponent(one.id)}` }, say("regimes.record-proof")) : make("span", { class: "faint" }, say("regimes.table-ships"));
  const weightOf = one.reliability || one.credibility ? `; ${word("weight")} ${one.reliability ?? "–"}${one.credibility ?? "–"}` : "";
  return make("li", {},
    typeof why === "string" ? make("p", { class: "aside" }, make("strong", {}, `${word("why not")}: `), english(printable(why))) : null,
    make("div", {}, make("strong", {}, one.end ? `${one.date} – ${one.end}` : one.date), " · ", stranger(one.indicator), " = ", stranger(value), one.verified ? null : " †"),
    one.text ? make("div", { class: "said" }, stranger(one.text)) : null,
    make("div", { class: "faint" }, `${word("known on")} ${one.known_on ?? "–"}; ${word("channel")}: ${listed("channel", one.channel)}${weightOf}`,
      one.affirmed_by.length ? `; ${say("regimes.affirmed")}: ${printable(one.affirmed_by.join(", "))}` : "", one.corrected_by ? `; ${say("regimes.corrected", { id: printable(one.corrected_by) })}` : ""),
    one.claims.length ? make("ul", {}, one.claims.map(([by, says]) => make("li", {}, `${word("claims")}: `, stranger(by), ` ${word("says")}: `, stranger(says)))) : null,
    one.source ? make("div", { class: "faint" }, `${word("source")}: `, sourced(one.source)) : null,
    make("div", {}, stranger(one.id, { class: "hash" }), " – ", proof));
}

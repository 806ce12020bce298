// Who takes part, in what role, how did they vote, and who says what about it?  Read only; claims stay claims.

import { ask } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { changed, dayOf, english, listed, word } from "./regimes-words.js";
import { sourced } from "./regimes-obligation.js";
import { printable, stranger } from "./strangers.js";
import { say } from "./words.js";

const go = { "data-go": "" };
const VOTES = ["in favour", "against", "abstain", "absent", "joined"];
const CLEAR = { event: null, actor: null, position: null };
const dagger = (one) => (one.verified ? null : " †");

/** Events and positions, or one of them, or all about a state or organisation. */
export async function showParticipation(place, query, leads) {
  const api = (path) => ask(`/api/v1/participation/${path}?${dayOf(query)}`);
  const back = make("p", {}, make("a", { href: changed(query, CLEAR), ...go }, `← ${say("regimes.view-participation")}`));
  if (query.get("event")) return fill(place, back, event(await api(`events/${encodeURIComponent(query.get("event"))}`), query));
  if (query.get("position")) return fill(place, back, position(await api(`positions/${encodeURIComponent(query.get("position"))}`), query));
  if (query.get("actor")) return fill(place, back, actor(await api(`actors/${encodeURIComponent(query.get("actor"))}`), query));
  const [events, positions] = await Promise.all([api("events"), api("positions")]);
  return fill(place, chooser(query, leads), eventTable(events, query), positionTable(positions, query));
}

const link = (query, kind, id, text) => make("a", { href: changed(query, { ...CLEAR, [kind]: id }), ...go }, stranger(text ?? id));

function chooser(query, leads) {
  return make("form", { class: "days", onsubmit: (e) => {
    e.preventDefault();
    const name = String(new FormData(e.target).get("actor")).trim();
    if (name) leads(changed(query, { ...CLEAR, actor: name }));
  } }, make("div", {}, make("label", { for: "actor" }, say("regimes.actors")), make("input", { id: "actor", name: "actor", maxlength: "120", placeholder: say("regimes.actor-hint") })),
  make("button", { type: "submit" }, say("regimes.actor-show")));
}

const when = (v) => (v.start ? `${v.start}${v.end && v.end !== v.start ? ` – ${v.end}` : ""}` : "–");

/** The last that was said of an event's date; where the last names none, what was said before. */
function lastSaid(versions) {
  const last = versions.at(-1), named = versions.filter((v) => v.start).at(-1);
  return last.start || !named ? when(last) : say("regimes.date-before", { when: when(named) });
}

function eventTable(events, query) {
  const rows = events.map((e) => {
    const last = e.versions.at(-1);
    return [link(query, "event", e.id, e.title), stranger(e.series), stranger(e.city || "–"), last ? lastSaid(e.versions) : "–", last ? [listed("status", last.status), dagger(last)] : "–", figures(e)];
  });
  return rows.length ? table({ caption: say("regimes.events"), heads: [say("regimes.event"), say("regimes.series"), say("regimes.where"), say("regimes.when"), word("status"), say("regimes.figures")], rows })
    : make("p", {}, say("regimes.none-known"));
}

function figures(e) {
  if (!e.figures.length) return "–";
  return make("ul", { class: "counts" }, e.figures.map((f) => make("li", {}, `${say(`regimes.bound-${f.bound.replace(" ", "-")}`, { n: f.value })} ${listed("what", f.what)} (`, stranger(f.by), ")", dagger(f))),
    e.conflicts.length ? make("li", {}, make("strong", {}, `≠ ${say("regimes.figure-conflict")}`)) : null);
}

const counts = (p) => VOTES.filter((v) => p.counts[v] !== undefined).map((v) => say("regimes.count", { word: listed("vote", v), n: p.counts[v] })).join("; ") || "–";

function positionTable(positions, query) {
  const rows = positions.map((p) => [p.date, link(query, "position", p.id, p.instrument), stranger(p.body_name), counts(p), stranger(p.sponsors.join(", ") || "–"), [sourced(p.source), dagger(p)]]);
  return rows.length ? table({ caption: say("regimes.positions"), heads: [word("date"), say("regimes.instrument"), say("regimes.body"), say("regimes.counts"), say("regimes.sponsors"), word("source")], rows }) : null;
}

function event(e, query) {
  const versions = e.versions.map((v) => [v.public, listed("status", v.status), when(v), english(printable(v.note || "–")), [sourced(v.source), dagger(v)]]);
  const roles = e.roles.map((r) => [link(query, "actor", r.actor, r.name), listed("role", r.role), [sourced(r.source), dagger(r)]]);
  return [make("h2", {}, printable(e.title), dagger(e)), make("p", { class: "faint" }, `${printable(e.series)} · ${printable(e.city)} · `, sourced(e.source)), e.note ? make("p", {}, english(printable(e.note))) : null,
    table({ caption: say("regimes.schedule"), heads: [say("regimes.said-on"), word("status"), say("regimes.when"), word("note"), word("source")], rows: versions }),
    roles.length ? table({ caption: say("regimes.roles"), heads: [say("regimes.who"), say("regimes.role"), word("source")], rows: roles }) : null,
    e.figures.length ? [make("h3", {}, say("regimes.figures")), figures(e)] : null, e.positions.length ? positionTable(e.positions, query) : null, claims(e.claims, say("regimes.claims-by"))];
}

function position(p, query) {
  const rows = VOTES.flatMap((v) => p.votes.filter((one) => one.vote === v).map((one) => [[listed("vote", v), p.partial.includes(v) ? ` (${say("regimes.partial")})` : null], link(query, "actor", one.actor, one.name), [sourced(one.source), dagger(one)]]));
  return [make("h2", {}, printable(p.instrument), dagger(p)), make("p", {}, `${printable(p.body_name)}, ${p.date}. ${counts(p)}`), p.sponsors.length ? make("p", {}, `${say("regimes.sponsors")}: ${printable(p.sponsors.join(", "))}`) : null,
    p.note ? make("p", {}, english(printable(p.note))) : null, make("p", { class: "faint" }, sourced(p.source)),
    rows.length ? table({ caption: say("regimes.votes"), heads: [say("regimes.vote"), say("regimes.who"), word("source")], rows }) : make("p", {}, say("regimes.none-known"))];
}

function actor(a, query) {
  const roles = a.roles.map((r) => [link(query, "event", r.event), listed("role", r.role), [sourced(r.source), dagger(r)]]);
  const votes = a.votes.map((v) => [v.date, link(query, "position", v.position, v.instrument), listed("vote", v.vote), [sourced(v.source), dagger(v)]]);
  const put = [...a.sponsored, ...a.taken];
  const nothing = !roles.length && !votes.length && !put.length && !a.claims.length && !a.about.length;
  return [make("h2", {}, `${printable(a.name)} (${printable(a.id)})`), nothing ? make("p", {}, say("regimes.none-known")) : null,
    roles.length ? table({ caption: say("regimes.roles"), heads: [say("regimes.event"), say("regimes.role"), word("source")], rows: roles }) : null,
    votes.length ? table({ caption: say("regimes.votes"), heads: [word("date"), say("regimes.instrument"), say("regimes.vote"), word("source")], rows: votes }) : null,
    put.length ? positionTable(put, query) : null, claims(a.claims, say("regimes.claims-by")), claims(a.about, say("regimes.claims-about"))];
}

function claims(list, caption) {
  if (!list.length) return null;
  const rows = list.map((c) => [c.date, [stranger(c.by), ` ${word("says")}: `, english(printable(c.text)), c.normative ? make("div", { class: "faint" }, say("regimes.normative")) : null], stranger(c.about || "–"), [sourced(c.source), dagger(c)]]);
  return table({ caption, heads: [word("date"), word("claims"), say("regimes.who"), word("source")], rows: rows.map((r) => r.map((v) => (Array.isArray(v) ? make("span", {}, v) : v))) });
}

// Which records are there?  The search and its results, a page at a time by their numbers.

import { fill, make, table } from "./dom.js";
import { fetched } from "./evidence-server.js";
import { printable, stranger } from "./strangers.js";
import { say } from "./words.js";

export const KINDS = ["event", "observation", "measurement", "statement", "claim", "document", "finding", "schedule",
  "position", "correction", "key", "revocation"];
const FIELDS = ["text", "kind", "tag", "source", "since", "until", "near"];

export const kindWord = (kind) => (KINDS.includes(kind) ? say(`evidence.kind-${kind}`) : printable(kind));

/** Show the search and what it finds; `go(query)` leads to another address of this page. */
export async function showList(place, query, go) {
  const found = make("div", { "aria-live": "polite" }, say("shell.loading"));
  fill(place, form(query, go), found);
  const asked = new URLSearchParams();
  for (const name of [...FIELDS, "below"]) if (query.get(name)) asked.set(name, query.get(name));
  try {
    const page = await fetched(`/records?${asked}`);
    fill(found, page.records.length ? results(page) : make("p", {}, say("evidence.found-none")), pager(page, query));
  } catch (error) {
    fill(found, make("p", { class: "notice", role: "alert" }, say("shell.failed", { why: printable(error.message) })));
  }
}

function form(query, go) {
  const labelled = (name, control) => make("div", {}, make("label", { for: `find-${name}` }, say(`evidence.${name}`)), control);
  const input = (name, more = {}) => labelled(name, make("input", { id: `find-${name}`, name, value: query.get(name) ?? "", maxlength: "200", ...more }));
  const kinds = make("select", { id: "find-kind", name: "kind" },
    ["", ...KINDS].map((k) => make("option", { value: k, selected: query.get("kind") === k || null }, k ? kindWord(k) : say("evidence.any"))));
  return make("form", { class: "search panel", role: "search", onsubmit: (event) => {
    event.preventDefault();
    const next = new URLSearchParams();
    for (const [name, value] of new FormData(event.target)) if (String(value).trim()) next.set(name, String(value).trim());
    go(next);
  } },
  input("text", { type: "search" }), labelled("kind", kinds), input("tag"), input("source"),
  input("since", { placeholder: say("evidence.date-hint") }), input("until", { placeholder: say("evidence.date-hint") }),
  input("near", { placeholder: "47.51,34.59,10" }),
  make("div", { class: "row search-go" }, make("button", { class: "first", type: "submit" }, say("evidence.find")),
    make("a", { class: "button", href: "/evidence", "data-go": "" }, say("evidence.clear"))));
}

function results(page) {
  const rows = page.records.map((r) => [
    make("a", { href: `?record=${r.number}`, "data-go": "" }, String(r.number)), time(r.happened), kindWord(r.kind),
    make("div", {}, stranger(short(r.text)), r.corrected_by ? make("em", { class: "faint" }, ` (${say("evidence.corrected")})`) : null),
    stranger(r.source?.who ?? "–"), stranger(r.place?.name ?? "–"),
  ]);
  const heads = ["number", "when", "kind", "says", "who", "where"].map((h) => say(`evidence.${h}`));
  return table({ caption: say("evidence.found"), heads, rows, numeric: [0] });
}

function pager(page, query) {
  const next = new URLSearchParams(query);
  const links = [];
  if (query.get("below")) {
    next.delete("below");
    links.push(make("a", { class: "button", href: `?${next}`, "data-go": "" }, say("evidence.newest")));
  }
  if (page.below !== null) {
    next.set("below", page.below);
    links.push(make("a", { class: "button", href: `?${next}`, "data-go": "" }, say("evidence.older")));
  }
  return make("p", { class: "row" }, links);
}

/** When something happened, as it was noted. */
export function time(happened) {
  if (!happened?.from) return "–";
  const until = happened.to && happened.to !== happened.from ? ` – ${happened.to}` : "";
  return stranger(`${happened.from}${until}${happened.note ? `, ${happened.note}` : ""}`);
}

const short = (text) => (text.length > 240 ? `${text.slice(0, 239)}…` : text);

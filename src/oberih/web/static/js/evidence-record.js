// What does one record say, and does it say so by itself?  The fields are read out of the signed bytes by the reader's
// browser; what the server says beside them (corrections, what lies in its store) is shown as what it is.

import { fill, make } from "./dom.js";
import { kindWord, time } from "./evidence-list.js";
import { anchors, fetched, given, keepCheckpoint } from "./evidence-server.js";
import { address, printable, stranger } from "./strangers.js";
import { hex, sha256, utf8 } from "./verify/bytes.js";
import { readEntry } from "./verify/envelope.js";
import { verifyRecord } from "./verify/record.js";
import { Steps } from "./verify/steps.js";
import { stage } from "./verify-view.js";
import { moment, say } from "./words.js";
import { correctionForm } from "./evidence-write.js";

/** Show a record, by its number or its id. */
export async function showRecord(place, { number, id }, { mayRecord, go }) {
  const back = make("p", {}, make("a", { href: "/evidence", "data-go": "" }, `← ${say("evidence.back")}`));
  fill(place, back, make("p", {}, say("shell.loading")));
  let said;
  try {
    said = await fetched(id ? `/record?id=${encodeURIComponent(id)}` : `/records/${number}`);
  } catch (error) {
    fill(place, back, make("p", { class: "notice", role: "alert" }, say("shell.failed", { why: printable(error.message) })));
    return;
  }
  const entry = await readEntry(utf8(said.envelope)).catch(() => null);
  const result = make("section", { class: "panel result", "aria-label": say("evidence.proof") });
  const again = make("button", { type: "button", onclick: () => check(result, { number, id }) }, say("evidence.again"));
  fill(place, back, make("h2", {}, say("evidence.record", { number: entry?.seq ?? said.number }), " ", stranger(entry?.fields.id ?? said.fields.id, { class: "faint" })),
    make("div", { class: "columns" },
      make("section", { class: "panel" }, shown(entry, said), raw(said)),
      make("div", {}, result, make("p", { class: "row" }, again,
        make("a", { class: "button", href: `/api/v1/evidence/bundle?number=${Number(said.number)}` }, say("evidence.get-selection")),
        make("a", { href: "?view=check", "data-go": "" }, say("evidence.view-check"))))),
    mayRecord && entry && !["key", "revocation"].includes(entry.fields.kind) ? correctionForm(entry, go) : null);
  await check(result, { number, id });
}

async function check(element, { number, id }) {
  const told = stage(element);
  const steps = new Steps(told.seen);
  told.begin(say("evidence.proof"));
  const found = await verifyRecord({ given, number: id ? null : number, id: id ?? null, anchors: anchors(), steps });
  told.end(steps);
  keepCheckpoint(steps, found);
}

/** The record, as far as it can be shown: what was signed may still be of a form that no record has. */
function shown(entry, said) {
  try {
    return [facts(entry, said), files(entry, said)].flat();
  } catch {
    return make("p", { class: "notice", role: "alert" }, say("evidence.unreadable"));
  }
}

function facts(entry, said) {
  const f = entry?.fields ?? said.fields;
  const refs = (list) => list.map((r, i) => [i ? ", " : null, make("a", { href: `?record=${Number(r.number)}`, "data-go": "" }, String(r.number)), " ", stranger(r.id)]).flat();
  const rows = [
    ["says", make("div", { class: "said" }, stranger(f.text))], ["kind", kindWord(f.kind)], ["when", time(f.happened)],
    ["known-on", f.known_on && stranger(f.known_on)], ["place", f.place && stranger(where(f.place))],
    ["who", f.source?.who && stranger(f.source.who)], ["url", f.source?.url && address(f.source.url)],
    ["channel", f.source?.channel && stranger(f.source.channel)], ["reliability", f.reliability && stranger(f.reliability)],
    ["credibility", f.credibility && stranger(f.credibility)],
    ["claims", f.claims?.length && make("ul", {}, f.claims.map((c) => make("li", {}, stranger(say("evidence.claim-by", { by: printable(c.by) })), " ", stranger(c.says))))],
    ["tags", f.tags?.length && tags(f.tags)], ["data", f.data && data(f.data)],
    ["rests-on", f.rests_on?.length && rests(f.rests_on, said.rests_on)],
    ["corrects", said.corrects.length && refs(said.corrects)], ["corrected-by", said.corrected_by.length && refs(said.corrected_by)],
    ["recorded-at", moment(entry?.recordedAt ?? said.recorded_at)],
    ["signed-by", make("span", {}, stranger(said.key_name), " ", make("code", {}, printable(entry?.keyid ?? said.keyid)))],
  ];
  return [
    make("p", { class: entry ? "faint" : "notice", role: entry ? null : "alert" }, say(entry ? "evidence.from-payload" : "evidence.from-server")),
    said.corrected_by.length ? make("p", { class: "notice" }, `${say("evidence.corrected")}. ${say("evidence.correction-note")}`) : null,
    make("dl", { class: "facts" }, rows.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, say(`evidence.${name}`)), make("dd", {}, value)])),
  ];
}

function tags(list) {
  return list.map((tag, i) => [i ? ", " : null, make("a", { href: `?tag=${encodeURIComponent(tag)}`, "data-go": "" }, stranger(tag))]).flat();
}

function rests(names, here) {
  const numbers = new Map(here.map((r) => [r.id, r.number]));
  return names.map((name, i) => [i ? ", " : null,
    numbers.has(name) ? make("a", { href: `?record=${Number(numbers.get(name))}`, "data-go": "" }, stranger(name)) : stranger(name)]).flat();
}

function where(place) {
  const at = place.latitude === undefined ? "" : ` ${place.latitude}°, ${place.longitude}°`;
  return `${place.name ?? ""}${at}${place.uncertainty_m ? ` ± ${place.uncertainty_m} m` : ""}`;
}

const data = (value) => make("pre", { class: "data", tabindex: "0" }, printable(JSON.stringify(value, null, 1)));

function files(entry, said) {
  const listed = entry?.fields.attachments ?? [];
  if (!listed.length) return null;
  const there = new Set(said.there);
  return [make("h3", {}, say("evidence.attachments")), make("ul", {}, listed.map((one) => {
    const told = make("span", { role: "status" });
    const get = there.has(one.sha256)
      ? make("button", { type: "button", onclick: () => fetchFile(entry.seq, one, told) }, say("evidence.attachment-get"))
      : make("em", { class: "faint" }, say("evidence.attachment-away"));
    return make("li", {}, stranger(say("evidence.attachment", { name: printable(one.name), size: one.size })), " ", get, " ", told,
      make("div", { class: "hash" }, `SHA-256 ${printable(one.sha256)}`));
  }))];
}

/** Fetch a file, and hand it on only if its hash is the one that was signed. */
async function fetchFile(number, one, told) {
  try {
    const response = await fetched(`/records/${number}/attachments/${one.sha256}`, { raw: true, seconds: 600 });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (hex(await sha256(bytes)) !== one.sha256 || bytes.length !== one.size) {
      fill(told, make("strong", { class: "bad" }, `✗ ${say("evidence.attachment-failed")}`));
      return;
    }
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    make("a", { href: url, download: printable(one.name) }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    fill(told, `✓ ${say("evidence.attachment-held")}`);
  } catch (error) {
    fill(told, say("shell.failed", { why: printable(error.message) }));
  }
}

function raw(said) {
  return make("details", {}, make("summary", {}, say("evidence.envelope")), make("pre", { class: "data", tabindex: "0" }, printable(said.envelope)));
}

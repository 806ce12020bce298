// How does a custodian write into the record?  Only shown to those who may; the server refuses all others anyway.

import { fill, make } from "./dom.js";
import { KINDS, kindWord } from "./evidence-list.js";
import { fetched } from "./evidence-server.js";
import { listed } from "./regimes-words.js";
import { printable } from "./strangers.js";
import { say } from "./words.js";

const labelled = (id, label, control) => make("div", {}, make("label", { for: id }, say(label)), control);
const input = (name, label, more = {}) => labelled(`write-${name}`, label, make("input", { id: `write-${name}`, name, maxlength: "2000", ...more }));

/** Show the form for a new record. */
export function showWrite(place, go) {
  const kinds = make("select", { id: "write-kind", name: "kind" },
    KINDS.filter((k) => !["key", "revocation", "correction"].includes(k)).map((k) => make("option", { value: k }, kindWord(k))));
  fill(place, writing("evidence.write", [
    labelled("write-kind", "evidence.kind", kinds), area("text", "evidence.write-text", { required: true }),
    input("from", "evidence.write-when"), input("known_on", "evidence.known-on"), input("place", "evidence.place"),
    input("latitude", "evidence.write-at", { placeholder: "47.51,34.59" }), input("who", "evidence.who"), input("url", "evidence.url", { type: "url" }),
    choice("channel", "evidence.channel", CHANNELS, (c) => listed("channel", c)),
    choice("reliability", "evidence.reliability", ["A", "B", "C", "D", "E", "F"]), choice("credibility", "evidence.credibility", [1, 2, 3, 4, 5, 6]),
    area("claims", "evidence.write-claims"), input("tags", "evidence.write-tags"), readable(),
  ], (form) => fetched("/records", { body: fieldsOf(form) }), go));
}

const CHANNELS = ["treaty exchange", "declared", "inspected", "measured", "published voluntarily", "press", "satellite", "other"];

/** A choice of words; the first asks nothing. */
function choice(name, label, values, called = String) {
  return labelled(`write-${name}`, label, make("select", { id: `write-${name}`, name },
    make("option", { value: "" }, "–"), values.map((v) => make("option", { value: String(v) }, called(v)))));
}

/** What a rule can read: which indicator of which subject had which value, or was asked for and not given. */
function readable() {
  return make("fieldset", {}, make("legend", {}, say("evidence.write-rule")), make("p", { class: "faint" }, say("evidence.write-rule-why")),
    input("indicator", "evidence.write-indicator"), input("subject", "evidence.write-subject"), input("value", "evidence.write-value"),
    make("label", { class: "inline" }, make("input", { type: "checkbox", name: "not_given" }), say("evidence.write-not-given")));
}

const area = (name, label, more = {}) => labelled(`write-${name}`, label, make("textarea", { id: `write-${name}`, name, rows: "3", ...more }));

/** The forms below a record: to put it right, and to bring a file to it. */
export function correctionForm(entry, go) {
  const text = area("text", "evidence.write-text", { required: true });
  text.querySelector("textarea").value = entry.fields.text;
  const file = make("input", { id: "write-file", type: "file", name: "file", required: true });
  return make("div", { class: "columns" },
    writing("evidence.write-correct", [text], (form) => fetched(`/records/${entry.seq}/corrections`, { body: { text: String(form.get("text")) } }), go),
    writing("evidence.write-attach", [labelled("write-file", "evidence.write-file", file)], (form) => {
      const one = form.get("file");
      return fetched(`/records/${entry.seq}/attachments?name=${encodeURIComponent(one.name)}`,
        { body: new Blob([one]), headers: { "Content-Type": "application/octet-stream" }, seconds: 600 });
    }, go));
}

function writing(title, controls, send, go) {
  const told = make("p", { role: "status" });
  return make("form", { class: "panel writing", onsubmit: async (event) => {
    event.preventDefault();
    const button = event.target.querySelector("button");
    button.disabled = true;
    try {
      const done = await send(new FormData(event.target));
      if (done.records.length) go(new URLSearchParams({ record: done.records[0].number }));
      else fill(told, say("evidence.written-known"));
    } catch (error) {
      fill(told, make("strong", { class: "bad" }, say("shell.failed", { why: printable(error.message) })));
    } finally {
      button.disabled = false;
    }
  } }, make("h2", {}, say(title)), make("p", {}, say("evidence.write-why")), controls,
  make("p", {}, make("button", { class: "first", type: "submit" }, say(title))), told);
}

/** The fields of a record out of a form; what is empty is left out. */
function fieldsOf(form) {
  const got = (name) => String(form.get(name) ?? "").trim();
  const fields = { kind: got("kind"), text: got("text") };
  if (got("from")) fields.happened = { from: got("from") };
  if (got("known_on")) fields.known_on = got("known_on");
  const [latitude, longitude] = got("latitude").split(",").map(Number);
  const place = { ...(got("place") && { name: got("place") }), ...(got("latitude") && { latitude, longitude }) };
  if (Object.keys(place).length) fields.place = place;
  const source = { ...(got("who") && { who: got("who") }), ...(got("url") && { url: got("url") }), ...(got("channel") && { channel: got("channel") }) };
  if (Object.keys(source).length) fields.source = source;
  const claims = got("claims").split("\n").filter((l) => l.includes(":")).map((l) => ({ by: l.slice(0, l.indexOf(":")).trim(), says: l.slice(l.indexOf(":") + 1).trim() }));
  if (claims.length) fields.claims = claims;
  const tags = got("tags").split(",").map((t) => t.trim()).filter(Boolean);
  if (tags.length) fields.tags = tags;
  if (got("reliability")) fields.reliability = got("reliability");
  if (got("credibility")) fields.credibility = Number(got("credibility"));
  const data = observed(got);
  if (data) fields.data = data;
  return fields;
}

/** The part of a record that a rule can read; null where nothing of it was filled in. */
function observed(got) {
  if (!got("indicator") && !got("subject") && !got("value")) return null;
  const value = got("not_given") ? { given: false } : { value: /^-?\d+(\.\d+)?$/.test(got("value")) ? Number(got("value")) : got("value") };
  return { indicator: got("indicator"), subject: got("subject"), ...value };
}

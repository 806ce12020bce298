// How does a reader check it without trusting anybody?  What they have of their own, what this server says, and bundles
// that they hold as files, which are read on their device alone.

import { fill, make, table } from "./dom.js";
import { kindWord, time } from "./evidence-list.js";
import { anchors, fetched, forget, given, giveOwn, keepCheckpoint, remembered, setMemory, wantsMemory } from "./evidence-server.js";
import { printable, stranger } from "./strangers.js";
import { verifyBundle } from "./verify/bundle.js";
import { verifyRecord } from "./verify/record.js";
import { Steps } from "./verify/steps.js";
import { stage } from "./verify-view.js";
import { language, moment, say } from "./words.js";

const MOST_SHOWN = 200;

/** Show the panel; also where the server says that it has no record, since the reader may remember one. */
export function showCheck(place) {
  const text = make("textarea", { id: "own-text", rows: "5", spellcheck: "false", autocomplete: "off", class: "hash" });
  const files = make("input", { id: "own-file", type: "file", multiple: true });
  const memory = make("div", {});
  const result = make("section", { class: "panel result", id: "result", "aria-label": say("evidence.result"), hidden: true });
  const records = make("div", {});
  const run = async (title, doing) => {
    fill(records);
    const shown = stage(result);
    const steps = new Steps(shown.seen);
    shown.begin(title);
    try {
      await giveOwn(text.value, files.files);
    } catch (error) {
      steps.failed("no-anchor", error.why ?? "unexpected", error.values ?? { why: error.message });
      shown.end(steps);
      return;
    }
    const found = (await steps.check("file", () => doing(steps, shown))) ?? {};
    shown.end(steps);
    keepCheckpoint(steps, found);
    tellMemory(memory);
    if (found.walk) fill(records, inFile(found.walk));
    result.scrollIntoView({ block: "nearest" });
  };
  fill(place, make("div", { class: "columns" },
    make("section", { class: "panel" }, ownPart(text, files, memory)),
    make("section", { class: "panel" }, serverPart(run), filePart(run), howTo())), result, records);
  tellMemory(memory);
}

function ownPart(text, files, memory) {
  return [make("h2", {}, say("evidence.own")), make("p", {}, say("evidence.own-why")),
    make("label", { for: "own-text" }, say("evidence.own-text")), text,
    make("label", { for: "own-file" }, say("evidence.own-file")), files,
    make("label", { class: "inline remember" }, make("input", { type: "checkbox", id: "own-remember", checked: wantsMemory(),
      onchange: (event) => setMemory(event.target.checked) }), say("evidence.remember")), memory];
}

function tellMemory(element) {
  const kept = remembered()?.older[0];
  if (!kept) return fill(element, make("p", { class: "faint" }, say("evidence.remembered-none")));
  return fill(element, make("p", { id: "remembered" }, say("evidence.remembered", { size: kept.size, when: moment(kept.when) }), " ",
    make("button", { type: "button", onclick: () => { forget(); tellMemory(element); } }, say("evidence.forget"))));
}

function serverPart(run) {
  const server = () => run(say("evidence.result-server"), (steps) => verifyRecord({ given, anchors: anchors(), steps }));
  const whole = () => run(say("evidence.result-whole"), async (steps, shown) => {
    const response = await fetched("/bundle", { raw: true, seconds: 600 });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return verifyBundle({ bytes, anchors: anchors(), steps, advance: shown.advance });
  });
  return [make("h2", {}, say("evidence.view-check")), make("p", { class: "row" },
    make("button", { type: "button", class: "first", id: "check-server", onclick: server }, say("evidence.check-server")),
    make("button", { type: "button", id: "check-whole", onclick: whole }, say("evidence.check-whole")))];
}

function filePart(run) {
  const take = (file) => file && run(say("evidence.result-file", { name: printable(file.name) }), async (steps, shown) =>
    verifyBundle({ bytes: new Uint8Array(await file.arrayBuffer()), anchors: anchors(), steps, advance: shown.advance }));
  const choose = make("input", { type: "file", id: "bundle-file", accept: ".zip", onchange: (event) => take(event.target.files[0]) });
  const box = make("div", { class: "drop", ondragover: (event) => { event.preventDefault(); box.classList.add("over"); },
    ondragleave: () => box.classList.remove("over"),
    ondrop: (event) => { event.preventDefault(); box.classList.remove("over"); take(event.dataTransfer.files[0]); } },
  make("p", {}, say("evidence.drop-why")), make("label", { for: "bundle-file" }, say("evidence.drop-choose")), choose);
  return [make("h2", {}, say("evidence.drop")), box];
}

const howTo = () => make("p", {}, make("a", { href: `/static/how-to-verify.${language}.txt` }, say("evidence.how-without")));

/** The records of a file, as they were signed in it. */
function inFile(walk) {
  const some = walk.entries.slice(0, MOST_SHOWN);
  const heads = ["number", "when", "kind", "says", "who"].map((h) => say(`evidence.${h}`));
  const rows = some.map(({ seq, fields }) => [String(seq), time(fields.happened), kindWord(fields.kind), stranger(fields.text), stranger(fields.source?.who ?? "–")]);
  return [table({ caption: say("evidence.in-file"), heads, rows, numeric: [0] }),
    walk.entries.length > MOST_SHOWN ? make("p", { class: "faint" }, say("evidence.in-file-some", { count: MOST_SHOWN })) : null];
}


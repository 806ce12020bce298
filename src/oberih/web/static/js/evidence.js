// What is in the record, and can I check it myself?  Chooses what to show by the address: a search, one record, the
// check; each has an address of its own, so that it can be sent on, and the back button works.

import { fill, make } from "./dom.js";
import { showCheck } from "./evidence-check.js";
import { showList } from "./evidence-list.js";
import { showRecord } from "./evidence-record.js";
import { fetched } from "./evidence-server.js";
import { showWrite } from "./evidence-write.js";
import { fresh, lost } from "./shell.js";
import { printable } from "./strangers.js";
import { say } from "./words.js";

// A command is typed as it stands, in every language.
const ADD = 'oberih evidence add --kind event --when 2026-11-25 --text "…" --who "…"';

const root = document.getElementById("evidence");
const mayRecord = root.dataset.mayRecord === "yes";
const head = make("div", {}), body = make("div", {});
fill(root, head, body);

function go(query) {
  const said = query.toString();
  history.pushState(null, "", said ? `/evidence?${said}` : "/evidence");
  show({ focus: true });
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(new URL(link.href).searchParams);
});
window.addEventListener("popstate", () => show());

let newest = 0;  // of the views asked for: one that comes late fills what is no longer shown

async function show({ focus = false } = {}) {
  const query = new URLSearchParams(location.search), mine = ++newest, page = make("div", {});
  let standing = null;
  try {
    standing = await fetched("");
    fresh();
    if (mine !== newest) return;
    fill(body, page);
  } catch (error) {
    if (error instanceof TypeError) lost();
    if (mine !== newest) return;
    fill(body, page);
    fill(head, make("p", { class: "notice", role: "alert" }, say("shell.failed", { why: printable(error.message) })), tabs(query));
    if (query.get("view") === "check") showCheck(page);
    else fill(page, make("button", { type: "button", onclick: () => show() }, say("shell.try-again")));
    return;
  }
  fill(head, make("p", { class: "lead" }, say("evidence.intro")), tabs(query), standing.exists ? stand(standing) : null);
  if (query.get("view") === "check") showCheck(page);
  else if (query.get("view") === "write" && mayRecord) showWrite(page, go);
  else if (/^\d{1,15}$/.test(query.get("record") ?? "")) await showRecord(page, { number: Number(query.get("record")) }, { mayRecord, go });
  else if (query.get("id")) await showRecord(page, { id: query.get("id") }, { mayRecord, go });
  else if (standing.exists) await showList(page, query, go);
  else fill(page, none());
  if (focus && page.isConnected) document.getElementById("content").focus();
}

function tabs(query) {
  const now = ["check", "write"].includes(query.get("view")) ? query.get("view") : "list";
  const names = ["list", "check", ...(mayRecord ? ["write"] : [])];
  return make("nav", { class: "tabs", "aria-label": say("evidence.views") }, names.map((name) =>
    make("a", { href: name === "list" ? "/evidence" : `?view=${name}`, "data-go": "", "aria-current": name === now ? "page" : null }, say(`evidence.view-${name}`))));
}

function stand(standing) {
  const key = standing.keys[0]?.keyid ?? "";
  const files = standing.size > 0 && make("span", { class: "row" },
    make("a", { class: "button", href: "/api/v1/evidence/checkpoint" }, say("evidence.get-checkpoint")),
    make("a", { class: "button", href: "/api/v1/evidence/bundle" }, say("evidence.get-bundle")),
    make("a", { class: "button", href: "/api/v1/evidence/bundle?attachments=true" }, say("evidence.get-bundle-files")));
  return make("div", { class: "stand" }, make("p", {}, say("evidence.stand", { size: standing.size }), " ", make("code", {}, printable(key)), " ",
    make("span", { class: "faint" }, `(${say("evidence.server-says")})`)), files);
}

function none() {
  return make("section", { class: "panel" }, make("p", {}, say("evidence.none")), make("pre", { class: "data", tabindex: "0" }, ADD),
    make("p", {}, say("evidence.none-import")), make("pre", { class: "data", tabindex: "0" }, "oberih evidence import FILE --mapping NAME"),
    make("p", {}, make("a", { href: "?view=check", "data-go": "" }, say("evidence.none-check"))));
}

await show();

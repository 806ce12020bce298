// Do the rules hold?  Chooses what to show by the address: all regimes, one board, one obligation, a history, or who
// takes part; each has an address of its own, so that it can be sent on, and the back button works.

import { fill, make } from "./dom.js";
import { showAll, showBoard } from "./regimes-board.js";
import { showHistory } from "./regimes-history.js";
import { showObligation } from "./regimes-obligation.js";
import { showParticipation } from "./regimes-participation.js";
import { changed, word } from "./regimes-words.js";
import { fresh, lost } from "./shell.js";
import { printable } from "./strangers.js";
import { say } from "./words.js";

const root = document.getElementById("regimes");
const head = make("div", {}), body = make("div", {});
fill(root, head, body);

function go(address) {
  history.pushState(null, "", new URL(address, location.origin + location.pathname));
  show({ focus: true });
}

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.href);
});
window.addEventListener("popstate", () => show());

async function show({ focus = false } = {}) {
  const query = new URLSearchParams(location.search);
  fill(head, make("p", { class: "lead" }, say("regimes.intro")), tabs(query), days(query));
  const page = make("div", {}, make("p", {}, say("shell.loading")));
  fill(body, page);  // each view has an element of its own: one that comes late fills what is no longer shown
  try {
    if (query.get("view") === "participation") await showParticipation(page, query, go);
    else if (query.get("view") === "history" && query.get("regime")) await showHistory(page, query, go);
    else if (query.get("regime") && query.get("obligation")) await showObligation(page, query);
    else if (query.get("regime")) await showBoard(page, query);
    else await showAll(page, query);
    fresh();
  } catch (error) {
    if (error instanceof TypeError) lost();
    fill(page, make("p", { class: "notice", role: "alert" }, say("shell.failed", { why: printable(error.message) })),
      make("p", { class: "row" }, make("button", { type: "button", onclick: () => show() }, say("shell.try-again")), make("a", { href: "/regimes", "data-go": "" }, say("regimes.all"))));
  }
  if (focus && page.isConnected) document.getElementById("content").focus();
}

function tabs(query) {
  const now = query.get("view") === "participation" ? "participation" : "board";
  const keep = { view: null, regime: null, obligation: null, event: null, actor: null, position: null, from: null, to: null, rolling: null };
  return make("nav", { class: "tabs", "aria-label": say("regimes.views") }, ["board", "participation"].map((name) =>
    make("a", { href: changed(query, { ...keep, view: name === "board" ? null : name }), "data-go": "", "aria-current": name === now ? "page" : null }, say(`regimes.view-${name}`))));
}

/** The day judged and what was known by when; a history has days of its own. */
function days(query) {
  const history_ = query.get("view") === "history";
  const today = new Date().toISOString().slice(0, 10);
  const day = (name, key, hint) => make("div", {}, make("label", { for: name }, word(key)),
    make("input", { type: "date", id: name, name, value: query.get(name) ?? (key === "as of" ? today : ""), min: "1895-01-01", max: today, "aria-describedby": hint ? `${name}-hint` : null }),
    hint ? make("span", { id: `${name}-hint`, class: "faint" }, hint) : null);
  return make("form", { class: "days", onsubmit: (event) => {
    event.preventDefault();
    const said = new FormData(event.target);
    go(changed(query, Object.fromEntries([...said].map(([k, v]) => [k, v]))));
  } }, history_ ? null : day("as_of", "as of"), query.get("view") === "participation" ? null : day("known_by", "known by", say("regimes.known-hint")),
  make("button", { type: "submit" }, say("regimes.judge")));
}

await show();

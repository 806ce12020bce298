// The report's page: the designer's setting in the address, a language, which releases; a preview, and both downloads.
// The preview is the very file that is downloaded, in a sandbox that runs nothing.

import { ask, Refused } from "./ask.js";
import { fill, make } from "./dom.js";
import { fresh, lost } from "./shell.js";
import { language, say } from "./words.js";

const at = (id) => document.getElementById(id);
const OURS = new Set(["lang", "releases", "percentile", "detail", "download", "a"]);
let newest = null;

/** What the address asks, without the page's own choices. */
function setting() {
  const query = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const [name, value] of query) if (!OURS.has(name) && value !== "") kept.append(name, value);
  return kept;
}

function asked(more = {}) {
  const query = setting();
  const percentile = Number(at("report-percentile").value);
  if (Number.isFinite(percentile) && percentile >= 1 && percentile <= 99.9) query.set("percentile", String(percentile));
  query.set("releases", at("report-releases").value);
  query.set("lang", at("report-language").value);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
}

function tell(text, { failed = false, again = false } = {}) {
  const state = at("report-state");
  state.classList.toggle("failed", failed);
  fill(state, text, again ? [" ", make("button", { type: "button", onclick: show }, say("report.page-again"))] : null);
}

function remember() {
  const here = setting();
  here.set("releases", at("report-releases").value);
  here.set("percentile", at("report-percentile").value);
  history.replaceState(null, "", `?${here}`);
  at("report-designer").href = `/designer?${setting()}`;
}

function link() {
  at("report-pdf").href = `/api/v1/report.pdf?${asked({ download: "true" })}`;
  at("report-html").href = `/api/v1/report.html?${asked({ download: "true" })}`;
  at("report-open").href = `/api/v1/report.html?${asked()}`;
}

/** Make the report and show it; a newer question ends an older one. */
async function show() {
  newest?.abort();
  const mine = new AbortController();
  newest = mine;
  link();
  tell(say("report.page-making"));
  at("report-preview").setAttribute("aria-busy", "true");
  const address = `/api/v1/report.html?${asked()}`;
  try {
    await (await ask(address, { raw: true, signal: mine.signal, seconds: 120 })).text();
    if (newest !== mine) return;
    const preview = at("report-preview");
    await new Promise((done) => {
      preview.addEventListener("load", done, { once: true });
      preview.src = address;
    });
    if (newest !== mine) return;
    fresh();
    tell(say("report.page-ready"));
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof Refused)) lost();
    tell(error.message, { failed: true, again: true });
    if (error instanceof Refused && error.status === 503) setTimeout(() => newest === mine && show(), 5000);
  } finally {
    if (newest === mine) at("report-preview").removeAttribute("aria-busy");
  }
}

function begin() {
  const query = new URLSearchParams(location.search);
  at("report-language").value = language;
  at("report-releases").value = query.get("releases") === "site" ? "site" : "one";
  at("report-percentile").value = query.get("percentile") ?? "95";
  const told = [...setting()].map(([name, value]) => `${name} = ${value}`).join("; ");
  fill(at("report-set"), told ? say("report.page-set", { settings: told }) : say("report.page-usual"));
  at("report-form").addEventListener("submit", (event) => event.preventDefault());
  at("report-form").addEventListener("change", () => { remember(); show(); });
  at("report-designer").href = `/designer?${setting()}`;
  show();
}

begin();

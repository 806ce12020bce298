// The zone designer, put together: controls, questions, answers, map, comparison, link and exports.

import { ask } from "./ask.js";
import { Asker } from "./designer-ask.js";
import { showComparison, versus } from "./designer-compare.js";
import { headline } from "./designer-figures.js";
import { Form } from "./designer-form.js";
import { DEFAULTS, fromQuery, toQuery } from "./designer-question.js";
import { basis, show } from "./designer-show.js";
import { tellState, watchAtlas } from "./designer-states.js";
import { fill, make } from "./dom.js";
import { fresh } from "./shell.js";
import { language, say } from "./words.js";

const by = (id) => document.getElementById(id);
const FORMATS = ["geojson", "kml", "gpkg", "tif", "csv", "irix", "png"];

const page = { form: null, asker: null, map: null, question: null, answer: null, answered: null, took: 0, kept: null, lang: new URLSearchParams(location.search).get("lang") };

const put = (question, detail, signal) => ask(`/api/v1/design?${toQuery(question, { detail, lang: language })}`, { signal });

/** What is there to choose; asked until the server answers. */
async function choices() {
  for (;;) {
    try {
      return await ask(`/api/v1/design/choices?lang=${language}`);
    } catch (error) {
      tellState(error.status && error.status < 500 ? "refused" : "lost", { error, again: 3 });
      if (error.status === 401 || error.status === 403) throw error;
      await new Promise((later) => setTimeout(later, 3000));
    }
  }
}

function known(c) {
  const names = (list) => list.map((one) => one.name);
  return { unit: c.units.map((u) => u.id), scenario: names(c.scenarios), weather: c.weather, criteria: names(c.criteria), age: names(c.ages), protection: names(c.protection),
    actions: Object.fromEntries(c.criteria.map((s) => [s.name, names(s.criteria)])) };
}

/** The days that the slider of decay spans: from the last shutdown to twenty years after the planning day. */
function days(c) {
  const last = Math.max(...c.units.map((u) => (u.shutdown ? Date.parse(u.shutdown) : 0)), 0);
  const first = new Date(last || Date.parse(c.defaults.day) - 5 * 31557600000), end = new Date(Date.parse(c.defaults.day) + 20 * 31557600000);
  return [first, end].map((d) => d.toISOString().slice(0, 10));
}

async function begin() {
  const c = await choices();
  c.days = days(c);
  page.start = { ...DEFAULTS, ...c.defaults };
  const from = (text) => fromQuery(text, known(c), page.start);
  const { question, wrong, kept } = from(location.search);
  page.form = new Form(c, changed);
  page.asker = new Asker({ fetch: put, shown, state });
  page.choices = c;
  await nameUploads(question, kept && from(kept).question);
  page.form.write(question);
  page.question = question;
  if (wrong.length) tellState("link", { wrong });
  if (kept && !from(kept).wrong.length) keep(from(kept).question, null);
  else if (kept) tellState("link", { wrong: from(kept).wrong, keptWrong: true });
  buttons();
  address();
  watchAtlas(c.atlas, () => page.asker.hurry());
  const narrow = matchMedia("(max-width: 60rem)").matches;
  by("controls").open = !narrow;
  by("controls").querySelector("summary").tabIndex = narrow ? 0 : -1;  // beside a wide answer it stays open
  page.asker.change(question, { rested: true });
  loadMap();
}

function changed(question, moving) {
  page.question = question;
  page.form.blame(null);
  tellState("changed", {});
  page.asker.change(question, { rested: !moving });
  clearTimeout(page.later);
  page.later = setTimeout(address, moving ? 250 : 0);
}

function shown(answer, { question, detail, took }) {
  Object.assign(page, { answer, answered: question, took });
  by("designer").dataset.state = answer.detail;
  fresh();
  paint();
  page.form.scenarioHeight(answer.release.heights_m[0]);
  if (detail === "full") by("spoken").textContent = headline(answer);
}

function paint() {
  const kept = page.kept?.answer ?? null;
  show(page.answer, kept);
  basis(page.answer, page.took, page.doing);
  page.map?.show(page.answer, kept, { others: by("others").checked, settled: page.answer.detail === "full" });
  compare();
  fill(by("asked"), make("h2", {}, say("designer.question-in-words")), make("dl", { class: "facts" },
    Object.keys(DEFAULTS).flatMap((name) => [make("dt", {}, say(`designer.${name === "months" ? "season" : name}`)), make("dd", {}, page.form.told(name, page.answered))])));
}

function compare() {
  const told = (name, question) => page.form.told(name, question);
  const line = page.kept ? versus(page.kept, page.answered, page.answer, told) : "";
  by("versus").hidden = !line;
  by("versus").textContent = line;
  if (page.kept) showComparison(by("compare"), page.kept, page.answered, page.answer, told);
}

function loadMap() {
  import("./designer-map.js").then(async ({ openDesignerMap }) => {
    page.map = await openDesignerMap(by("map"), page.choices);
    if (page.answer) page.map.show(page.answer, page.kept?.answer ?? null, { others: by("others").checked, settled: true });
  });
}

function state(name, told) {
  page.doing = name === "asking" ? say(told.detail === "full" && page.answer ? "designer.refining" : "designer.asking") : "";
  if (by("doing")) by("doing").textContent = page.doing;
  const here = name === "refused" && page.form.blame(told.error.problem?.field, told.error.message);
  tellState(name, { ...told, here });
}

/** The page's address is the whole question, A included; so are the links that leave from here. */
function address() {
  const query = toQuery(page.question), kept = page.kept ? toQuery(page.kept.question) : null;
  history.replaceState(null, "", `?${toQuery(page.question, { a: kept, lang: page.lang })}`);
  const other = document.querySelector("a.language");
  other.href = `?${toQuery(page.question, { a: kept, lang: other.hreflang })}`;
  const link = (href, key) => make("li", {}, make("a", { href }, say(`designer.export-${key}`)));
  fill(by("exports").querySelector("ul"),
    FORMATS.map((format) => link(`/api/v1/design/export/${format}?${query}&detail=full&lang=${language}`, format)),
    link(`/report?${query}`, "report"), ["pdf", "html"].map((kind) => link(`/api/v1/report.${kind}?${query}&detail=full&lang=${language}`, kind)),
    make("li", { class: "help" }, say("designer.exports-note")));
}

async function keep(question, answer) {
  const kept = { question, answer: answer?.detail === "full" ? answer : null };
  page.kept = kept;
  for (const id of ["swap", "drop"]) by(id).hidden = false;
  by("keep").textContent = say("designer.keep-again");
  if (page.answer) paint();
  while (!kept.answer && page.kept === kept) {
    try {
      kept.answer = await put(question, "full");
    } catch (error) {
      if (error.status && ![409, 429].includes(error.status)) {
        tellState("link", { wrong: [], keptWrong: true });
        return drop();
      }
      await new Promise((later) => setTimeout(later, (error.retryAfter ?? 3) * 1000));
    }
  }
  if (page.kept === kept && page.answer) paint();
}

function drop() {
  page.kept = null;
  for (const id of ["swap", "drop"]) by(id).hidden = true;
  by("compare").hidden = true;
  by("keep").textContent = say("designer.keep");
  if (page.answer) paint();
  address();
}

function buttons() {
  const same = () => page.answered === page.question ? page.answer : null;
  by("keep").addEventListener("click", () => { keep(page.question, same()); address(); });
  by("drop").addEventListener("click", () => { drop(); by("keep").focus(); });
  by("swap").addEventListener("click", () => {
    const { question } = page.kept;
    keep(page.question, same());
    page.form.write(question);
    changed(question, false);
  });
  by("start-over").addEventListener("click", () => { page.form.write(page.start); changed(page.form.read(), false); });
  by("others").addEventListener("change", () => page.answer && paint());
  by("copy-link").addEventListener("click", async () => {
    address();
    by("copied").textContent = await navigator.clipboard.writeText(location.href).then(() => say("designer.copied"), () => say("designer.copy-failed"));
  });
  const menu = by("exports");
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); } });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  by("source-term").addEventListener("change", upload);
}

/** Hand in a source term of the user's own; it becomes the scenario at once. */
async function upload(event) {
  const [file] = event.target.files, told = by("upload-told");
  if (!file) return;
  told.textContent = say("designer.uploading", { name: file.name });
  try {
    const kept = await ask(`/api/v1/uploads/source-term?name=${encodeURIComponent(file.name)}`, { body: file, headers: { "Content-Type": "application/octet-stream" } });
    told.textContent = say("designer.uploaded", { name: file.name, recognised: kept.recognised, oddities: kept.oddities.join(" ") });
    page.form.add(kept);
    page.form.write({ ...page.question, scenario: `upload:${kept.id}` });
    changed(page.form.read(), false);
  } catch (error) {
    told.textContent = say("shell.failed", { why: error.message });
  }
  event.target.value = "";
}

/** The names of handed-in source terms that a link speaks of. */
async function nameUploads(...questions) {
  for (const id of new Set(questions.filter((q) => q?.scenario?.startsWith("upload:")).map((q) => q.scenario.slice(7)))) {
    try {
      page.form.add(await ask(`/api/v1/uploads/${id}`));
    } catch (error) {
      if (error.status === 404) tellState("link", { gone: true });
    }
  }
}

begin();

// The event: ask, show, ask again.  The newest question ends the older ones; what is shown says which it answers.

import { ask, Refused } from "./ask.js";
import { fill, make, table } from "./dom.js";
import { language, number, say } from "./words.js";
import { Form, asked, queryOf } from "./event-form.js";
import { Clock } from "./event-clock.js";
import { after, left, utc } from "./event-hours.js";
import { advice, nameOf, showPlaces, way } from "./event-places.js";
import { showStory } from "./event-story.js";
import { fresh, lost } from "./shell.js";

const $ = (id) => document.getElementById(id);
const root = $("event");
const AGAIN = 5 * 60e3;  // ms
const STANDING = /^(ready-|no-clock|indoors-)/;  // notes on what stands ready
let form, clock, newest = null, timer = 0, chosen = null;

function state(name) {
  root.dataset.state = name;
}

const dated = (name) => name.replaceAll(/[^\w]/g, "-");
const window_ = (seconds) => (seconds < 86400 ? say("event.hours", { n: number(seconds / 3600) })
  : seconds > 360 * 86400 ? say("event.years", { n: number(seconds / 31557600, 2) }) : say("event.days", { n: number(seconds / 86400) }));

/** Which dose "effective-adult-7d" is, in words. */
function doseSaid(name) {
  const [, age, span] = name.split("-");
  return say("event.dose-said", { age: say(`design.age-${age}`), window: span.endsWith("d") ? say("event.days", { n: span.slice(0, -1) }) : span });
}

function headline(event) {
  const reach = ["evacuate", "severe", "shelter"].map((a) => event.actions.filter((x) => x.action === a && x.distance_m > 0)
    .sort((x, y) => y.distance_m - x.distance_m)[0]).find(Boolean);
  const people = (n) => (n ? say("event.headline-people", { n: number(n) }) : say("event.headline-nobody"));
  const said = reach ? say("event.headline-far", { action: say(`event.action-${reach.action}`), distance: number(reach.distance_m / 1000),
    way: reach.azimuth_deg === null ? "–" : way(reach.azimuth_deg), people: people(reach.people) }) : say("event.headline-nowhere");
  const first = event.places.filter((p) => p.comes_h !== null && p.needed.length).sort((a, b) => a.comes_h - b.comes_h)[0];
  return [said, first && say("event.headline-first", { place: nameOf(first), time: utc(after(event.start, first.comes_h)),
    left: left(event.start, first.comes_h, event.now) })].filter(Boolean).join(" ");
}

function showActions(event) {
  const heads = ["action", "level", "reach", "towards", "people"].map((h) => say(`event.${h}`));
  const rows = event.actions.map((a) => {
    const words = { level: number(a.level_mSv), unit: say(`event.unit-${a.unit}`), organ: say(`event.organ-${a.organ}`),
      age: say(`design.age-${a.age}`), window: window_(a.window_s) };
    const tier = a.tier ? ` (${say(`event.tier-${a.tier}`)})` : "";
    const far = number(a.distance_m / 1000);
    return [say(`event.action-${a.action}`) + tier + (a.verified ? "" : " †"), say("event.level-said", words),
      a.distance_m > 0 ? (a.beyond ? say("event.at-least", { n: far }) : far) : say("event.nowhere"),
      a.azimuth_deg === null ? "–" : way(a.azimuth_deg), a.distance_m > 0 && a.people !== null ? number(a.people) : "–"];
  });
  fill($("actions"), make("h2", {}, say("event.actions")), table({ caption: say("event.map-words"), heads, rows, numeric: [2, 4] }));
}

function show(event, question) {
  $("without").hidden = true;
  const loud = ["exercise", "old", "ready-old", "steady", "aloft", "far"];
  const said = (n) => say(`event.note-${n.key}`, n.values);
  fill($("warnings"), event.notes.filter((n) => loud.includes(n.key)).map((n) => make("p", {}, said(n))));
  const standing = event.notes.filter((n) => STANDING.test(n.key) && !loud.includes(n.key));
  $("notes").hidden = !standing.length;
  fill($("notes"), standing.map((n) => make("li", {}, said(n))));
  $("headline").textContent = headline(event);
  showActions(event);
  showPlaces($("places"), event, question, (place) => openPlace(place, event, question));
  const label = say(`event.label-${dated(event.weather.label)}`);
  const basis = say("event.basis", { scenario: event.release.title[language], fuel: event.release.fuel[language], hours: event.release.hours,
    source: event.weather.source, label, dose: doseSaid(event.dose), digest: event.provenance.slice(0, 16) });
  const quiet = event.notes.filter((n) => !loud.includes(n.key) && !standing.includes(n)).map(said);
  $("basis").textContent = [basis, ...quiet, event.verified ? null : say("event.note-unverified")].filter(Boolean).join(" ");
  const query = queryOf({ ...question, at: event.start });
  $("csv").href = `/api/v1/event/settlements.csv?${query}`;
  $("geojson").href = `/api/v1/event/zones.geojson?${query}`;
  $("share").onclick = () => share(query);
}

async function share(query) {
  const link = `${location.origin}/event?${query}`;
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    // without the right to the clipboard the link is at least shown
  }
  $("shared").textContent = say("event.shared", { link });
}

async function openPlace(place, event, question) {
  chosen = place.id;
  try {
    const story = await ask(`/api/v1/event/places/${place.id}?${queryOf({ ...question, at: event.start })}`);
    showStory($("story"), story, nameOf(place), advice(place, event), () => { chosen = null; $("story").hidden = true; $("places").querySelector("button")?.focus(); });
    $("story").focus({ preventScroll: true });
    $("story").scrollIntoView({ block: "nearest" });
  } catch (error) {
    fail(error);
  }
}

function fail(error) {
  state("failed");
  $("told").hidden = false;
  $("told").textContent = say("event.failed", { why: error.message });
}

/** Without a forecast there is still something to do. */
function showWithout(trouble) {
  state("without");
  $("headline").textContent = say("event.no-forecast-title");
  fill($("without"), make("p", {}, trouble ? say("event.trouble", { why: trouble }) : say("event.no-forecast")),
    make("p", { class: "row" }, make("label", { class: "button first", for: "weather-file" }, say("event.upload-weather")),
      make("button", { type: "button", onclick: () => { $("weather").value = "exercise"; compute(); } }, say("event.no-forecast-exercise"))));
  $("without").hidden = false;
}

async function compute(tries = 3) {
  newest?.abort();
  const mine = (newest = new AbortController());
  const question = form.question();
  const query = queryOf(question);
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  const offer = form.choices.weathers.find((w) => w.name === (question.weather ?? "forecast"));
  if ((!question.weather && !offer) || offer?.trouble) return showWithout(offer?.trouble);
  state("computing");
  $("told").hidden = true;
  if (!clock.event) $("headline").textContent = say("event.computing");
  try {
    if (chosen !== null && !form.hasClock) { chosen = null; $("story").hidden = true; }
    const event = await ask(`/api/v1/event?${query}`, { signal: mine.signal, seconds: 120 });
    show(event, question);
    await clock.use(event, { ...question, at: event.start }, mine.signal);
    if (chosen !== null && !$("story").hidden) {
      const place = event.places.find((p) => p.id === chosen);
      if (place) await openPlace(place, event, question);
    }
    fresh();
    state("ready");
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof Refused)) lost();
    if (error.status === 503 && tries > 0) timer = setTimeout(() => compute(tries - 1), 4000);
    fail(error);
  }
}

async function begin() {
  try {
    const choices = await ask("/api/v1/event/choices");
    clock = new Clock(choices);
    const soon = (live) => { clearTimeout(timer); timer = setTimeout(compute, live ? 120 : 0); };
    form = new Form(choices, asked(location.search), soon);
    $("print").addEventListener("click", () => print());
    compute();
  } catch (error) {
    $("headline").textContent = "";
    fail(error);
  }
}

/** An event of now goes on: look again, at a newer forecast too, while nobody is at the controls. */
async function again() {
  if (document.hidden || form?.question().at !== null || $("question").contains(document.activeElement)) return;
  try {
    form.renew(await ask("/api/v1/event/choices"));
    compute();
  } catch {
    lost();
  }
}

begin();
setInterval(again, AGAIN);

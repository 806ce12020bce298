// What is asked?  The form, the address and the question say the same; a link that is shared opens the same event.

import { ask } from "./ask.js";
import { fill, make } from "./dom.js";
import { ago, language, moment, number, say } from "./words.js";
import { after, kyiv, utc } from "./event-hours.js";

const FIELDS = ["at", "weather", "scenario", "criteria", "age", "shelter", "shelter_until", "iodine", "evacuate_at"];
const NUMBERS = ["shelter_until", "evacuate_at"];
const $ = (id) => document.getElementById(id);
const dashed = (name) => name.replaceAll(" ", "-");

/** The question of an address. */
export function asked(search) {
  const query = new URLSearchParams(search);
  const value = (f) => { const text = query.get(f); return !text ? null : NUMBERS.includes(f) ? (Number.isFinite(Number(text)) ? Number(text) : null) : text; };
  return Object.fromEntries(FIELDS.map((f) => [f, value(f)]));
}

/** The query of a question. */
export function queryOf(question) {
  const query = new URLSearchParams();
  for (const f of FIELDS) if (question[f] !== null && question[f] !== undefined && question[f] !== "") query.set(f, question[f]);
  return query;
}

export class Form {
  constructor(choices, question, changed) {
    this.choices = choices;
    this.uploads = { weather: [], "source-term": [] };
    this.mapping = null;
    this.hourNow = `${choices.now.slice(0, 13)}:00`;
    this.changed = changed;
    question.weather ??= this.without();
    $("controls").open = !matchMedia("(max-width: 60rem)").matches;
    this.fillIn(question);
    $("question").addEventListener("input", (e) => { if (e.target.type !== "file") this.said(); });
    $("question").addEventListener("change", (e) => { if (e.target.type !== "file") changed(); });
    for (const id of ["shelter-until", "evacuate-at"]) $(id).addEventListener("input", () => changed(true));
    $("question").addEventListener("submit", (e) => e.preventDefault());
    $("now").addEventListener("click", () => { $("at").value = this.hourNow; this.said(); changed(); });
    for (const [id, kind] of [["weather-file", "weather"], ["mapping-file", "mapping"], ["source-file", "source-term"]]) {
      $(id).addEventListener("change", () => this.handIn($(id), kind));
    }
  }

  /** The weather where none is named: the server's forecast, or, where it has none, what stands ready. */
  without() {
    const names = this.choices.weathers.map((w) => w.name);
    return !names.includes("forecast") && names.includes("ready") && this.answers(this.hourNow) ? "ready" : null;
  }

  /** Whether what stands ready answers for a release of this hour. */
  answers(hour) {
    const offer = this.choices.weathers.find((w) => w.name === "ready"), at = new Date(`${hour.slice(0, 13)}:00Z`);
    return Boolean(offer) && new Date(offer.start) <= at && at < new Date(offer.end);
  }

  /** Whether the weather chosen knows hours by the clock. */
  get hasClock() {
    return $("weather").value !== "ready";
  }

  /** Put a question into the form. */
  fillIn(question) {
    const { choices } = this;
    const option = (value, text, chosen) => make("option", { value, selected: value === (chosen ?? "") }, text);
    const marked = (known, name) => { const words = say(`design.measure-${dashed(name)}`); return known[name] ? words : say("event.unverified-mark", { what: words }); };
    $("at").value = question.at ? new Date(question.at.length < 17 && !question.at.includes("Z") ? `${question.at}Z` : question.at).toISOString().slice(0, 13) + ":00" : this.hourNow;
    fill($("weather"), this.weathers(question).map(([v, t]) => option(v, t, question.weather ?? "forecast")));
    const own = question.scenario?.startsWith("upload:") ? [[question.scenario, say("event.scenario-upload", { name: this.nameOf("source-term", question.scenario) })]] : [];
    const shipped = choices.scenarios.map((s) => [s.name, s.title[language]]);
    fill($("scenario"), [...own, ...shipped].map(([v, t]) => option(v, t, question.scenario ?? choices.scenario)));
    fill($("criteria"), choices.criteria.map((c) => option(c.name, language === "uk" ? c.title_uk : c.title, question.criteria ?? "iaea")));
    fill($("age"), option("", say("event.age-own"), question.age), choices.ages.map((a) => option(a, say(`design.age-${a}`), question.age)));
    fill($("shelter"), option("", say("event.shelter-none"), question.shelter),
      Object.keys(choices.shelters).map((m) => option(m, marked(choices.shelters, m), question.shelter)));
    fill($("iodine"), option("", say("event.iodine-none"), question.iodine),
      Object.keys(choices.tablets).map((m) => option(m, marked(choices.tablets, m), question.iodine)));
    $("shelter-until").value = question.shelter_until ?? 48;
    $("evacuate").checked = question.evacuate_at !== null;
    $("evacuate-at").value = question.evacuate_at ?? 4;
    this.said();
  }

  /** Take newer choices: another hour, another forecast. */
  renew(choices) {
    const question = this.question();
    this.choices = choices;
    this.hourNow = `${choices.now.slice(0, 13)}:00`;
    this.fillIn(question);
  }

  weathers(question) {
    const found = this.choices.weathers.map((w) => [w.name, say(`event.weather-${w.name}`)]);
    if (question.weather === "ready" && !found.some(([v]) => v === "ready")) found.push(["ready", say("event.weather-ready")]);
    if (!found.some(([v]) => v === "forecast")) found.unshift(["forecast", say("event.no-forecast-title")]);
    const own = this.uploads.weather.map((u) => [`upload:${u.id}`, say("event.weather-upload", { name: u.name })]);
    if (question.weather?.startsWith("upload:") && !own.some(([v]) => v === question.weather)) own.push([question.weather, say("event.weather-upload", { name: question.weather.slice(7) })]);
    return [...own, ...found];
  }

  nameOf(kind, name) {
    return this.uploads[kind].find((u) => `upload:${u.id}` === name)?.name ?? name.slice(7);
  }

  /** The question that the form asks. */
  question() {
    const at = $("at").value;
    return {
      at: at && at !== this.hourNow ? `${at.slice(0, 13)}:00Z` : null, weather: $("weather").value === "forecast" ? null : $("weather").value,
      scenario: $("scenario").value === this.choices.scenario ? null : $("scenario").value,
      criteria: $("criteria").value === "iaea" ? null : $("criteria").value, age: $("age").value || null,
      shelter: $("shelter").value || null, iodine: $("iodine").value || null,
      shelter_until: this.hasClock && $("shelter").value && Number($("shelter-until").value) !== 48 ? Number($("shelter-until").value) : null,
      evacuate_at: this.hasClock && $("evacuate").checked ? Number($("evacuate-at").value) : null,
    };
  }

  /** Say what the controls mean. */
  said() {
    const start = $("at").value ? `${$("at").value}:00Z` : this.choices.now.slice(0, 13) + ":00Z";
    $("at-help").textContent = say("event.at-help", { kyiv: kyiv(start) });
    const timed = this.hasClock, ready = $("weather").querySelector('option[value="ready"]');
    if (ready) ready.disabled = timed && !this.answers($("at").value || this.hourNow);
    $("shelter-hours").hidden = !timed || !$("shelter").value;
    $("shelter-throughout").hidden = timed || !$("shelter").value;
    $("evacuate-part").hidden = $("approximations").hidden = !timed;
    $("evacuate-none").hidden = timed;
    $("shelter-until-said").textContent = number(Number($("shelter-until").value));
    $("evacuate-hours").hidden = !timed || !$("evacuate").checked;
    const gone = after(start, Number($("evacuate-at").value));
    const words = say("event.evacuate-said", { hour: $("evacuate-at").value, utc: utc(gone), kyiv: kyiv(gone) });
    $("evacuate-said").textContent = words;
    $("evacuate-at").setAttribute("aria-valuetext", words);
    const chosen = this.choices.weathers.find((w) => w.name === $("weather").value);
    const standing = chosen?.name === "ready";
    const lines = [chosen?.start && say(standing ? "event.covers-ready" : "event.covers", { start: moment(chosen.start), end: moment(chosen.end) }),
      chosen?.written && say(standing ? "event.ready-made" : "event.written", { ago: ago(chosen.written) }), chosen?.trouble];
    $("weather-help").textContent = lines.filter(Boolean).join("; ");
  }

  /** Hand in a file, and use it. */
  async handIn(input, kind) {
    const file = input.files[0];
    if (!file) return;
    const told = $("upload-told");
    told.textContent = say("event.upload-reading", { name: file.name });
    try {
      const query = new URLSearchParams({ name: file.name.slice(0, 80) });
      if (kind === "weather" && this.mapping) query.set("mapping", this.mapping);
      const took = await ask(`/api/v1/uploads/${kind}?${query}`, { body: file, seconds: 300, headers: { "Content-Type": "application/octet-stream" } });
      if (kind === "mapping") {
        this.mapping = took.id;
        told.textContent = say("event.upload-mapped", { name: took.name });
        return;
      }
      this.uploads[kind].unshift(took);
      const question = { ...this.question(), [kind === "weather" ? "weather" : "scenario"]: `upload:${took.id}` };
      if (kind === "weather") question.at = inside(took, this.choices.now) ? question.at : took.start;
      this.fillIn(question);
      told.textContent = kind === "weather" ? say("event.upload-took", { name: took.name, format: took.recognised, start: moment(took.start), end: moment(took.end) }) : took.facts.join("; ");
      if (took.oddities.length) told.append(make("br"), say("event.upload-oddities", { what: took.oddities.join("; ") }));
      this.changed();
    } catch (error) {
      told.textContent = say("event.failed", { why: error.message });
    } finally {
      input.value = "";
    }
  }
}

const inside = (upload, now) => new Date(upload.start) <= new Date(now) && new Date(now) < new Date(upload.end);

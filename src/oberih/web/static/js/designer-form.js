// How do the controls and a question become each other?  Fills the controls from what the server offers, reads them as
// plain values, and says at each hand's move whether it is still moving.

import { fill, make } from "./dom.js";
import { AT_POWER, MONTHS, SEASONS, dayNumber, dayOf, hoursBetween, isDay, seasonOf } from "./designer-question.js";
import { language, say } from "./words.js";

const by = (id) => document.getElementById(id);
const SLIDERS = ["height", "first_hour", "last_hour", "percentile"];
const CHOICES = ["scenario", "unit", "weather", "criteria", "action", "age"];

const options = (select, list) => fill(select, list.map(([value, text]) => make("option", { value }, text)));

export class Form {
  /** `changed(question, moving)` is told every change. */
  constructor(choices, changed) {
    this.choices = choices;
    this.changed = changed;
    this.uploads = [];
    this.height = 30;  // until an answer tells that of the scenario
    this.offer();
    this.bind();
  }

  offer() {
    const c = this.choices;
    this.scenarios();
    options(by("unit"), [["", say("designer.unit-any")], ...c.units.map((u) => [u.id, say("designer.unit-one", u)])]);
    options(by("weather"), c.weather.map((w) => [w, say(`designer.weather-${w}`)]));
    options(by("criteria"), c.criteria.map((s) => [s.name, s.title]));
    options(by("age"), [["", say("designer.age-own")], ...c.ages.map((a) => [a.name, a.title])]);
    const month = new Intl.DateTimeFormat(language === "uk" ? "uk-UA" : "en-GB", { month: "short", timeZone: "UTC" });
    fill(by("months"), MONTHS.map((m) => make("label", { class: "month" },
      make("input", { type: "checkbox", value: String(m) }), make("span", {}, month.format(new Date(Date.UTC(2026, m - 1, 1)))))));
    fill(by("protection"), c.protection.map((p) => make("label", { class: "inline" },
      make("input", { type: "checkbox", value: p.name }), make("span", {}, p.title + (p.verified ? "" : " †")))));
    by("day").min = String(dayNumber(c.days[0]));
    by("day").max = String(dayNumber(c.days[1]));
  }

  scenarios() {
    const own = this.uploads.map((u) => [`upload:${u.id}`, say("designer.scenario-own", { name: u.name || u.id })]);
    options(by("scenario"), [...this.choices.scenarios.filter((s) => s.offered).map((s) => [s.name, s.title]), ...own]);
  }

  /** A source term of the user's own becomes a scenario. */
  add(upload) {
    if (!this.uploads.some((u) => u.id === upload.id)) this.uploads.push(upload);
    this.scenarios();
  }

  actions(set, chosen = "") {
    const list = this.choices.criteria.find((s) => s.name === set)?.criteria ?? [];
    options(by("action"), [["", say("designer.action-first")], ...list.map((a) => [a.name, a.title])]);
    by("action").value = list.some((a) => a.name === chosen) ? chosen : "";
  }

  bind() {
    for (const name of SLIDERS) {
      const slider = by(name), typed = by(`${name}-typed`);
      slider.addEventListener("input", () => {
        typed.value = slider.value;
        if (name === "height") by("height-scenario").checked = false;
        this.tell(true);
      });
      typed.addEventListener("change", () => {
        if (typed.value === "" || !typed.checkValidity()) return void typed.reportValidity();
        slider.value = typed.value;
        if (name === "height") by("height-scenario").checked = false;
        this.tell(false);
      });
    }
    by("day").addEventListener("input", () => { by("day-typed").value = dayOf(Number(by("day").value)); this.tell(true); });
    by("day-typed").addEventListener("change", () => {
      if (!isDay(by("day-typed").value)) return;
      by("day").value = String(dayNumber(by("day-typed").value));
      this.tell(false);
    });
    for (const name of CHOICES) by(name).addEventListener("change", () => {
      if (name === "criteria") this.actions(by("criteria").value);
      this.tell(false);
    });
    by("height-scenario").addEventListener("change", () => this.tell(false));
    by("shutdown-mode").addEventListener("change", () => {
      if (by("shutdown-mode").value === "day" && !by("shutdown-date").value) by("shutdown-date").value = this.siteShutdown();
      this.tell(false);
    });
    by("shutdown-date").addEventListener("change", () => isDay(by("shutdown-date").value) && this.tell(false));
    by("season").addEventListener("change", () => {
      const chosen = SEASONS[by("season").value];
      if (chosen) for (const box of this.months()) box.checked = chosen.includes(Number(box.value));
      by("months").hidden = by("season").value !== "own";
      if (chosen) this.tell(false);
    });
    for (const box of this.months()) box.addEventListener("change", () => {
      if (!this.months().some((b) => b.checked)) box.checked = true;  // one month must stay
      this.tell(false);
    });
    by("protection").addEventListener("change", () => this.tell(false));
    by("question").addEventListener("submit", (event) => event.preventDefault());
  }

  months = () => [...by("months").querySelectorAll("input")];

  siteShutdown() {
    const unit = this.choices.units.find((u) => u.id === by("unit").value) ?? this.choices.units[0];
    return unit?.shutdown?.slice(0, 10) ?? by("day-typed").value;
  }

  tell(moving) {
    const question = this.read();
    this.say(question);
    this.changed(question, moving);
  }

  /** The controls as a question. */
  read() {
    const mode = by("shutdown-mode").value, text = (id) => by(id).value || null, value = (id) => Number(by(`${id}-typed`).value);
    const months = this.months().filter((b) => b.checked).map((b) => Number(b.value));
    return {
      scenario: text("scenario"), unit: text("unit"),
      shutdown: mode === "power" ? AT_POWER : mode === "day" && isDay(by("shutdown-date").value) ? by("shutdown-date").value : null,
      day: by("day-typed").value, height: by("height-scenario").checked ? null : value("height"), weather: by("weather").value,
      months, first_hour: value("first_hour"), last_hour: value("last_hour"), criteria: text("criteria"),
      action: text("action"), percentile: value("percentile"), age: text("age"),
      protection: [...by("protection").querySelectorAll("input:checked")].map((b) => b.value).sort(),
    };
  }

  /** Set the controls to a question. */
  write(question) {
    const own = question.scenario?.startsWith("upload:") ? question.scenario.slice(7) : null;
    if (own) this.add(this.uploads.find((u) => u.id === own) ?? { id: own, name: own });
    for (const name of CHOICES) if (name !== "action") by(name).value = question[name] ?? "";
    this.actions(question.criteria, question.action ?? "");
    for (const name of SLIDERS) {
      const value = question[name] ?? this.height;
      by(name).value = by(`${name}-typed`).value = String(value);
    }
    by("height-scenario").checked = question.height === null;
    by("day-typed").value = question.day;
    by("day").value = String(dayNumber(question.day));
    by("shutdown-mode").value = question.shutdown === null ? "site" : question.shutdown === AT_POWER ? "power" : "day";
    by("shutdown-date").value = isDay(question.shutdown ?? "") ? question.shutdown : "";
    by("season").value = seasonOf(question.months) ?? "own";
    by("months").hidden = by("season").value !== "own";
    for (const box of this.months()) box.checked = question.months.includes(Number(box.value));
    for (const box of by("protection").querySelectorAll("input")) box.checked = question.protection.includes(box.value);
    this.say(question);
  }

  /** What follows from a question: which controls rest, and sentences about the values. */
  say(question) {
    const { first_hour: first, last_hour: last } = question, hours = hoursBetween(first, last);
    const key = hours === 24 ? "hours-all" : first > last ? "hours-night" : "hours-some";
    by("hours-said").textContent = say(`designer.${key}`, { first, last, hours });
    by("shutdown-date").hidden = by("shutdown-mode").value !== "day";
    const beyond = Math.round((100 - question.percentile) * 10) / 10;
    const [n, of] = beyond > 0 && 100 % beyond === 0 ? [1, 100 / beyond] : [beyond * 10, 1000];
    by("percentile-help").textContent = say("designer.percentile-help", { percentile: question.percentile, n: Math.round(n), of });
    const needs = this.choices.scenarios.find((s) => s.name === question.scenario)?.needs;
    by("shutdown-mode").disabled = by("shutdown-date").disabled = needs !== "core";
    by("shutdown-help").textContent = say(needs === "core" ? "designer.shutdown-help" : "designer.shutdown-idle");
    by("unit").disabled = needs !== "core" && needs !== "pool";
    const scenario = this.choices.scenarios.find((s) => s.name === question.scenario);
    by("scenario-help").textContent = scenario?.story ?? say("designer.scenario-help");
    for (const slider of document.querySelectorAll("input[type=range]")) this.speak(slider);
    by("in-short").textContent = this.short(question);
  }

  speak(slider) {
    const typed = by(`${slider.id}-typed`), unit = slider.id === "percentile" ? " %" : slider.id === "height" ? ` ${say("designer.metre")}` : "";
    slider.setAttribute("aria-valuetext", `${typed.value}${unit}`);
  }

  short(question) {
    return ["scenario", "unit", "months", "percentile"].map((name) => this.told(name, question)).join(" · ");
  }

  /** The height that the scenario has, shown while no other is chosen. */
  scenarioHeight(metres) {
    this.height = metres;
    if (!by("height-scenario").checked) return;
    by("height").value = by("height-typed").value = String(Math.round(metres));
    this.speak(by("height"));
  }

  /** One part of a question in words. */
  told(name, question) {
    const value = question[name], c = this.choices, none = say("designer.value-none");
    const title = (list) => list.find((one) => one.name === value)?.title ?? value ?? none;
    switch (name) {
      case "scenario": return c.scenarios.find((s) => s.name === value)?.title ?? say("designer.scenario-own", { name: this.uploads.find((u) => `upload:${u.id}` === value)?.name ?? value });
      case "unit": return value === null ? say("designer.unit-any") : say("designer.unit-one", { id: value });
      case "shutdown": return value === null ? say("designer.shutdown-site") : value === AT_POWER ? say("designer.shutdown-power") : value;
      case "height": return value === null ? say("designer.height-scenario") : `${value} ${say("designer.metre")}`;
      case "weather": return say(`designer.weather-${value}`);
      case "months": return seasonOf(value) ? say(`designer.season-${seasonOf(value)}`) : value.join(", ");
      case "first_hour": case "last_hour": return `${value}:00`;
      case "percentile": return `${value} %`;
      case "criteria": return title(c.criteria);
      case "action": return value === null ? say("designer.action-first") : title(c.criteria.find((s) => s.name === question.criteria)?.criteria ?? []);
      case "age": return value === null ? say("designer.age-own") : title(c.ages);
      case "protection": return value.map((p) => c.protection.find((one) => one.name === p)?.title ?? p).join("; ") || say("designer.value-no-protection");
      default: return value ?? none;
    }
  }

  /** Mark the control that a refusal names; null clears. */
  blame(field, why) {
    for (const old of document.querySelectorAll(".blamed")) {
      old.classList.remove("blamed");
      old.querySelector(".why")?.remove();
      old.querySelectorAll("[aria-invalid]").forEach((e) => e.removeAttribute("aria-invalid"));
    }
    if (!field) return false;
    const first = field.split(/[,. ]/)[0].replace(/^query\./, "");
    const part = document.querySelector(`[data-field="${CSS.escape(first.endsWith("_hour") ? "hours" : first)}"]`);
    if (!part) return false;
    part.classList.add("blamed");
    part.querySelector("input, select")?.setAttribute("aria-invalid", "true");
    part.append(make("p", { class: "why" }, why));
    return true;
  }
}

// Where is the plume at which hour?  The map, the slider over it, and what is shown.

import { ask } from "./ask.js";
import { number, say } from "./words.js";
import { queryOf } from "./event-form.js";
import { unpacked } from "./event-field.js";
import { after, kyiv, utc } from "./event-hours.js";
import { nameOf } from "./event-places.js";

const $ = (id) => document.getElementById(id);
const PINS = 40;
const HOURLY = ["passing", "until"];
const BEAT = 700;  // ms an hour takes when it plays

export class Clock {
  constructor(choices) {
    this.choices = choices;
    this.event = null;
    this.field = null;
    this.beat = 0;
    $("show").addEventListener("change", () => this.load());
    $("hour").addEventListener("input", () => this.draw());
    $("play").addEventListener("click", () => (this.beat ? this.pause() : this.play()));
  }

  /** Show another event. */
  async use(event, question, signal) {
    const first = this.event === null || this.event.start !== event.start || this.event.provenance !== event.provenance;
    const other = this.event === null || this.event.start !== event.start || this.event.weather.source !== event.weather.source;
    Object.assign(this, { event, question });
    this.offer(event.clock);
    $("hour").max = Math.max(event.last_hour, 1);
    if (other) $("hour").value = Math.min(4, event.last_hour);
    if (first) await this.load(signal);
    await this.points(event, other);
  }

  /** Only what the event holds may be shown: without a clock nothing by the hour. */
  offer(timed) {
    for (const option of $("show").options) option.hidden = option.disabled = !timed && HOURLY.includes(option.value);
    if (!timed && HOURLY.includes($("show").value)) $("show").value = "outdoors";
    $("time-how").hidden = !timed;
  }

  async load(signal) {
    if (!this.event) return;
    const query = queryOf(this.question);
    query.set("show", $("show").value);
    this.field = await unpacked(await ask(`/api/v1/event/field?${query}`, { signal, seconds: 120 }), this.event.weather.name);
    $("clock").hidden = this.field.frames === 1;
    if (this.field.frames === 1) this.pause();
    await this.draw();
  }

  async ready() {
    this.map ??= import("./map.js").then(({ openMap }) => openMap($("map"), { latitude: this.choices.latitude,
      longitude: this.choices.longitude, radius: 90000, name: this.choices.site }));
    return this.map;
  }

  async draw() {
    if (!this.field) return;
    const hour = Number($("hour").value), frame = this.field.frames === 1 ? 0 : Math.min(hour, this.field.frames) - 1;
    const end = after(this.event.start, hour);
    const words = say("event.time-said", { hour, utc: utc(end), kyiv: kyiv(end) });
    const top = this.field.top(frame);
    const least = this.field.levels[0];
    $("hour-said").textContent = top >= least ? words : `${words}. ${say("event.nothing-shown", { low: number(least) })}`;
    $("hour").setAttribute("aria-valuetext", words);
    const key = $("show").value === "passing" ? "event.legend-passing" : "event.legend-total";
    const legend = this.field.levels.map((low, i) => ({ colour: this.field.colours[i], label: say(key, { low: number(low) }) }));
    (await this.ready()).field(this.field.frame(frame), legend);
  }

  async points(event, fit) {
    const map = await this.ready();
    const near = event.zones.features.filter((f) => ["severe", "evacuate", "shelter", "iodine"].includes(f.properties.action));
    map.zones({ type: "FeatureCollection", features: near.length ? near : event.zones.features });
    map.points(event.places.filter((p) => p.needed.length).slice(0, PINS).map((p) => ({ latitude: p.latitude, longitude: p.longitude, kind: "place", label: nameOf(p),
      text: `${number(p.outdoors_mSv)} ${say("event.dose-axis")}${p.comes_h === null ? "" : `; ${utc(after(event.start, p.comes_h))}`}` })));
    const whole = near.filter((f) => f.geometry && f.properties.action !== "iodine");
    if (fit && !event.clock && this.field) map.fit(this.field.frame(0));  // what stands ready is asked for what is far
    else if (fit && whole.length) map.fit({ type: "FeatureCollection", features: whole });
  }

  play() {
    const slider = $("hour");
    if (Number(slider.value) >= Number(slider.max)) slider.value = 0;
    const step = () => {
      if (Number(slider.value) >= Number(slider.max)) return this.pause();
      slider.value = Number(slider.value) + 1;
      return this.draw();
    };
    step();
    this.beat = setInterval(step, BEAT);
    this.told(true);
  }

  pause() {
    clearInterval(this.beat);
    this.beat = 0;
    this.told(false);
  }

  told(playing) {
    $("play").textContent = say(playing ? "event.pause" : "event.play");
    $("play").setAttribute("aria-pressed", String(playing));
  }
}

// What does the planner ask?  A question is plain values; here it becomes a page's address and comes back from it.
// Nothing here knows the form or the network, so that it can be tested alone.

export const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
export const SEASONS = { year: MONTHS, winter: [12, 1, 2], spring: [3, 4, 5], summer: [6, 7, 8], autumn: [9, 10, 11] };
export const COMPASS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];
export const AT_POWER = "at-power";

/** Every part of a question in the order of an address; `null` leaves it to the server. */
export const DEFAULTS = Object.freeze({
  scenario: null, unit: null, shutdown: null, day: null, height: null, weather: "year", months: MONTHS, first_hour: 0,
  last_hour: 23, criteria: null, action: null, percentile: 95, age: null, protection: Object.freeze([]),
});

const OWN = new Set(["a", "lang", "detail"]);
const NUMBERS = { height: [0, 1000], first_hour: [0, 23], last_hour: [0, 23], percentile: [1, 99.9] };
const WHOLE = new Set(["first_hour", "last_hour"]);

/** Whether a text is a day of the calendar, `2026-01-31`. */
export function isDay(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function months(text) {
  const found = text.split(",").map(Number);
  const sound = found.length > 0 && found.every((m) => MONTHS.includes(m));
  return sound ? MONTHS.filter((m) => found.includes(m)) : undefined;
}

/** Read one part of an address; undefined where it makes no sense. */
function read(name, text, known) {
  if (text === "") return undefined;
  if (name in NUMBERS) {
    const [low, high] = NUMBERS[name], value = Number(text);
    return value >= low && value <= high && (!WHOLE.has(name) || Number.isInteger(value)) ? value : undefined;
  }
  if (name === "months") return months(text);
  if (name === "day") return isDay(text) ? text : undefined;
  if (name === "shutdown") return text === AT_POWER || isDay(text) ? text : undefined;
  if (name === "scenario" && /^upload:[0-9a-f]{16}$/.test(text)) return text;
  return !known || known.includes(text) ? text : undefined;
}

/**
 * Read a question from an address.  `known` lists the names that may stand for `unit`, `scenario`, `weather`,
 * `criteria`, `age` and `protection`, and `actions` by criteria set; `start` is what stands where an address says nothing.
 * Gives the question, what was not understood (`[{name, value}]`), and the address of the setting kept as A.
 */
export function fromQuery(search, known = {}, start = DEFAULTS) {
  const given = new URLSearchParams(search), question = { ...DEFAULTS, ...start }, wrong = [];
  for (const [name, value] of given) {
    if (OWN.has(name)) continue;
    if (!(name in DEFAULTS)) wrong.push({ name, value });
    else if (name !== "protection") {
      const found = read(name, value, known[name]);
      if (found === undefined) wrong.push({ name, value });
      else question[name] = found;
    }
  }
  const measures = given.getAll("protection");
  const sound = measures.filter((m) => !known.protection || known.protection.includes(m));
  wrong.push(...measures.filter((m) => !sound.includes(m)).map((value) => ({ name: "protection", value })));
  if (measures.length) question.protection = [...new Set(sound)].sort();
  const actions = known.actions?.[question.criteria];
  if (question.action !== null && actions && !actions.includes(question.action)) {
    wrong.push({ name: "action", value: question.action });
    question.action = null;
  }
  return { question, wrong, kept: given.get("a") };
}

/** Write a question as an address; whatever is left to the server is left out.  `more` is added at the end. */
export function toQuery(question, more = {}) {
  const query = new URLSearchParams();
  for (const name of Object.keys(DEFAULTS)) {
    const value = question[name];
    if (name === "protection") for (const measure of value ?? []) query.append(name, measure);
    else if (name === "months") { if (value.length < 12) query.set(name, value.join(",")); }
    else if (value !== null && value !== undefined) query.set(name, String(value));
  }
  for (const [name, value] of Object.entries(more)) if (value !== null && value !== undefined) query.set(name, value);
  return query.toString();
}

/** The parts of two questions that differ, by name. */
export function differences(one, other) {
  return Object.keys(DEFAULTS).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

/** The season that months make up; null for none of them. */
export function seasonOf(chosen) {
  const text = [...chosen].sort((a, b) => a - b).join();
  return Object.keys(SEASONS).find((name) => [...SEASONS[name]].sort((a, b) => a - b).join() === text) ?? null;
}

/** How many hours of a day lie between two hours, both included; 20 to 5 goes through midnight. */
export function hoursBetween(first, last) {
  return ((last - first + 24) % 24) + 1;
}

/** Days since 1970 of a day, and back; a slider moves along them. */
export const dayNumber = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / 86400000);
export const dayOf = (number) => new Date(number * 86400000).toISOString().slice(0, 10);

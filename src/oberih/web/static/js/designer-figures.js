// How is a figure said?  Distances, doses, people, times and shares as the page writes them; nothing here draws.

import { number, say } from "./words.js";

export const km = (metres, digits = 3) => number(metres / 1000, digits);
export const people = (count) => number(count, 12);
export const percent = (share) => `${number(share * 100, share > 0 && share < 0.1 ? 2 : 3)} %`;
/** The protection zone has a name and a colour of its own; whatever else is drawn goes by its action. */
export const zoneKey = (drawn) => (drawn.part === "protection" ? drawn.part : drawn.action);

/** What the drawn zone is called. */
export const titleOf = (answer) => (answer.drawn.part === "protection" ? answer.zone.properties.title : answer.drawn.title);

/** A dose in thousandths, which is what people of the field say: mSv or mGy. */
export const dose = (value) => (value > 0 && value < 5e-7 ? `< ${number(0.001, 1)}` : number(value * 1000, 2));
export const doseUnit = (unit) => say(unit === "Gy" ? "designer.mgy" : "designer.msv");

/** A stretch of time in the largest unit that reads well. */
export function stretch(seconds) {
  if (seconds === null || seconds === undefined) return null;
  if (seconds < 90) return say("designer.seconds", { n: number(Math.round(seconds), 2) });
  if (seconds < 5400) return say("designer.minutes", { n: number(Math.round(seconds / 60), 2) });
  if (seconds < 172800) return say("designer.hours-short", { n: number(seconds / 3600, 2) });
  return say("designer.days-short", { n: number(seconds / 86400, 2) });
}

/** A band, or a dash where none can be stated. */
export const band = (low, high) => (low === null || high === null ? "–" : `${km(low)}–${km(high)}`);

/** The band of a reach; where it runs out of the grid its upper bound is unknown. */
export function reachBand(r) {
  if (!(r.distance_m > 0)) return "–";
  if (!r.beyond) return band(r.low_m, r.high_m);
  return r.low_m === null || r.low_m >= 0.999 * r.distance_m ? "–" : `≥ ${km(r.low_m)}`;
}

/** A distance at the percentile: nowhere, so far, or more than the grid holds. */
export function reachText(reach) {
  if (!(reach.distance_m > 0)) return say("designer.nowhere");
  return reach.beyond ? say("designer.beyond", { km: km(reach.distance_m) }) : km(reach.distance_m);
}

/** The row of the criterion that is drawn. */
export const drawnReach = (answer) => answer.reaches.find((r) => r.criterion === answer.drawn.criterion);

/** Where the drawn zone reaches farthest and least: `{near, far, point}`; point is the compass name. */
export function extent(answer) {
  const far = answer.sectors.reduce((best, s) => (s.outline_m > best.outline_m ? s : best));
  const near = Math.min(...answer.sectors.map((s) => s.outline_m));
  return { near, far: far.outline_m, point: far.compass };
}

export const pointName = (compass) => say(`designer.compass-${compass}`);

/** The answer in one sentence, of the length that is read out on a telephone. */
export function headline(answer) {
  const reach = drawnReach(answer), percentile = number(answer.percentile, 3), title = titleOf(answer);
  if (!(reach.distance_m > 0)) {
    const none = say(answer.drawn.action === "evacuate" ? "designer.headline-none-evacuate" : "designer.headline-none", { title, percentile });
    return reach.share > 0 ? `${none} ${say("designer.nobody", { share: percent(reach.share) })}` : none;
  }
  const { near, far, point } = extent(answer);
  const known = reach.low_m !== null && reach.high_m !== null;
  const said = say(known ? "designer.headline" : "designer.headline-bare", {
    title, percentile, km: reachText(reach), low: known ? km(reach.low_m) : "", high: known ? km(reach.high_m) : "" });
  const drawn = say("designer.headline-drawn", { near: km(near), far: km(far), where: pointName(point) });
  const count = answer.people?.total;
  const lives = count === undefined ? "" : say(count > 0 ? "designer.headline-people" : "designer.people-none", { people: number(count, 3) });
  return [said, drawn, lives].filter(Boolean).join(" ");
}

/** The shortest form of the answer, for a phone's edge. */
export function brief(answer) {
  const reach = drawnReach(answer);
  if (!(reach.distance_m > 0)) return say("designer.nowhere");
  return say("designer.brief", { km: reachText(reach), band: reachBand(reach), people: answer.people ? number(answer.people.total, 3) : "–" });
}

/** Sectors as the rose wants them. */
export const roseSectors = (answer) => answer.sectors.map((s) => ({ azimuth: s.azimuth_deg, median: s.median_m,
  high_percentile: s.distance_m, low: s.low_m, high: s.high_m, drawn: s.outline_m }));

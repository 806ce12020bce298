// Which colour means what?  The palette of every picture of Oberih, as the server gives it, fetched once.

import { ask } from "./ask.js";
import { language } from "./words.js";

export const style = await ask(`/api/v1/map/style?lang=${language}`).catch(() => ({
  site: null, zones: { reference: { colour: "#333333", dash: [1, 2], width: 1.2, fill: 0 } }, classes: ["#440154"],
  land: { sea: "#dbe7ef", land: "#f6f4ef" }, tiles: null,
}));

/** How the zone of an action or of a part of a plan is drawn. */
export function styleOf(key) {
  return style.zones[String(key ?? "").toLowerCase()] ?? style.zones.reference;
}

/** The key of a feature's style: its part where the palette has it, else its action. */
export function keyOf({ part, action } = {}) {
  const first = String(part ?? "").toLowerCase();
  return first in style.zones ? first : action in style.zones ? action : "reference";
}

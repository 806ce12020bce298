// The first page: what is new, how do things stand, how old is it?  One question to the server, then each part is shown
// where it belongs; a part is drawn again only when it has a new version.  The map comes after the words.

import { ask } from "./ask.js";
import { fill, make } from "./dom.js";
import { listen } from "./live.js";
import { fresh, lost } from "./shell.js";
import { language, say } from "./words.js";
import { changes, clock, inForce, incidents, plume, plumeLegend, readings, regimes, site, sources, tiles } from "./situation-parts.js";
import { ready } from "./situation-ready.js";
import { incidentPoint, readingPoint } from "./situation-points.js";

const at = (id) => document.getElementById(id);
const held = { now: null, map: null, shown: {} };

async function load() {
  try {
    held.now = await ask("/api/v1/situation", { seconds: 30 });
    fresh();
    show();
  } catch (error) {
    if (!held.now) fill(at("changes"), say("situation.status-failed", { why: error.message }), " ",
      make("button", { type: "button", onclick: load }, say("shell.try-again")));
    if (!error.status) lost();
  }
}

/** Show every part that has a new version. */
function show() {
  const now = held.now, news = (...parts) => parts.some((p) => held.shown[p] !== now.versions[p]);
  const put = (id, draw, ...also) => { if (news(id, ...also)) { at(id).classList.remove("waiting"); fill(at(id), draw(now)); } };
  fill(at("site-name"), ` ${(language === "uk" && now.site.name_uk) || now.site.name}`);
  tiles(now);
  put("changes", changes);
  put("regimes", regimes);
  at("sources").classList.remove("waiting");
  fill(at("sources"), sources(now));
  put("in_force", inForce, "sources");
  at("plume-part").hidden = !now.plume;
  if (now.plume) put("plume", plume);
  put("ready", ready, "sources");
  put("incidents", incidents);
  put("readings", readings);
  put("site", site);
  if (held.map && news("in_force", "readings", "incidents", "plume")) onMap();
  held.shown = { ...now.versions };
}

function onMap() {
  const now = held.now;
  held.map.zones(now.in_force?.zones ?? null);
  plumeOnMap(now);
  held.map.points([...now.incidents.filter((i) => i.latitude !== null).map(incidentPoint),
    ...now.readings.stations.map((r) => readingPoint(r, now))]);
}

/** The plume of the forecast: what would be if it released now, fetched only when it is another. */
async function plumeOnMap(now) {
  const key = now.plume && `${now.plume.start} ${now.versions.plume}`;
  if (key === held.plume) return;
  held.plume = key;
  try {
    held.map.field(key && await ask("/api/v1/situation/plume"), key && plumeLegend(now.plume));
  } catch {
    held.plume = null;  // the next change asks again
  }
}

async function openTheMap() {
  const { openMap } = await import("./map.js");
  const place = held.now?.site;
  held.map = await openMap(at("map"), { latitude: place?.latitude, longitude: place?.longitude, radius: 55000,
    name: (language === "uk" && place?.name_uk) || place?.name });
  at("map").classList.remove("map-waiting");
  if (held.now) onMap();
}

clock(() => held.now?.site?.timezone);
await load();
/** Something has another version; a server that was started anew counts from one again, so all is asked once more. */
function changed({ boot, version }) {
  const anew = boot !== held.boot;  // also the first that is heard: what stands there may be of a server before it
  held.boot = boot;
  if (anew) [held.shown, held.plume] = [{}, undefined];
  if (anew || !held.now || version !== held.now.version) load();
}

listen({ parts: changed,
  beat: (when) => { if (held.now) { held.now.at = when; tiles(held.now); } }, poll: load });
setInterval(() => { if (held.now) { tiles(held.now); fill(at("sources"), sources(held.now)); } }, 30000);
openTheMap();

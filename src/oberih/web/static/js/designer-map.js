// What does the designer's map show?  The zone drawn after the weather, the circle that holds, the other named parts,
// and, when two settings are compared, the outline of the one kept, with its own line and its letter.

import { drawnReach, km, people, stretch, dose, doseUnit, titleOf, zoneKey } from "./designer-figures.js";
import { openMap } from "./map.js";
import { keyOf } from "./palette.js";
import { say } from "./words.js";

const EARTH = 6371008.8;  // mean radius [m]
const PLACES = 12;

/** A circle on the globe as a GeoJSON polygon; centre in degrees, radius in metres. */
export function circle(latitude, longitude, radius, corners = 128) {
  const lat = (latitude * Math.PI) / 180, arc = radius / EARTH;
  const ring = Array.from({ length: corners }, (_, i) => {
    const angle = -(2 * Math.PI * i) / corners;
    const up = Math.asin(Math.sin(lat) * Math.cos(arc) + Math.cos(lat) * Math.sin(arc) * Math.cos(angle));
    const over = Math.atan2(Math.sin(angle) * Math.sin(arc) * Math.cos(lat), Math.cos(arc) - Math.sin(lat) * Math.sin(up));
    return [longitude + (over * 180) / Math.PI, (up * 180) / Math.PI];
  });
  return { type: "Polygon", coordinates: [[...ring, ring[0]]] };
}

/** The northernmost corner of a geometry; where a letter stands. */
export function northOf(geometry) {
  const rings = geometry?.type === "MultiPolygon" ? geometry.coordinates.flat() : geometry?.coordinates ?? [];
  return rings.flat().reduce((top, c) => (top === null || c[1] > top[1] ? c : top), null);
}

const feature = (geometry, properties) => ({ type: "Feature", geometry, properties });

/** Features from below to above: other parts, the zone, its circle, the setting kept. */
export function layersOf(answer, place, kept, others) {
  const key = zoneKey(answer.drawn), reach = drawnReach(answer), features = [];
  if (others) {
    const rest = answer.zones.features.filter((f) => f.geometry && f.properties.part !== answer.drawn.part
      && f.properties.circle_radius_km > 0);
    features.push(...rest.sort((a, b) => b.properties.circle_radius_km - a.properties.circle_radius_km)
      .map((f) => feature(f.geometry, { part: f.properties.part, action: f.properties.action, title: partTitle(f.properties) })));
  }
  if (answer.zone.geometry && reach.distance_m > 0) {
    features.push(feature(answer.zone.geometry, { part: key, action: answer.drawn.action,
      title: say(kept ? "designer.map-now" : "designer.map-zone", { title: titleOf(answer), km: km(reach.distance_m) }) }));
    features.push(feature(circle(place.latitude, place.longitude, reach.distance_m), { part: "circle",
      title: say("designer.map-circle", { title: titleOf(answer), km: km(reach.distance_m) }) }));
  }
  if (kept?.zone.geometry && drawnReach(kept).distance_m > 0) {
    features.push(feature(kept.zone.geometry, { part: "kept",
      title: say("designer.map-kept", { km: km(drawnReach(kept).distance_m) }) }));
  }
  return { type: "FeatureCollection", features };
}

const partTitle = (p) => say("map.zone-reach", { title: p.title, km: km(p.circle_radius_km * 1000) });

/** Of places, weightiest first, those that lie at least so far from each other [m]. */
export function apart(places, least) {
  const taken = [];
  for (const p of places) {
    const [x, y] = [p.distance_m * Math.sin((p.azimuth_deg * Math.PI) / 180), p.distance_m * Math.cos((p.azimuth_deg * Math.PI) / 180)];
    if (taken.every((t) => Math.hypot(t.x - x, t.y - y) >= least)) taken.push({ x, y, p });
  }
  return taken.map((t) => t.p);
}

/** The most populous settlements that the plume can reach, each with what would reach it. */
function pointsOf(answer, kept) {
  const told = [...answer.places].filter((p) => p.touched > 0 && (p.inside || p.population > 20000))
    .sort((a, b) => Number(b.inside) - Number(a.inside) || (b.population ?? 0) - (a.population ?? 0));
  const points = apart(told, Math.max(...answer.sectors.map((s) => s.outline_m)) / 9).slice(0, PLACES).map((p) => ({ latitude: p.latitude, longitude: p.longitude, label: p.name, kind: "place", text: placeText(answer, p) }));
  for (const [one, kind] of kept ? [[answer, "setting-b"], [kept, "setting-a"]] : []) {
    const at = northOf(one.zone.geometry);
    if (at && drawnReach(one).distance_m > 0) points.push({ latitude: at[1], longitude: at[0], kind,
      label: say(kind === "setting-a" ? "designer.map-kept" : "designer.map-now", { km: km(drawnReach(one).distance_m) }) });
  }
  return points;
}

export function placeText(answer, p) {
  return say("designer.map-place", {
    people: p.population === null ? "–" : people(p.population), km: km(p.distance_m), high: dose(p.dose_high),
    unit: doseUnit(answer.drawn.unit), percentile: answer.percentile, earliest: stretch(p.arrival_earliest_s) ?? "–" });
}

/** Opens the map; gives `show(answer, kept, {others, settled})`. */
export async function openDesignerMap(element, choices) {
  const place = { latitude: choices.latitude, longitude: choices.longitude, name: choices.site_name };
  const map = await openMap(element, { ...place, radius: 60000 });
  let fitted = 0;
  return {
    map,
    show(answer, kept, { others, settled }) {
      const layers = layersOf(answer, place, kept, others);
      map.zones(layers);
      map.points(pointsOf(answer, kept));
      const seen = new Map(layers.features.map((f) => [f.properties.title, { zone: keyOf(f.properties), label: f.properties.title }]));
      map.legend([...seen.values()]);
      const own = layers.features.filter((f) => !others || !answer.zones.features.some((z) => z.geometry === f.geometry && z.properties.part !== answer.drawn.part));
      const far = Math.max(drawnReach(answer).distance_m, ...answer.sectors.map((s) => s.outline_m), ...(kept?.sectors ?? []).map((s) => s.outline_m));
      if (far > 0 && (!fitted || (settled && (far > 1.5 * fitted || far < 0.4 * fitted)))) {
        map.fit({ type: "FeatureCollection", features: own });
        fitted = far;
      }
    },
  };
}

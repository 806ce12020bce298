// What stands around a map?  Legend, sources and the same in words; shared by the living map and by the still one.

import { draw, fill, make } from "./dom.js";
import { keyOf, styleOf } from "./palette.js";
import { language, number, say } from "./words.js";

/** The name of a zone in the page's language, with its reach where it is told. */
export function titleOf(properties) {
  const own = language === "uk" ? "_uk" : "";
  const part = properties[`part_title${own}`] ?? properties.part_title;
  const title = part ?? properties[`title${own}`] ?? properties.title ?? properties.action ?? "";
  const radius = properties.circle_radius_km;
  if (!radius) return title;
  return say(properties.reaches_edge_of_grid ? "map.zone-beyond" : "map.zone-reach", { title, km: number(radius, 3) });
}

/** A swatch: `{zone: key}`, `{colour}` or `{kind}` of a point. */
function swatch({ zone, colour, kind, opacity = 1 }) {
  if (kind) return make("span", { class: `pin ${kind} swatch`, "aria-hidden": "true" });
  const icon = draw("svg", { viewBox: "0 0 28 14", width: 28, height: 14, class: "swatch", "aria-hidden": "true" });
  if (zone) {
    const s = styleOf(zone);
    icon.append(draw("rect", { x: 1.5, y: 1.5, width: 25, height: 11, fill: s.colour, "fill-opacity": s.fill,
      stroke: s.colour, "stroke-width": s.width, "stroke-dasharray": s.dash.map((d) => d * s.width).join(" ") || null }));
  } else {
    icon.append(draw("rect", { x: 1, y: 1, width: 26, height: 12, fill: colour, "fill-opacity": opacity, stroke: "#555", "stroke-width": 0.8 }));
  }
  return icon;
}

/** Put a frame into an element: a place for the map, and below it the legend, the words and the sources. */
export function frameIn(element) {
  const box = make("div", { class: "map" });
  const list = make("ul", { class: "legend", "aria-label": say("map.legend") });
  const words = make("ul", {});
  const told = make("div", {}, words);
  const text = make("details", { class: "map-text" }, make("summary", {}, say("map.in-words")), told);
  const sources = make("p", { class: "faint map-sources" }, say("map.sources"));
  const trouble = make("strong", {});
  sources.append(" ", trouble);
  element.classList.remove("map");
  element.classList.add("map-frame");
  fill(element, box, make("div", { class: "map-under" }, list, text, sources));
  const shown = { zones: [], points: [], field: [], given: null, described: false, base: [] };

  function legendNow() {
    const seen = new Map(shown.zones.map((p) => [titleOf(p), { zone: keyOf(p), label: titleOf(p) }]));
    const kinds = [...new Set(shown.points.map((p) => p.kind))].filter((k) => k && k !== "site");
    const auto = [...seen.values(), ...shown.field.map((f) => ({ opacity: 0.62, ...f })), ...kinds.map((kind) => ({ kind, label: say(`map.kind-${kind}`) }))];
    fill(list, [...(shown.given ?? auto), ...shown.base].map((one) => make("li", {}, swatch(one), one.label)));
  }

  function wordsNow() {
    legendNow();
    if (shown.described) return;
    const lines = [...new Set(shown.zones.map(titleOf)),
      ...shown.points.map((p) => [p.label, p.text].filter(Boolean).join(": "))];
    if (shown.field.length) lines.push(...shown.field.map((f) => f.label));
    fill(words, (lines.length ? lines : [say("map.nothing")]).map((line) => make("li", {}, line)));
  }

  return {
    box, wordsNow, shown,
    zones: (collection) => { shown.zones = (collection?.features ?? []).filter((f) => f.geometry).map((f) => f.properties); wordsNow(); },
    points: (all) => { shown.points = all; wordsNow(); },
    field: (legend) => { shown.field = legend ?? []; wordsNow(); },
    legend: (given) => { shown.given = given; legendNow(); },
    describe: (content) => { shown.described = true; fill(told, content); },
    base: (land) => {
      fill(trouble);
      const old = land?.features?.find((f) => f.properties.layer === "former_reservoir")?.properties;
      shown.base = old ? [{ colour: "#e9e2d2", label: say("map.drained", {
        name: (language === "uk" && old.name_uk) || old.name, when: day(old.drained) }) }] : [];
      wordsNow();
    },
    drawn: () => { box.dataset.land = "drawn"; },
    failed: (why) => fill(trouble, say("map.no-land", { why })),
  };
}

/** A day, in words. */
export function day(iso) {
  const locale = language === "uk" ? "uk-UA" : "en-GB";
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    .format(new Date(iso.length > 10 ? iso : `${iso}T00:00:00Z`));
}

/** West, south, east and north of a box around a place; `radius` in metres. */
export function boxAround({ latitude, longitude, radius }) {
  const up = radius / 111195, over = up / Math.max(Math.cos((latitude * Math.PI) / 180), 0.05);
  return [longitude - over, latitude - up, longitude + over, latitude + up];
}

/** The box of a collection's geometries; null where it has none. */
export function boxOf(collection) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (c) => {
    if (typeof c[0] !== "number") return c.forEach(walk);
    box[0] = Math.min(box[0], c[0]); box[1] = Math.min(box[1], c[1]);
    box[2] = Math.max(box[2], c[0]); box[3] = Math.max(box[3], c[1]);
  };
  for (const feature of collection?.features ?? []) if (feature.geometry) walk(feature.geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}

/** The box to ask the land for: wider than what is seen, on a grid, so that a small move asks nothing. */
export function landBox([west, south, east, north], wider = 0.6) {
  const over = (east - west) * wider, up = (north - south) * wider;
  const step = east - west > 4 ? 1 : 0.5, low = (v) => Math.floor(v / step) * step, high = (v) => Math.ceil(v / step) * step;
  const wide = Math.min(high(east + over) - low(west - over), 40), tall = Math.min(high(north + up) - low(south - up), 40);
  const left = Math.max(low(west - over), -180), down = Math.max(low(south - up), -85);
  return [left, down, Math.min(left + wide, 180), Math.min(down + tall, 85)];
}

/** The address of the land within a box. */
export function landAt([west, south, east, north]) {
  return `/api/v1/basemap?west=${west}&south=${south}&east=${east}&north=${north}&lang=${language}`;
}

// And without WebGL?  The same map as lines in the page: it moves by buttons and by the keyboard, and says the same.

import { ask } from "./ask.js";
import { boxAround, boxOf, landAt, landBox } from "./frame.js";
import { draw, fill, make } from "./dom.js";
import { keyOf, style, styleOf } from "./palette.js";
import { language, say } from "./words.js";

const WIDE = 1000;
const NICE = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** Turn longitude and latitude into the picture; true to scale at the view's middle. */
function projection(view, height) {
  const squeeze = Math.cos((((view[1] + view[3]) / 2) * Math.PI) / 180);
  const scale = Math.min(WIDE / ((view[2] - view[0]) * squeeze), height / (view[3] - view[1]));
  const middle = [(view[0] + view[2]) / 2, (view[1] + view[3]) / 2];
  const point = ([x, y]) => [WIDE / 2 + (x - middle[0]) * squeeze * scale, height / 2 - (y - middle[1]) * scale];
  return { point, perKilometre: scale / 111.195, half: [WIDE / 2 / scale / squeeze, height / 2 / scale], middle };
}

function path(geometry, point) {
  const ring = (coordinates) => coordinates.map((c, i) => (i ? "L" : "M") + point(c).map((v) => v.toFixed(1)).join(" ")).join("");
  switch (geometry?.type) {
    case "Polygon": return geometry.coordinates.map((r) => `${ring(r)}Z`).join("");
    case "MultiPolygon": return geometry.coordinates.flat().map((r) => `${ring(r)}Z`).join("");
    case "LineString": return ring(geometry.coordinates);
    case "MultiLineString": return geometry.coordinates.map(ring).join("");
    case "GeometryCollection": return geometry.geometries.map((g) => path(g, point)).join("");
    default: return "";
  }
}

function landShape(feature, point) {
  const c = style.land, layer = feature.properties.layer, d = path(feature.geometry, point);
  const looks = {
    land: { fill: c.land }, lakes: { fill: c.lakes, stroke: c.coast, "stroke-width": 0.8 },
    former_reservoir: { fill: c.former_reservoir, stroke: c.former_edge, "stroke-dasharray": "4 3" },
    rivers: { fill: "none", stroke: c.rivers, "stroke-width": 2 }, coast: { fill: "none", stroke: c.coast },
    provinces: { fill: "none", stroke: c.provinces, "stroke-dasharray": "6 3" },
    borders: { fill: "none", stroke: c.borders, "stroke-width": 1.6 },
  };
  return layer in looks && d ? draw("path", { d, ...looks[layer] }) : null;
}

function zoneShape(feature, point) {
  const s = styleOf(keyOf(feature.properties));
  return draw("path", { d: path(feature.geometry, point), fill: s.colour, "fill-opacity": s.fill, stroke: s.colour,
    "fill-rule": "evenodd", "stroke-width": s.width * 1.3, "stroke-dasharray": s.dash.map((d) => d * s.width).join(" ") || null });
}

/** Names that do not lie on each other, the largest places first. */
function names(land, point, height) {
  const taken = [];
  return (land?.features ?? []).filter((f) => f.properties.layer === "place").flatMap((f) => {
    const [x, y] = point(f.geometry.coordinates), long = f.properties.name.length * 9 + 14;
    const box = [x - 4, y - 11, x + long, y + 11];
    if (x < 0 || y < 0 || box[2] > WIDE || y > height) return [];
    if (taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1])) return [];
    taken.push(box);
    return [draw("circle", { cx: x, cy: y, r: 2.5, fill: "#4a4a4a" }),
      draw("text", { x: x + 7, y: y + 5, class: "place-name" }, f.properties.name)];
  });
}

function scaleBar(p, height) {
  const length = NICE.findLast((km) => km * p.perKilometre <= 220) ?? 1, wide = length * p.perKilometre;
  return draw("g", {}, draw("path", { d: `M20 ${height - 28}v8h${wide}v-8`, fill: "none", stroke: "#1a1a1a", "stroke-width": 2 }),
    draw("text", { x: 24, y: height - 30, class: "place-name" }, `${length} ${say("map.km")}`));
}

const SHAPES = {
  site: (x, y) => draw("path", { d: `M${x} ${y - 11}l11 11l-11 11l-11 -11Z`, fill: "#1a1a1a", stroke: "#fff", "stroke-width": 2 }),
  incident: (x, y) => draw("path", { d: `M${x} ${y - 11}l11 20h-22Z`, fill: "#9e2a00", stroke: "#fff", "stroke-width": 2 }),
  place: (x, y) => draw("circle", { cx: x, cy: y, r: 6, fill: "#fff", stroke: "#1a1a1a", "stroke-width": 2 }),
};

function pointShape(one, point) {
  const [x, y] = point([one.longitude, one.latitude]), words = [one.label, one.text].filter(Boolean).join(": ");
  const shape = SHAPES[one.kind] ?? ((a, b) => draw("circle", { cx: a, cy: b, r: 8, class: `dot ${one.kind ?? ""}`, stroke: "#fff", "stroke-width": 2 }));
  return draw("g", { role: "img", "aria-label": words }, draw("title", {}, words), shape(x, y));
}

/** Open the still map in a frame; the same calls as the living one. */
export async function openStill(frame, place, first) {
  const held = { view: boxAround(place), land: null, have: null, zones: [], field: [], points: [] };
  const height = Math.round(Math.min(Math.max(WIDE * (frame.box.clientHeight / Math.max(frame.box.clientWidth, 1)), 500), 1500));
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${height}`, class: "still", role: "group", "aria-label": say("map.title"), tabindex: "0" });
  let settled = Promise.resolve();

  function paint() {
    const p = projection(held.view, height), shapes = (list, how) => list.map((f) => how(f, p.point)).filter(Boolean);
    fill(svg, draw("rect", { width: WIDE, height, fill: style.land.sea }),
      ...shapes(held.land?.features ?? [], landShape),
      ...shapes(held.field, (f, point) => draw("path", { d: path(f.geometry, point), fill: f.properties.colour, "fill-opacity": f.properties.opacity ?? 0.62 })),
      ...shapes(held.zones, zoneShape), ...names(held.land, p.point, height), scaleBar(p, height),
      ...shapes([{ ...place, kind: "site", label: place.name }, ...held.points], pointShape));
  }

  async function land() {
    const p = projection(held.view, height);
    const seen = [p.middle[0] - p.half[0], p.middle[1] - p.half[1], p.middle[0] + p.half[0], p.middle[1] + p.half[1]];
    const h = held.have;
    if (h && seen[0] >= h[0] && seen[1] >= h[1] && seen[2] <= h[2] && seen[3] <= h[3] && h[2] - h[0] < 8 * (seen[2] - seen[0])) return;
    try {
      const early = first && seen[0] >= first.box[0] && seen[1] >= first.box[1] && seen[2] <= first.box[2] && seen[3] <= first.box[3];
      const box = early ? first.box : landBox(seen), reply = early ? first.land : ask(landAt(box));
      first = null;
      held.land = await reply;
      held.have = box;
      frame.base(held.land);
      paint();
      frame.drawn();
    } catch (error) {
      if (!held.have) frame.failed(error.message);
    }
  }

  function go(view) {
    if (view[2] - view[0] > 40 || view[2] - view[0] < 0.02) return;
    held.view = view;
    paint();
    settled = land();
  }
  const zoom = (by) => {
    const [w, s, e, n] = held.view, x = (w + e) / 2, y = (s + n) / 2;
    go([x - (e - w) * by / 2, y - (n - s) * by / 2, x + (e - w) * by / 2, y + (n - s) * by / 2]);
  };
  const pan = (right, up) => {
    const [w, s, e, n] = held.view, dx = (e - w) * right, dy = (n - s) * up;
    go([w + dx, s + dy, e + dx, n + dy]);
  };
  const moves = { ArrowLeft: () => pan(-0.25, 0), ArrowRight: () => pan(0.25, 0), ArrowUp: () => pan(0, 0.25),
    ArrowDown: () => pan(0, -0.25), "+": () => zoom(0.5), "-": () => zoom(2) };
  svg.addEventListener("keydown", (event) => {
    const move = moves[event.key === "=" ? "+" : event.key];
    if (move) { event.preventDefault(); move(); }
  });
  const button = (sign, key, act) => make("button", { type: "button", "aria-label": say(`map.${key}`), title: say(`map.${key}`), onclick: act }, sign);
  fill(frame.box, svg, make("div", { class: "map-buttons" },
    button("+", "zoom-in", moves["+"]), button("−", "zoom-out", moves["-"]), button("←", "west", moves.ArrowLeft),
    button("→", "east", moves.ArrowRight), button("↑", "north", moves.ArrowUp), button("↓", "south", moves.ArrowDown)),
    make("p", { class: "map-note" }, say("map.still")));
  go(held.view);
  await settled;
  return {
    living: false, map: null, element: frame.box, language,
    zones(collection) { held.zones = (collection?.features ?? []).filter((f) => f.geometry); paint(); frame.zones(collection); },
    field(collection, legend) { held.field = collection?.features ?? []; paint(); frame.field(collection ? legend : []); },
    points(list) { held.points = list; paint(); frame.points(list); },
    legend: frame.legend, describe: frame.describe,
    fit(collection) {
      const box = boxOf(collection);
      if (!box) return;
      const over = (box[2] - box[0]) * 0.06 + 0.01, up = (box[3] - box[1]) * 0.06 + 0.01;
      go([box[0] - over, box[1] - up, box[2] + over, box[3] + up]);
    },
    look(latitude, longitude) {
      const [w, s, e, n] = held.view;
      go([longitude - (e - w) / 2, latitude - (n - s) / 2, longitude + (e - w) / 2, latitude + (n - s) / 2]);
    },
    idle: () => settled,
    remove() { fill(frame.box); },
  };
}

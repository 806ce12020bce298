// How far in which direction, and how sure?  A rose of distances: north is up.  Half of all starts stay within the dark
// area, the line is what must be held at the percentile, the pale band what another year of weather could make of it,
// the dashed line the zone as drawn.  Told apart by line and shade, not by colour alone.

import { draw } from "./dom.js";

const COLOUR = "#35456c", GRID = "#b0b0b0", INK = "#1a1a1a";
const SIZE = 200;  // half the picture, in its own units; the circle takes 160 of them

/** Two to five round radii up to a distance [m]. */
export function rings(farthest) {
  if (!(farthest > 0)) return [];
  for (let power = 1; power < 7; power += 1) {
    for (const lead of [1, 2, 5]) {
      const step = lead * 10 ** power;
      if (farthest / step <= 5) return Array.from({ length: Math.floor(farthest / step + 1e-9) }, (_, i) => (i + 1) * step);
    }
  }
  return [farthest];
}

/** Where a distance lies in the picture: `[x, y]`, y downwards; azimuth in degrees, clockwise from north. */
export function at(azimuth, distance, scale) {
  const angle = (azimuth * Math.PI) / 180;
  return [distance * scale * Math.sin(angle), -distance * scale * Math.cos(angle)];
}

/** The path around the site of one value by direction. */
export function around(sectors, value, scale) {
  const points = sectors.map((s) => at(s.azimuth, value(s) ?? 0, scale).map((v) => v.toFixed(1)).join(" "));
  return points.length ? `M${points.join("L")}Z` : "";
}

/** What a band spans: its own bounds, or the distance itself where none can be stated. */
const low = (s) => s.low ?? s.high_percentile, high = (s) => s.high ?? s.high_percentile;

/** Which of sixteen points of the compass an azimuth [°] belongs to, as a number from 0 (north), clockwise. */
export const pointOf = (azimuth) => Math.round((((azimuth % 360) + 360) % 360) / 22.5) % 16;

/**
 * The farthest of the directions within each of sixteen points: rows of `{point, median, distance, low, high, drawn}`.
 * Nothing is averaged: a row never says less than one of its directions.
 */
export function points16(sectors) {
  const most = (list, value) => {
    const found = list.map(value).filter((v) => v !== null && v !== undefined);
    return found.length ? Math.max(...found) : null;
  };
  return Array.from({ length: 16 }, (_, point) => {
    const within = sectors.filter((s) => pointOf(s.azimuth) === point);
    const top = within.reduce((best, s) => (best === null || s.high_percentile > best.high_percentile ? s : best), null);
    return { point, median: most(within, (s) => s.median), distance: top?.high_percentile ?? null, low: top?.low ?? null,
      high: top?.high ?? null, drawn: most(within, (s) => s.drawn) };
  });
}

/** How bright a colour is, 0 to 1 (WCAG 2.1, relative luminance). */
export function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A colour dark enough for a line on white: 3 to 1 at least. */
export function legible(colour) {
  let found = colour;
  while (1.05 / (luminance(found) + 0.05) < 3) {
    found = `#${[1, 3, 5].map((i) => Math.floor(parseInt(found.slice(i, i + 2), 16) * 0.92).toString(16).padStart(2, "0")).join("")}`;
  }
  return found;
}

function grid(farthest, scale, names) {
  const made = rings(farthest).flatMap((r) => [
    draw("circle", { r: r * scale, fill: "none", stroke: GRID, "stroke-width": 0.7 }),
  ]);
  for (let i = 0; i < 8; i += 1) {
    const [x, y] = at(i * 45, 1, 160), [tx, ty] = at(i * 45, 1, 180);
    made.push(draw("line", { x2: x, y2: y, stroke: GRID, "stroke-width": 0.7 }),
      draw("text", { x: tx, y: ty + 4, class: "rose-name" }, names[i * 2]));
  }
  return made;
}

/** How far the rings go [m], over one or two sets of sectors. */
export function farthestOf(...sets) {
  return Math.max(0, ...sets.flat().flatMap((s) => [s.high_percentile, high(s), s.drawn ?? 0]));
}

/**
 * Draw it.  `sectors` are `{azimuth [°], median, high_percentile, low, high, drawn}` in metres; `kept` the sectors of a
 * setting to compare with; `colour` that of the zone; `names` the sixteen points; `title` what a reader hears.
 */
export function rose({ sectors, kept = null, colour, names, title, told = null }) {
  const farthest = farthestOf(sectors, kept ?? []), scale = farthest > 0 ? 160 / farthest : 0;
  const picture = draw("svg", { viewBox: `${-SIZE} ${-SIZE} ${2 * SIZE} ${2 * SIZE}`, role: "img", class: "rose", "aria-label": title });
  picture.append(...grid(farthest, scale, names));
  if (farthest > 0) {
    const band = around(sectors, high, scale) + around(sectors, low, scale);
    picture.append(
      draw("path", { d: band, fill: COLOUR, "fill-opacity": 0.24, "fill-rule": "evenodd" }),
      draw("path", { d: around(sectors, (s) => s.median, scale), fill: COLOUR, "fill-opacity": 0.55 }),
      draw("path", { d: around(sectors, (s) => s.high_percentile, scale), fill: "none", stroke: COLOUR, "stroke-width": 2 }),
      draw("path", { d: around(sectors, (s) => s.drawn, scale), fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": "7 3" }),
    );
    if (kept) picture.append(draw("path", { d: around(kept, (s) => s.drawn, scale), fill: "none", stroke: INK, "stroke-width": 2, "stroke-dasharray": "2 3" }));
    for (const r of rings(farthest)) {
      const [x, y] = at(20, r, scale);
      picture.append(draw("text", { x, y: y + 4, class: "rose-ring" }, String(r / 1000)));
    }
    if (told) picture.append(...wedges(sectors, told));
  }
  return picture;
}

/** A clear wedge for each direction, which tells its figures to a pointer. */
function wedges(sectors, told) {
  const half = 180 / sectors.length;
  return sectors.map((s) => {
    const a = at(s.azimuth - half, 1, 165).map((v) => v.toFixed(1)), b = at(s.azimuth + half, 1, 165).map((v) => v.toFixed(1));
    const wedge = draw("path", { d: `M0 0L${a.join(" ")}L${b.join(" ")}Z`, class: "rose-wedge" });
    wedge.append(draw("title", {}, told(s)));
    return wedge;
  });
}

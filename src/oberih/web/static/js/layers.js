// How does MapLibre draw the land, the zones and the names?  Layers as data, from the palette; a name is an image that
// the browser paints itself, so that no glyph server is needed.

import { style } from "./palette.js";

const only = (...names) => ["in", ["get", "layer"], ["literal", names]];
const area = (layer, colour, more = {}) => ({ id: layer, type: "fill", source: "land", filter: only(layer), paint: { "fill-color": colour, ...more } });
const line = (layer, colour, width, more = {}) => ({ id: layer, type: "line", source: "land", filter: only(layer),
  paint: { "line-color": colour, "line-width": width, ...more } });

/** The land, from below to above; the names of places last. */
export function landLayers() {
  const c = style.land;
  return [
    area("land", c.land), area("former_reservoir", c.former_reservoir, { "fill-outline-color": c.former_edge }),
    { id: "former-edge", type: "line", source: "land", filter: only("former_reservoir"),
      paint: { "line-color": c.former_edge, "line-width": 1, "line-dasharray": [3, 2] } },
    line("rivers", c.rivers, ["interpolate", ["linear"], ["zoom"], 5, 0.8, 10, 2.4]),
    area("lakes", c.lakes, { "fill-outline-color": c.coast }),
    line("provinces", c.provinces, 0.8, { "line-dasharray": [4, 2] }), line("borders", c.borders, 1.3),
    line("coast", c.coast, 0.9),
    { id: "names", type: "symbol", source: "land", filter: only("place"), layout: {
      "icon-image": ["get", "image"], "icon-anchor": "left", "icon-offset": [-4, 0], "icon-padding": 2,
      "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]] } },
  ];
}

/** A border for each style, since dashes cannot follow data, and the inside under it. */
export function zoneLayers() {
  return Object.entries(style.zones).flatMap(([key, s]) => {
    const filter = ["==", ["get", "style"], key];
    const dash = s.dash.length ? { "line-dasharray": s.dash } : {};
    return [
      { id: `zone-${key}`, type: "fill", source: "zones", filter, paint: { "fill-color": s.colour, "fill-opacity": s.fill } },
      { id: `zone-${key}-edge`, type: "line", source: "zones", filter,
        paint: { "line-color": s.colour, "line-width": s.width * 1.2, ...dash } },
    ];
  });
}

/** The further raster source of the server's settings, above the land; nothing where none is set. */
export function tileLayers() {
  if (!style.tiles) return { sources: {}, layers: [] };
  return {
    sources: { tiles: { type: "raster", tiles: [style.tiles], tileSize: 256 } },
    layers: [{ id: "tiles", type: "raster", source: "tiles", paint: { "raster-opacity": 0.75 } }],
  };
}

/** A dot and a name, with a pale edge so that it reads on any ground. */
export function labelImage(name) {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  const font = "24px system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";
  pen.font = font;
  const width = Math.min(Math.ceil(pen.measureText(name).width) + 26, 600), height = 34;
  Object.assign(canvas, { width, height });
  pen.font = font;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.fillStyle = "#4a4a4a";
  pen.beginPath();
  pen.arc(8, height / 2, 4, 0, 2 * Math.PI);
  pen.fill();
  pen.strokeStyle = "#ffffffd9";
  pen.lineWidth = 6;
  pen.strokeText(name, 18, height / 2);
  pen.fillStyle = "#1a1a1a";
  pen.fillText(name, 18, height / 2);
  return pen.getImageData(0, 0, width, height);
}

// Where is it?  One map for every page: `openMap(element, {latitude, longitude, radius})` gives an object with
// `zones`, `field`, `points`, `legend`, `fit`, `describe` and `idle`.  MapLibre draws it where the browser has WebGL;
// else the same calls draw a still map.  Land and names come from our own server, nothing from elsewhere.

import { ask } from "./ask.js";
import { boxAround, boxOf, frameIn, landAt, landBox } from "./frame.js";
import { fill, make } from "./dom.js";
import { openStill } from "./still.js";
import { keyOf, style } from "./palette.js";
import { say } from "./words.js";
import { labelImage, landLayers, tileLayers, zoneLayers } from "./layers.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const PINS = 400;
const AGAIN = 10000;  // after which the land is asked for again where it could not be had

function hasWebGL() {
  try {
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
  } catch {
    return false;
  }
}

let library = null;

function maplibre() {
  library ??= new Promise((done, failed) => {
    document.head.append(
      make("link", { rel: "stylesheet", href: "/vendor/maplibre-gl.css" }),
      make("script", { src: "/vendor/maplibre-gl.js", onload: () => done(window.maplibregl), onerror: failed }));
  });
  return library;
}

/**
 * Open a map in an element.  `radius` [m] is what is seen around the place; `name` stands at the site.
 * `still: true` draws the still map even where the other would work.
 */
export async function openMap(element, { latitude, longitude, radius = 60000, name, still = false } = {}) {
  const place = { latitude: latitude ?? style.site?.latitude ?? 0, longitude: longitude ?? style.site?.longitude ?? 0,
    radius, name: name ?? style.site?.name ?? "" };
  const frame = frameIn(element);
  const box = landBox(boxAround(place), 0.8);
  const first = { box, land: ask(landAt(box)) };  // asked for while MapLibre is on its way
  first.land.catch(() => null);
  if (!still && hasWebGL()) {
    try {
      return await openLiving(frame, place, await maplibre(), first);
    } catch (error) {
      console.warn(`no living map: ${error?.message ?? error}`);
      fill(frame.box);
    }
  }
  return openStill(frame, place, first);
}

const controls = () => Object.fromEntries(Object.entries({
  "NavigationControl.ZoomIn": "zoom-in", "NavigationControl.ZoomOut": "zoom-out", "Map.Title": "title",
  "ScaleControl.Kilometers": "km", "ScaleControl.Meters": "m", "Popup.Close": "close", "Marker.Title": "marker",
  "CooperativeGesturesHandler.WindowsHelpText": "two-fingers", "CooperativeGesturesHandler.MacHelpText": "two-fingers",
  "CooperativeGesturesHandler.MobileHelpText": "two-fingers", "AttributionControl.ToggleAttribution": "tiles",
}).map(([control, key]) => [control, say(`map.${key}`)]));

async function openLiving(frame, place, gl, first) {
  const map = new gl.Map({
    container: frame.box, bounds: boxAround(place), fitBoundsOptions: { padding: 8 }, maxZoom: 16, minZoom: 3,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0,
    renderWorldCopies: false, cooperativeGestures: matchMedia("(pointer: coarse)").matches, locale: controls(),
    canvasContextAttributes: { preserveDrawingBuffer: true },  // so that it can be printed
    style: { version: 8, sources: { land: geojson(), zones: geojson(), field: geojson(), ...tileLayers().sources },
      layers: [{ id: "sea", type: "background", paint: { "background-color": style.land.sea } }, ...landLayers(),
        ...tileLayers().layers] },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new gl.ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-left");
  if (style.tiles) map.addControl(new gl.AttributionControl({ compact: true, customAttribution: new URL(style.tiles.replace(/\{\w\}/g, "0")).host }), "bottom-right");
  map.on("styleimagemissing", ({ id }) => {
    if (id.startsWith("name:") && !map.hasImage(id)) map.addImage(id, labelImage(id.slice(5)), { pixelRatio: 2 });
  });
  await new Promise((ready, failed) => { map.once("load", ready); map.once("webglcontextlost", failed); });
  frame.box.querySelector("canvas").setAttribute("aria-label", say("map.title"));
  layUnder(map);
  followLand(map, frame, first);
  return surface(map, frame, place, gl);
}

const geojson = () => ({ type: "geojson", data: EMPTY, tolerance: 0.2 });

/** The layers of fields and zones, below the names of places. */
function layUnder(map) {
  map.addLayer({ id: "field", type: "fill", source: "field", paint: { "fill-color": ["get", "colour"],
    "fill-opacity": ["coalesce", ["get", "opacity"], 0.62], "fill-antialias": false } }, "names");
  for (const layer of zoneLayers()) map.addLayer(layer, "names");
}

/** Whether a box lies in another and is not lost in it. */
const within = (now, have) => have && now[0] >= have[0] && now[1] >= have[1] && now[2] <= have[2] && now[3] <= have[3]
  && have[2] - have[0] < 8 * (now[2] - now[0]);

/** Fetch the land where the reader looks; a small move asks nothing. */
function followLand(map, frame, first) {
  let have = null, asked = null;
  const look = async () => {
    const now = map.getBounds().toArray().flat();
    if (within(now, have)) return;
    const early = !have && within(now, first.box);
    const box = early ? first.box : landBox(now);
    if (String(box) === String(asked)) return;
    asked = box;
    try {
      const land = await (early ? first.land : ask(landAt(box)));
      if (asked !== box) return;  // the reader looks elsewhere by now
      have = box;
      for (const f of land.features) if (f.properties.layer === "place") f.properties.image = `name:${f.properties.name}`;
      map.getSource("land").setData(land);
      map.once("idle", frame.drawn);
      frame.base(land);
    } catch (error) {
      asked = null;
      first = { box: null };
      if (have) return;
      frame.failed(error.message);
      setTimeout(look, AGAIN);
    }
  };
  map.on("moveend", look);
  look();
}

function surface(map, frame, place, gl) {
  let pins = [], popup = null;
  const stay = (m) => m.setLngLat([m.at.longitude, m.at.latitude]).addTo(map);
  function pin(point) {
    const words = [point.label, point.text].filter(Boolean).join(": ");
    const button = make("button", { type: "button", class: `pin ${point.kind ?? "place"}`, "aria-label": words, title: words });
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      popup?.remove();
      const text = make("div", { class: "popup" }, make("strong", {}, point.label ?? ""), point.text ? make("p", {}, point.text) : null);
      popup = new gl.Popup({ offset: 14, maxWidth: "20rem" }).setLngLat([point.longitude, point.latitude])
        .setDOMContent(text).addTo(map);
    });
    const marker = new gl.Marker({ element: button });
    marker.at = point;
    return stay(marker);
  }
  const site = pin({ ...place, label: place.name, kind: "site" });
  return {
    living: true, map, element: frame.box,
    zones(collection) { map.getSource("zones").setData(styled(collection)); frame.zones(collection); },
    field(collection, legend) { map.getSource("field").setData(collection ?? EMPTY); frame.field(collection ? legend : []); },
    points(list) {
      pins.forEach((p) => p.remove());
      pins = list.slice(0, PINS).map(pin);
      frame.points(list);
    },
    legend: frame.legend,
    describe: frame.describe,
    fit(collection) {
      const box = boxOf(collection);
      if (box) map.fitBounds(box, { padding: 24, maxZoom: 13, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches, duration: 400 });
    },
    look(latitude, longitude) { map.easeTo({ center: [longitude, latitude] }); },
    idle: () => new Promise((done) => {
      map.once("idle", done);
      map.triggerRepaint();
    }),
    remove() { site.remove(); map.remove(); },
  };
}

function styled(collection) {
  const features = (collection?.features ?? []).filter((f) => f.geometry);
  return { type: "FeatureCollection", features: features.map((f) => ({ ...f, properties: { ...f.properties, style: keyOf(f.properties) } })) };
}

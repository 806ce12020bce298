// What does a packed field hold?  Cells, and a byte a cell and frame on a logarithmic scale, become coloured cells.

import { ask } from "./ask.js";

const grids = {};  // by weather: what stands ready reaches farther

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function inflated(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function corners(weather) {
  grids[weather] ??= ask(`/api/v1/event/grid${weather ? `?weather=${weather}` : ""}`)
    .then((g) => ({ ...g, at: new Float32Array(bytes(g.corners).buffer) }))
    .catch((error) => { delete grids[weather]; throw error; });
  return grids[weather];
}

/** Make a field of what the server sent: `frame(k)` gives its cells as GeoJSON, `top(k)` its greatest dose [mSv]. */
export async function unpacked(sent, weather) {
  const { rings, sectors, at } = await corners(weather === "ready" ? weather : "");
  const cells = new Uint16Array(bytes(sent.cells).buffer);
  const codes = await inflated(bytes(sent.values));
  const dose = (code) => 10 ** (sent.low + (code - 1) * sent.step);
  const classOf = new Int8Array(256).map((_, code) => (code ? sent.levels_mSv.findLastIndex((l) => dose(code) >= l) : -1));
  const corner = (ring, sector) => { const i = 2 * (ring * sectors + (sector % sectors)); return [at[i], at[i + 1]]; };
  const shapes = Array.from(cells, (cell) => {
    const [ring, sector] = [Math.floor(cell / sectors), cell % sectors];
    return { type: "Polygon", coordinates: [[corner(ring, sector), corner(ring, sector + 1), corner(ring + 1, sector + 1),
      corner(ring + 1, sector), corner(ring, sector)]] };
  });
  const row = (k) => codes.subarray(k * cells.length, (k + 1) * cells.length);
  return {
    frames: sent.frames, levels: sent.levels_mSv, colours: sent.colours, rings,
    frame: (k) => ({ type: "FeatureCollection", features: [...row(k)].flatMap((code, i) => (classOf[code] < 0 ? [] : [
      { type: "Feature", geometry: shapes[i], properties: { colour: sent.colours[classOf[code]] } }])) }),
    top: (k) => { const most = Math.max(0, ...row(k)); return most ? dose(most) : 0; },
  };
}

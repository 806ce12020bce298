// How did findings change, in one picture?  A line for each obligation and subject, a bar for each stretch; colour and
// pattern both say the state.  A short stretch is never lost: it is at least two points wide, and the worse is on top.

import { draw } from "./dom.js";
import { SIGNS, word } from "./regimes-words.js";

const DAY = 86_400_000;
const WIDTH = 1000, LEFT = 230, ROW = 26, TOP = 26;
const BADNESS = ["none", "holds", "unknown", "at-risk", "compromised"];

/** Draw a history (`/api/v1/regimes/NAME/history`) as an SVG element; `title` is its text for those who do not see it. */
export function drawTimeline(history, title) {
  const begin = Date.parse(history.start), end = Date.parse(history.end) + DAY;
  const place = (time) => LEFT + ((time - begin) / (end - begin)) * (WIDTH - LEFT - 10);
  const height = TOP + ROW * history.lines.length + 8;
  const picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title, class: "timeline" }, patterns());
  picture.append(...years(begin, end, place, height));
  history.lines.forEach((line, i) => picture.append(...row(line, TOP + ROW * i, place)));
  return picture;
}

function patterns() {
  const hatch = (id, d, background) => draw("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
    draw("rect", { width: 8, height: 8, class: background }), draw("path", { d, class: "hatch" }));
  return draw("defs", {}, hatch("at-risk-hatch", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "fill-at-risk"), hatch("unknown-hatch", "M1 4h2", "fill-unknown"),
    hatch("compromised-hatch", "M0 0L8 8M0 8L8 0", "fill-compromised"));
}

function years(begin, end, place, height) {
  const first = new Date(begin).getUTCFullYear(), last = new Date(end).getUTCFullYear();
  const each = Math.max(1, Math.ceil((last - first + 1) / 12));
  const marks = [];
  for (let year = first; year <= last + 1; year += 1) {
    const at = Date.UTC(year, 0, 1);
    if (at < begin || at >= end || (year - first) % each) continue;
    const x = place(at);
    marks.push(draw("line", { x1: x, x2: x, y1: TOP - 6, y2: height - 4, class: "year" }), text({ x: x + 3, y: TOP - 10, class: "label" }, String(year)));
  }
  if (!marks.length) marks.push(text({ x: LEFT, y: TOP - 10, class: "label" }, new Date(begin).toISOString().slice(0, 10)));
  return marks;
}

function text(attributes, said) {
  return draw("text", attributes, document.createTextNode(said));
}

function row(line, y, place) {
  const label = `${line.obligation} · ${line.subject}`;
  const bars = line.stretches.map((s) => {
    const x = place(Date.parse(s.start)), wide = Math.max(2, place(Date.parse(s.end) + DAY) - x);
    return { s, x, wide, bad: BADNESS.indexOf(s.status ?? "none") };
  }).sort((a, b) => a.bad - b.bad);
  return [text({ x: LEFT - 8, y: y + 16, class: "label end" }, label.length > 34 ? `${label.slice(0, 33)}…` : label), ...bars.map((bar) => drawn(bar, y))];
}

function drawn({ s, x, wide }, y) {
  const state = s.status ?? "none";
  const said = [s.status ? word(s.status) : word("does not apply"), s.applicability === "in-force" ? "" : word(s.applicability),
    s.contested_by.length ? `${word("contested by")} ${s.contested_by.join(", ")}` : ""].filter(Boolean).join(", ");
  const parts = [draw("title", {}, document.createTextNode(`${s.start} – ${s.end}: ${said}`)), draw("rect", { x, y: y + 3, width: wide, height: ROW - 8, class: `bar ${state}` })];
  if (s.contested_by.length) parts.push(draw("rect", { x, y: y + ROW - 7, width: wide, height: 3, class: "contest" }));
  if (wide > 24) parts.push(text({ x: x + 6, y: y + 17, class: `sign ${state}` }, SIGNS[state]));
  return draw("g", {}, ...parts);
}

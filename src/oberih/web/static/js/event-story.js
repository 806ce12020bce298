// How does the dose grow at one settlement?  A chart of two curves, and the same as a table.

import { draw, make, fill, table } from "./dom.js";
import { number, say } from "./words.js";
import { after, utc } from "./event-hours.js";

const [WIDE, HIGH, LEFT, BOTTOM, TOP, RIGHT] = [640, 300, 64, 36, 34, 12];

function chart(story, words) {
  const hours = story.outdoors_mSv.length - 1;
  const top = Math.max(...story.outdoors_mSv.slice(0, -1), ...story.protected_mSv.slice(0, -1)) || 1;
  const x = (h) => LEFT + (h / hours) * (WIDE - LEFT - RIGHT);
  const y = (d) => HIGH - BOTTOM - (d / top) * (HIGH - BOTTOM - TOP);
  const path = (values) => `M${x(0)},${y(0)}` + values.slice(0, -1).map((d, i) => `L${x(i + 1).toFixed(1)},${y(d).toFixed(1)}`).join("");
  const marks = [0, 0.25, 0.5, 0.75, 1].flatMap((s) => [
    draw("path", { class: "grid", d: `M${LEFT},${y(s * top)}H${WIDE - RIGHT}` }),
    draw("text", { x: LEFT - 6, y: y(s * top) + 4, "text-anchor": "end" }, number(s * top))]);
  const step = hours > 60 ? 12 : 6;
  for (let h = 0; h <= hours; h += step) marks.push(draw("text", { x: x(h), y: HIGH - BOTTOM + 18, "text-anchor": "middle" }, String(h)));
  const key = (at, kind, text) => [draw("path", { class: kind, d: `M${at},${TOP - 18}h30` }), draw("text", { x: at + 36, y: TOP - 14 }, text)];
  return draw("svg", { class: "story-chart", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": words },
    ...marks, draw("path", { class: "axis", d: `M${LEFT},${TOP}V${HIGH - BOTTOM}H${WIDE - RIGHT}` }),
    draw("path", { class: "open", d: path(story.outdoors_mSv) }), draw("path", { class: "protected", d: path(story.protected_mSv) }),
    ...key(LEFT + 8, "open", say("event.story-open")), ...key(LEFT + 220, "protected", say("event.story-protected")),
    draw("text", { x: 4, y: TOP - 14 }, say("event.dose-axis")), draw("text", { x: WIDE - RIGHT, y: HIGH - 4, "text-anchor": "end" }, say("event.story-hour")));
}

/** Show how the dose grows; `close()` is called when the reader has seen it. */
export function showStory(element, story, name, lines, close) {
  const open = number(story.outdoors_mSv.at(-1)), kept = number(story.protected_mSv.at(-1));
  const words = say("event.story-svg", { place: name, open, protected: kept });
  const rows = story.passing_mSv.map((d, h) => [String(h + 1), utc(after(story.start, h + 1)), number(d), number(story.outdoors_mSv[h]), number(story.protected_mSv[h])]);
  rows.push([say("event.story-whole"), "–", "–", open, kept]);
  const heads = ["hour", "time", "passing", "open", "protected"].map((h) => say(`event.story-${h}`));
  heads.forEach((h, i) => { if (i > 1) heads[i] = `${h} [${say("event.dose-axis")}]`; });
  fill(element, make("h2", {}, say("event.story", { place: name })), make("p", {}, words),
    make("ul", {}, lines.map((line) => make("li", {}, line))), chart(story, words),
    make("details", {}, make("summary", {}, say("event.story-table")), table({ caption: words, heads, rows, numeric: [0, 2, 3, 4] })),
    make("p", {}, make("button", { type: "button", onclick: close }, say("event.close"))));
  element.hidden = false;
}

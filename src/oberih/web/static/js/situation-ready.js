// Which forecast stands ready?  What it is, how old, for which releases it answers, what it lacks; or what makes one.
// What is alarming is said in words, with a mark before it; the colour only repeats it.

import { make } from "./dom.js";
import { both, time } from "./situation-parts.js";
import { printable, stranger } from "./strangers.js";
import { moment, number, say } from "./words.js";

const LOUD = ["old", "ended", "ends-soon"];

function marks(now) {
  const { marks: found, standing, old_after_s: old, command } = now.ready;
  const hours = (name) => number((name === "old" ? old * 1000 : Date.parse(standing.last) - Date.parse(now.at)) / 3600e3, 2);
  return found.filter((m) => LOUD.includes(m)).map((m) => make("p", { class: "why" },
    `⚠ ${say(`situation.ready-mark-${m}`, { hours: hours(m), command })}`));
}

function begun({ begun: b, kept }) {
  return b && make("p", {}, say(kept ? "situation.ready-begun" : "situation.ready-begun-unkept",
    { source: printable(b.source), when: moment(b.run), since: moment(b.since) }));
}

const listed = (title, lines) => make("details", { open: lines.length < 4 }, make("summary", {}, `${title}: ${lines.length}`),
  make("ul", {}, lines.map((line) => make("li", { lang: "en" }, stranger(line)))));

/** The forecast that stands ready, or that none does. */
export function ready(now) {
  const found = now.ready, s = found.standing;
  const broken = now.sources.find((x) => x.kind === "ready" && x.state === "broken");
  const wrong = broken && make("p", { class: "why" }, `⚠ ${printable(broken.error)}`);
  if (!s) return [wrong, begun(found), make("p", {}, say("situation.ready-none")), make("p", {}, make("code", {}, found.command)),
    make("p", { class: "faint" }, say("situation.ready-keep"))];
  return [wrong, ...marks(now),
    make("p", {}, make("strong", {}, say("situation.ready-what", { title: printable(s.title), when: moment(s.run) })), " (", time(s.run), ")",
      `; ${say("situation.ready-made")} `, both(s.made_at)),
    make("p", {}, say("situation.ready-answers", { first: moment(s.first), last: moment(s.last), until: moment(s.until) })),
    s.lacks.length ? listed(say("situation.ready-lacks"), s.lacks) : make("p", {}, say("situation.ready-lacks-nothing")),
    s.derived.length ? listed(say("situation.ready-derived"), s.derived) : null,
    s.missing.length ? listed(say("situation.ready-missing"), s.missing) : null,
    begun(found),
    s.courses_wanted > 1 ? make("p", {}, say("situation.ready-courses", { count: s.courses, of: s.courses_wanted })) : null,
    make("p", { class: "faint" }, say("situation.ready-particles", { count: number(s.particles, 6) }), " ",
      say(found.kept ? "situation.ready-kept" : "situation.ready-mark-unkept")),
    found.marks.includes("ended") ? null : make("a", { class: "button", href: "/event?weather=ready" }, say("situation.ready-use"))];
}

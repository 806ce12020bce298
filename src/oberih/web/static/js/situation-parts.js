// How is each part of the situation said?  Every function takes the situation and gives what stands on the page; what
// people wrote is always text.

import { fill, make, table } from "./dom.js";
import { day, titleOf } from "./frame.js";
import { happened, isOld, rate } from "./situation-points.js";
import { printable, stranger } from "./strangers.js";
import { ago, language, moment, number, say } from "./words.js";

const MARKS = { holds: "✓", "at-risk": "△", compromised: "✕", unknown: "?", contested: "⇄", "not-in-force": "–" };
const ORDER = ["compromised", "at-risk", "unknown", "holds", "not-in-force"];
const NEWEST = { forecast: "situation.file-of", ready: "situation.run-of" };
const body = (tile) => document.querySelector(`#tile-${tile} .tile-body`);
const named = (thing) => thing.title?.[language] ?? thing.title?.en ?? thing.id;

/** A status as a badge: a mark, a word, and only then a colour. */
export function badge(status) {
  return make("span", { class: `state ${status}` }, `${MARKS[status] ?? ""} ${say(`situation.status-${status}`)}`);
}

/** How long ago a time is. */
export const time = (iso) => make("time", { datetime: iso, title: moment(iso) }, ago(iso));
/** A time in full, and how long ago that is. */
export const both = (iso) => make("span", {}, moment(iso), " (", time(iso), ")");

/** The tiles: the answer in five seconds. */
export function tiles(now) {
  const count = (kind) => now.changes.filter((c) => kind.includes(c.kind)).reduce((n, c) => n + (c.count || 1), 0);
  const kinds = { record: "record", correction: "correction", readings: "readings", regime: "regime", atlas: "atlas", ready: "ready", source: "source-down" };
  const told = Object.entries(kinds).map(([key, kind]) => [key, count(kind === "source-down" ? [kind, "source-back"] : [kind])])
    .filter(([, n]) => n).map(([key, n]) => say(`situation.new-${key}`, { count: n }));
  fill(body("new"), make("strong", {}, now.changes.length ? String(now.changes.length) : say("situation.new-none")),
    now.changes.length ? make("p", {}, told.join(", ")) : null,
    now.changes.length ? make("p", { class: "faint" }, time(now.changes[0].at)) : null);
  const states = ORDER.map((s) => [s, now.regimes.filter((r) => r.status === s).length]).filter(([, n]) => n);
  const contested = now.regimes.filter((r) => r.contested.length).length;
  fill(body("state"), states.map(([s, n]) => make("span", { class: "tally" }, badge(s), ` ${n} `)),
    contested ? make("span", { class: "tally" }, badge("contested"), ` ${contested} `) : null);
  const broken = now.sources.filter((s) => s.state === "broken").length, stale = now.sources.filter((s) => s.state === "stale").length;
  document.getElementById("tile-age").classList.toggle("bad", broken + stale > 0);
  fill(body("age"), make("strong", {}, broken + stale ? `⚠ ${say("situation.age-bad", { broken, stale, count: now.sources.length })}`
    : say("situation.age-good", { count: now.sources.length })), make("p", { class: "faint" }, say("situation.age-looked", { when: moment(now.at) })));
  const zones = (now.in_force?.zones.features ?? []).map((f) => titleOf(f.properties));
  fill(body("zones-tile"), zones.length ? zones.slice(0, 2).map((z) => make("p", {}, z)) : make("strong", {},
    now.in_force_named && !now.in_force ? `⚠ ${say("situation.source-broken")}` : say("situation.none-declared")));
}

/** The clock: UTC, and the time at the site. */
export function clock(zone) {
  const locale = language === "uk" ? "uk-UA" : "en-GB";
  const said = (timeZone) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone }).format(new Date());
  const day = (timeZone) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone }).format(new Date());
  const utc = make("strong", { class: "clock" }), local = make("span", { class: "clock" });
  fill(body("clock"), make("p", {}, utc, ` ${say("situation.clock-utc")}`), make("p", {}, local));
  const tick = () => {
    utc.textContent = `${day("UTC")}, ${said("UTC")}`;
    const at = zone() ?? "Europe/Kyiv";
    local.textContent = `${day(at)}, ${said(at)} ${say("situation.clock-site", { zone: at })}`;
  };
  tick();
  setInterval(tick, 1000);
}

function changeText(c, now) {
  const regime = now.regimes.find((r) => r.id === c.name);
  const status = (s) => say(`situation.status-${s}`);
  switch (c.kind) {
    case "readings": return say("situation.change-readings-text", { count: c.count, name: c.name });
    case "regime": return say("situation.change-regime-text", { name: regime ? named(regime) : c.name, text: c.text, before: status(c.before), now: status(c.now) });
    case "atlas": return say("situation.change-atlas-text", { text: [say(`situation.atlas-${c.name}`), c.text].filter(Boolean).join(": ") });
    case "ready": return say("situation.change-ready-text", { title: c.name, when: moment(c.now) });
    case "source-down": return `${c.name}: ${c.text}`;
    case "source-back": return c.name;
    default: return c.name ? (c.text.length > 180 ? `${c.text.slice(0, 177)}…` : c.text) : say("situation.change-more", { count: c.count });
  }
}

/** What changed in the last 24 hours, the newest first. */
export function changes(now) {
  if (!now.changes.length) return make("p", { class: "faint" }, say("situation.changes-none"));
  return make("ul", { class: "changes", tabindex: "0", "aria-label": say("situation.changes") }, now.changes.map((c) => {
    const text = changeText(c, now), record = ["record", "correction"].includes(c.kind) && c.name;
    return make("li", { class: c.kind }, make("span", { class: "what" }, say(`situation.change-${c.kind}`)), " ",
      record ? make("a", { href: `/evidence?id=${encodeURIComponent(c.name)}` }, stranger(text)) : stranger(text),
      c.who ? [" – ", stranger(c.who)] : "", make("span", { class: "faint when" }, time(c.at)));
  }));
}

/** Every regime with its state and one line of why, the worst first. */
export function regimes(now) {
  if (!now.regimes.length) return make("p", {}, say("situation.regimes-none"));
  const rows = [...now.regimes].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status)).map((r) => make("li", {},
    make("div", { class: "regime-head" }, make("a", { href: `/regimes?regime=${encodeURIComponent(r.id)}` }, named(r)), badge(r.status),
      r.contested.length ? badge("contested") : null),
    make("p", {}, make("span", { lang: "en" }, r.why), r.unverified ? " †" : "",
      make("span", { class: "faint" }, ` – ${say("situation.decides", r)}`,
        r.contested.length ? `; ${say("situation.contested-by", { who: r.contested.join(", ") })}` : "",
        r.before !== r.status ? `; ${say("situation.yesterday", { status: say(`situation.status-${r.before}`) })}` : ""))));
  return [make("ul", { class: "regimes" }, rows), make("p", { class: "faint" }, say("situation.regimes-note"))];
}

/** How old everything is: each source with its last good time, its newest content and what is wrong. */
export function sources(now) {
  return make("ul", { class: "sources" }, now.sources.map((s) => make("li", { class: s.state },
    make("div", {}, make("strong", {}, s.name), ` ${say(`situation.kind-${s.kind}`)} `, make("span", { class: `source-state ${s.state}` },
      `${{ good: "✓", stale: "⚠", broken: "✕", absent: "–", reading: "…" }[s.state]} ${say(`situation.source-${s.state}`)}`)),
    make("p", { class: "faint" }, `${say("situation.last-good")}: `, s.last_good ? time(s.last_good) : say("situation.never"),
      s.newest ? [`; ${say(NEWEST[s.kind] ?? "situation.newest")}: `, time(s.newest)] : null,
      s.stale_after_s ? `; ${say("situation.stale-after")}: ${say("situation.hours", { hours: number(s.stale_after_s / 3600) })}` : ""),
    s.broken_since ? make("p", { class: "why" }, say("situation.broken-since", { when: moment(s.broken_since), why: printable(s.error) }),
      s.last_good ? ` (${say("situation.last-good-shown")})` : "") : null)));
}

/** The zones in force: which plan, who put it there, and that it is what was kept. */
export function inForce(now) {
  const z = now.in_force, link = make("a", { class: "button", href: "/designer" }, say("situation.design"));
  const broken = now.sources.find((s) => s.kind === "in-force" && s.state === "broken");
  if (!z) return now.in_force_named ? make("p", { class: "why" }, say("situation.in-force-refused"), " ", broken?.error ?? "")
    : [make("p", {}, say("situation.in-force-none")), link];
  return [broken ? make("p", { class: "why" }, `⚠ ${say("situation.last-good-shown")}: ${broken.error}`) : null,
    make("p", {}, make("span", { lang: "en" }, z.headline), z.verified ? "" : " †"),
    make("p", {}, z.recorded_at ? say("situation.in-force-recorded", { when: moment(z.recorded_at), who: z.recorded_by }) : say("situation.in-force-unrecorded")),
    make("p", { class: "faint hash" }, say("situation.in-force-checked", { file: `${z.folder}/zones.geojson`, hash: z.sha256 }))];
}

/** The forecast plume in words: what was assumed; never what is. */
export function plume(now) {
  const p = now.plume, scenario = p.scenario[language] ?? p.scenario.en;
  return [make("p", {}, make("strong", {}, say("situation.plume-if", { scenario, when: moment(p.start) })), ` ${say("situation.plume-until", { when: moment(p.until) })}`),
    make("a", { class: "button", href: "/event" }, say("situation.to-event"))];
}

/** What the plume's colours mean, from much to little. */
export function plumeLegend(p) {
  return p.levels_sv.map((level, i) => ({ colour: p.colours[i], label: say("situation.plume-level", { dose: number(level * 1000) }) })).reverse();
}

/** Incidents, the latest written first; claims stay claims. */
export function incidents(now) {
  if (now.record_size === null) return make("p", {}, say("situation.record-none"));
  if (!now.incidents.length) return make("p", { class: "faint" }, say("situation.incidents-none"));
  return make("ul", { class: "incidents" }, now.incidents.slice(0, 20).map((i) => {
    const channel = say(`situation.channel-${i.channel.replaceAll(" ", "-")}`);
    const grade = i.reliability || i.credibility ? `; ${say("situation.grade", { reliability: i.reliability ?? "–", credibility: i.credibility ?? "–" })}` : "";
    return make("li", {}, make("div", {}, make("a", { href: `/evidence?id=${encodeURIComponent(i.id)}` }, stranger(i.text))),
      make("p", { class: "faint" }, happened(i), i.place ? [", ", stranger(i.place)] : "", "; ",
        i.who ? say("situation.says", { who: printable(i.who), channel }) : say("situation.says-nobody", { channel }), grade,
        i.corrects ? `; ${say("situation.corrects")}` : ""),
      i.claims.map(([by, says]) => make("p", { class: "claim" }, say("situation.claim", { by: printable(by), says: printable(says) }))));
  }));
}

/** The newest reading of every station, and what in the files could not be read. */
export function readings(now) {
  const given = now.readings;
  if (!given.files.length && !given.stations.length) return make("p", { class: "faint" }, say("situation.readings-none"));
  const rows = given.stations.slice(0, 200).map((r) => [stranger(r.station),
    rate(r.rate_sv_per_s) + (r.uncertainty_sv_per_s === null ? "" : ` ± ${rate(r.uncertainty_sv_per_s)}`), both(r.time),
    [...r.doubts.map((d) => `⚠ ${say(`situation.doubt-${d}`)}`), isOld(r, now) ? say("situation.old") : null,
      r.source ? say("situation.reading-source", { who: printable(r.source) }) : null].filter(Boolean).join("; ") || null]);
  const more = given.more_stations + Math.max(given.stations.length - 200, 0);
  return [table({ caption: say("situation.readings-caption"), numeric: [1], rows,
    heads: ["station", "rate", "measured", "reading-note"].map((h) => say(`situation.${h}`)) }),
  more ? make("p", {}, say("situation.more-stations", { count: more })) : null,
  ...given.files.filter((f) => f.defects.length).map((f) => make("details", { class: "why" },
    make("summary", {}, say("situation.defects", { file: f.name, count: f.defects.length + f.more_defects })),
    make("ul", {}, f.defects.map((d) => make("li", { lang: "en" }, stranger(d)))))),
  make("p", {}, make("a", { href: "/api/v1/situation/readings.csv" }, say("situation.as-csv")))];
}

/** What stands at the site, and since when it is shut down. */
export function site(now) {
  const s = now.site;
  return [table({ caption: (language === "uk" && s.name_uk) || s.name, heads: ["unit", "type", "shutdown"].map((h) => say(`situation.${h}`)),
    rows: s.units.map((u) => [u.id, u.type, (u.shutdown ? day(u.shutdown) : say("situation.operates")) + (u.unverified.includes("shutdown") ? " †" : "")]) }),
  s.note ? make("p", { class: "faint", lang: "en" }, s.note) : null];
}

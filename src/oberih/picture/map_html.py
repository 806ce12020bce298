"""How does it look in a browser, without a network?

`draw_html` makes one page that holds everything: the map as SVG with a little script to move,
enlarge and switch its layers, the tables, the warnings and the sources.  It asks for nothing from
anywhere: its content policy forbids every request, and allows the one script and the one style
sheet it carries by their hashes.  Without a script the page still shows all it says.

Every text of the scene is escaped; the same scene gives the same page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from oberih.picture.caveat import weather_caveat
from oberih.picture.map_svg import map_svg, swatch_svg, text
from oberih.picture.palette import FIELD_SHARE, class_colours, paler, zone_style
from oberih.picture.panels_svg import overview_svg, rose_svg
from oberih.picture.rose import BY_ITSELF
from oberih.picture.scene import Field, MapScene, SceneZone, Table
from oberih.picture.sheet import Sheet, lay_out, lay_out_overview
from oberih.picture.table import unbroken

__all__ = ["draw_html", "save_html"]

_UNVERIFIED = '<span class="unverified">not verified</span>'
_DOUBTED = re.compile(r"( ?)(?:\(not verified\)|not verified)")
_CYRILLIC = re.compile(r"[\u0400-\u04ff][\u0400-\u04ff\u2019\u02bc\s()-]*[\u0400-\u04ff]")


def save_html(scene: MapScene, path: Path) -> None:
    """Write the page of a scene to a file."""
    path.write_text(draw_html(scene), encoding="utf-8")


def draw_html(scene: MapScene) -> str:
    """Draw a scene as one self-contained page.

    Parameters
    ----------
    scene : MapScene

    Returns
    -------
    str
        HTML, UTF-8 when written; it opens offline.
    """
    sheet = lay_out(scene)
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{text(scene.title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#answer">Skip the map</a>
<header>
<h1>{_worded(scene.title)}</h1>
<p class="subtitle">{_worded(scene.subtitle)}</p>
<p class="weather"><b>Weather: {_worded(scene.weather_label)}</b>{_caveat(scene)}</p>
<p class="headline">{_worded(scene.headline)}</p>
</header>
<main>
<div class="sheet">
<div class="map" tabindex="0" role="group" aria-label="Map. Arrow keys move it, plus and minus enlarge, 0 resets.">
{map_svg(scene, sheet)}
<div class="buttons" hidden><button data-do="in" aria-label="Enlarge">+</button>
<button data-do="out" aria-label="Reduce">−</button><button data-do="home" class="word">All</button></div>
<div class="scale" data-across="{2.0 * sheet.half:.0f}" aria-hidden="true" hidden><i></i><span></span></div>
</div>
<div class="side">
{_legend(scene, sheet)}
</div>
<div class="panels">
{_overview(scene, sheet)}{_rose(scene)}
</div>
</div>
<div id="answer">
{_sureness(scene)}{_warnings(scene)}
<div class="tables">
{"".join(_table(table) for table in scene.tables)}
</div>
{_downloads(scene)}
</div>
</main>
{_footer(scene, sheet)}
<script>{script}</script>
</body>
</html>
"""


def _caveat(scene: MapScene) -> str:
    caveat = weather_caveat(scene.weather_label)
    return f"<small>{text(caveat)}</small>" if caveat else ""


def _legend(scene: MapScene, sheet: Sheet) -> str:
    drawn = {zone.number: zone for zone in sheet.zones}
    differ = len({zone.percentile for zone in scene.zones if zone.percentile is not None}) > 1
    zones = ""
    for number, zone in enumerate(scene.zones):
        same = ". Same outline as above." if number in drawn and drawn[number].twin else ""
        where = ". Beyond this map: see the overview." if number in sheet.beyond and scene.overview else same
        zones += _legend_zone(zone, number if number in drawn else None, where, differ=differ)
    field = _legend_field(scene.field) if scene.field is not None else ""
    others = (("layer-places", "Places"), ("layer-rings", "Distance rings"), ("layer-base", "Base map"))
    rest = "".join(_switch(layer, "<span></span>", text(name)) for layer, name in others)
    return f'<ul class="legend" aria-label="Layers">{zones}{field}{rest}</ul>{_legend_notes(scene)}'


def _legend_notes(scene: MapScene) -> str:
    notes = []
    shares = {zone.percentile for zone in scene.zones if zone.percentile is not None}
    if shares:
        share = f"{shares.pop():g} %" if len(shares) == 1 else "the share given"
        notes.append(
            f"Distance: outside a circle of this radius nothing is needed in {share} of all starts; in brackets its "
            "band. The outline drawn follows the winds and holds as well."
        )
    if any(zone.circle > 0.0 for zone in scene.zones):
        notes.append("Dotted on the map: the circle of the zone in the same colour.")
    if not all(zone.verified for zone in scene.zones):
        notes.append("Not verified: rests on a number not checked against the text of its source.")
    return "".join(f'<p class="note">{note}</p>' for note in notes)


def _legend_zone(zone: SceneZone, number: int | None, where: str, *, differ: bool) -> str:
    """A zone's words beside its key; with a switch where it has an outline on the map."""
    share = f" in {zone.percentile:g} % of starts" if zone.percentile is not None and differ else ""
    mark = "" if zone.verified else f" {_UNVERIFIED}"
    ukrainian = f'<small lang="uk">{text(zone.name_uk)}</small>' if zone.name_uk else ""
    people = f' <span class="people-inside">{text(zone.people_text)}</span>' if zone.people_text else ""
    drawn = f"; {text(zone.drawn_text)}" if zone.drawn_text else ""
    told = (
        f"<span><b>{_worded(zone.name)}</b>{mark}{ukrainian}"
        f'<span class="row"><span><span class="reach">{text(zone.distance_text)}</span>'
        f'<small class="share">{share}</small></span>{people}</span>'
        f"<small>{_worded(zone.action)}{drawn}{where}</small></span>"
    )
    if number is not None:
        return _switch(f"layer-zone-{number}", swatch_svg(zone.colour), told)
    subdued = ' class="nowhere"' if zone.nowhere else ""
    return f'<li{subdued}><div class="label"><span></span>{swatch_svg(zone.colour)}{told}</div></li>'


def _legend_field(field: Field) -> str:
    names = field.labels or ("",) * len(field.levels)
    rows = "".join(
        f'<small><svg viewBox="0 0 36 16" aria-hidden="true">'
        f'<rect width="36" height="16" fill="{paler(colour, FIELD_SHARE)}"/></svg> '
        f"≥ {level:g} {text(field.unit)} {_worded(name)}</small>"
        for level, colour, name in zip(field.levels, class_colours(len(field.levels)), names, strict=True)
    )
    return _switch("layer-field", "<span></span>", f"<span><b>{_worded(field.label)}</b>{rows}</span>")


def _switch(layer: str, key: str, told: str) -> str:
    return f'<li><label><input type="checkbox" checked data-layer="{layer}">{key}{told}</label></li>'


def _overview(scene: MapScene, sheet: Sheet) -> str:
    """The second map, and a key of the zones that only it shows."""
    overview = lay_out_overview(scene)
    if overview is None:
        return ""
    on_map = {zone.number for zone in sheet.zones}
    keys = ", ".join(
        f'<span class="key">{swatch_svg(z.zone.colour)} {text(z.zone.name)}</span>'
        for z in sorted(overview.zones, key=lambda z: z.number)
        if z.number not in on_map
    )
    drawn = overview_svg(overview, within=scene.extent)
    return (
        f'<section><h2>Zones that leave the map</h2><div class="overview">{drawn}</div>'
        f'<p class="note">The square is the map. {keys}</p></section>'
    )


def _rose(scene: MapScene) -> str:
    rose = scene.rose
    if rose is None:
        return ""
    colour = zone_style(scene.leading).colour
    drawn = "" if rose.drawn is None else f'<li><i class="bar">{_bar(colour, 1.0)}</i>zone as drawn</li>'
    half = "" if rose.half_nowhere else f'<i class="bar">{_bar(BY_ITSELF, 0.55)}</i>'
    return (
        f'<section><h2>How far in each direction</h2><div class="rose">{rose_svg(rose, colour=colour)}</div>'
        f'<p class="note">{_worded(rose.label)} [km]</p><ul class="keys">{drawn}'
        f'<li><i class="bar">{_bar(BY_ITSELF, 1.0)}</i>{rose.percentile:g} % of all starts, each direction by itself '
        f"(a wind blowing elsewhere counts as zero), with its band</li>"
        f"<li>{half}half of all starts{': nowhere' if rose.half_nowhere else ''}</li></ul></section>"
    )


def _bar(colour: str, opacity: float) -> str:
    return (
        f'<svg viewBox="0 0 36 16" aria-hidden="true"><rect y="4" width="36" height="8" fill="{colour}" '
        f'fill-opacity="{opacity:g}"/></svg>'
    )


def _sureness(scene: MapScene) -> str:
    if not scene.sureness:
        return ""
    told = " ".join(_worded(sentence) for sentence in scene.sureness)
    return f'<section class="sure"><h2>How sure are we?</h2><p>{told}</p></section>'


def _downloads(scene: MapScene) -> str:
    if not scene.downloads:
        return ""
    items = "".join(f'<li><a href="{text(name)}">{text(name)}</a>: {text(what)}</li>' for name, what in scene.downloads)
    return f'<section><h2>Files beside this page</h2><ul class="files">{items}</ul></section>'


def _table(table: Table) -> str:
    kinds = [' class="num"' if i in table.numeric else "" for i in range(len(table.columns))]

    def cell(row: tuple[str, ...], i: int) -> str:
        tag = 'th scope="row"' if i == 0 else "td"
        return f"<{tag}{kinds[i]}>{_worded(row[i])}</{tag.split()[0]}>"

    head = "".join(f'<th scope="col"{kind}>{text(c)}</th>' for kind, c in zip(kinds, table.columns, strict=True))
    headings = dict(table.sections)
    rows = ""
    for number, row in enumerate(table.rows):
        if number in headings:
            across = f'colspan="{len(table.columns)}" scope="colgroup"'
            rows += f'<tr class="section"><th {across}><span>{_worded(headings[number])}</span></th></tr>'
        subdued = ' class="faint"' if number in table.faint else ""
        rows += f"<tr{subdued}>" + "".join(cell(row, i) for i in range(len(row))) + "</tr>"
    note = f'<p class="note">{_worded(table.note)}</p>' if table.note else ""
    title = text(table.title)
    return (
        f'<section><h2>{title}</h2><div class="wide" tabindex="0" role="region" aria-label="{title}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{note}</section>"
    )


def _warnings(scene: MapScene) -> str:
    if not scene.warnings:
        return ""
    items = "".join(f"<li>{_worded(w)}</li>" for w in scene.warnings)
    return f'<section class="warnings" aria-label="Warnings"><h2>Keep in mind</h2><ul>{items}</ul></section>'


def _footer(scene: MapScene, sheet: Sheet) -> str:
    sources = "".join(f"<li>{_worded(s)}</li>" for s in (*scene.sources, sheet.base_source, *sheet.base_corrections))
    return f"<footer><h2>Sources</h2><ul>{sources}</ul><p><code>{text(scene.footer)}</code></p></footer>"


def _worded(value: str) -> str:
    """Escape, name the language of Ukrainian words, and mark what is not verified."""
    safe = _CYRILLIC.sub(lambda m: f'<span lang="uk">{m.group(0)}</span>', text(unbroken(value)))
    return _DOUBTED.sub(lambda m: ("\u00a0" if m.group(1) else "") + _UNVERIFIED, safe)


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    return (files("oberih.picture") / "data" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")

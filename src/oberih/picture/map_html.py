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

from oberih.picture.map_svg import map_svg, rose_svg, swatch_svg, text
from oberih.picture.palette import FIELD_SHARE, class_colours, paler, zone_style
from oberih.picture.scene import Field, MapScene, SceneZone, Table
from oberih.picture.sheet import Sheet, lay_out

__all__ = ["draw_html", "save_html"]

_UNVERIFIED = '<span class="unverified">not verified</span>'
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
<p class="weather">Weather: {_worded(scene.weather_label)}</p>
<p class="headline">{_worded(scene.headline)}</p>
{_warnings(scene)}
</header>
<main>
<div class="sheet">
<div class="map" tabindex="0" role="group" aria-label="Map. Arrow keys move it, plus and minus enlarge, 0 resets.">
{map_svg(scene, sheet)}
<div class="buttons" hidden><button data-do="in" aria-label="Enlarge">+</button>
<button data-do="out" aria-label="Reduce">−</button><button data-do="home" class="word">All</button></div>
<div class="scale" data-across="{2.0 * sheet.half:.0f}" aria-hidden="true" hidden><i></i><span></span></div>
</div>
<div>
{_legend(scene)}
{_rose(scene)}
</div>
</div>
<div id="answer" class="tables">
{"".join(_table(table) for table in scene.tables)}
</div>
</main>
{_footer(scene, sheet)}
<script>{script}</script>
</body>
</html>
"""


def _legend(scene: MapScene) -> str:
    zones = "".join(_legend_zone(zone, i) for i, zone in enumerate(scene.zones))
    field = _legend_field(scene.field) if scene.field is not None else ""
    others = (("layer-places", "Places"), ("layer-rings", "Distance rings"), ("layer-base", "Base map"))
    rest = "".join(_switch(layer, "<span></span>", text(name)) for layer, name in others)
    unsure = not all(zone.verified for zone in scene.zones)
    note = '<p class="note">Not verified: rests on a number not checked against the text of its source.</p>'
    return f'<ul class="legend" aria-label="Layers">{zones}{field}{rest}</ul>{note if unsure else ""}'


def _legend_zone(zone: SceneZone, number: int) -> str:
    share = f"in {zone.percentile:g} % of weather" if zone.percentile is not None else ""
    mark = "" if zone.verified else f" {_UNVERIFIED}"
    ukrainian = f'<small lang="uk">{text(zone.name_uk)}</small>' if zone.name_uk else ""
    people = f"<small>{text(zone.people_text)}</small>" if zone.people_text else ""
    told = (
        f"<span><b>{_worded(zone.name)}</b>{mark}{ukrainian}<small>{_worded(zone.action)}</small>"
        f'<span class="reach">{text(zone.distance_text)}</span> <small class="share">{share}</small>{people}</span>'
    )
    return _switch(f"layer-zone-{number}", swatch_svg(zone.colour), told)


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


def _rose(scene: MapScene) -> str:
    if scene.rose is None:
        return ""
    colour = zone_style(scene.zones[0].colour if scene.zones else "protection").colour
    return (
        f'<h2>Reach by direction</h2><div class="rose">{rose_svg(scene.rose, colour=colour)}</div>'
        f'<p class="note">{_worded(scene.rose.label)}, km: line {scene.rose.percentile:g}th percentile, band its '
        f"confidence, dark the median.</p>"
    )


def _table(table: Table) -> str:
    kinds = [' class="num"' if i in table.numeric else "" for i in range(len(table.columns))]

    def cell(row: tuple[str, ...], i: int) -> str:
        tag = 'th scope="row"' if i == 0 else "td"
        return f"<{tag}{kinds[i]}>{_worded(row[i])}</{tag.split()[0]}>"

    head = "".join(f'<th scope="col"{kind}>{text(c)}</th>' for kind, c in zip(kinds, table.columns, strict=True))
    rows = "".join("<tr>" + "".join(cell(row, i) for i in range(len(row))) + "</tr>" for row in table.rows)
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
    return f'<div class="warnings" role="note" aria-label="Warnings"><ul>{items}</ul></div>'


def _footer(scene: MapScene, sheet: Sheet) -> str:
    sources = "".join(f"<li>{_worded(s)}</li>" for s in (*scene.sources, sheet.base_source, *sheet.base_corrections))
    return f"<footer><h2>Sources</h2><ul>{sources}</ul><p><code>{text(scene.footer)}</code></p></footer>"


def _worded(value: str) -> str:
    """Escape, name the language of Ukrainian words, and mark what is not verified."""
    safe = _CYRILLIC.sub(lambda m: f'<span lang="uk">{m.group(0)}</span>', text(value))
    return safe.replace("(not verified)", "not verified").replace("not verified", _UNVERIFIED)


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    return (files("oberih.picture") / "data" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")

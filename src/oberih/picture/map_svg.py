"""How does the map look as lines in a page?

Turns a sheet into SVG: one group a layer, so that a page can switch them; whole numbers in a box
of 10,000 units, so that the file stays small and the same.  No script, no style attribute; every
text is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from oberih.picture.labels import Label, PlaceMark, place_labels
from oberih.picture.palette import DOUBLED, FIELD_SHARE, INK, LAND, Style, class_colours, paler, zone_style
from oberih.picture.scene import Field, MapScene
from oberih.picture.sheet import Sheet, SheetZone, scale_bar
from oberih.units import kilometres

__all__ = ["base", "map_svg", "path", "ring", "stroke", "swatch_svg", "text", "zone_path"]

Floats = npt.NDArray[np.float64]

_HALF = 5000


def text(value: str) -> str:
    """Escape a stranger's text for a page; what no page may hold becomes a sign of replacement."""
    clean = "".join(c if c in "\t\n" or (c >= " " and not "\x7f" <= c <= "\x9f") else "\ufffd" for c in value)
    return escape(clean.encode("utf-8", "replace").decode("utf-8"), quote=True)


def map_svg(scene: MapScene, sheet: Sheet) -> str:
    """Draw a sheet as one ``svg`` element."""
    scale = _HALF / sheet.half
    filled = scene.field is None
    layers = [f'<g id="layer-base">{base(sheet, scale)}</g>']
    if scene.field is not None and sheet.corners is not None:
        layers.append(f'<g id="layer-field">{_field(scene.field, sheet.corners, sheet.half, scale)}</g>')
    for zone in sheet.zones:
        layers.append(
            f'<g id="layer-zone-{zone.number}"><title>{text(zone.zone.name)}: {text(zone.zone.action)}'
            f"</title>{zone_path(zone, scale, filled=filled)}{_circle(zone, scale)}</g>"
        )
    layers += [_rings(sheet, scale), _places(sheet, scale), _site(scene), _scale(sheet, scale)]
    about = f"Map of {2 * kilometres(sheet.half):g} km across around {scene.site_name}"
    return (
        f'<svg viewBox="-5000 -5000 10000 10000" role="img" aria-label="{text(about)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(layers)}</svg>'
    )


def zone_path(zone: SheetZone, scale: float, *, filled: bool) -> str:
    """Fill and border of a zone; of two with one border, the first is wider and the second dashed above it."""
    fill = zone.style.colour if filled and not zone.twin else "none"
    border = stroke(zone.style, wider=DOUBLED if zone.doubled else 0.0)
    return (
        f'<path d="{path(zone.shape, scale)}" {border} fill="{fill}" fill-opacity="{zone.style.fill}" '
        f'fill-rule="evenodd"/>'
    )


def _circle(zone: SheetZone, scale: float) -> str:
    if zone.zone.circle <= 0.0:
        return ""
    return (
        f'<circle r="{zone.zone.circle * scale:.0f}" fill="none" stroke="{zone.style.colour}" stroke-width="1.4" '
        f'stroke-dasharray="1.5 2.5" vector-effect="non-scaling-stroke"/>'
    )


def swatch_svg(key: str) -> str:
    """Draw the key of a zone."""
    style = zone_style(key)
    return (
        f'<svg viewBox="0 0 36 24" aria-hidden="true"><rect x="2" y="2" width="32" height="20" {stroke(style)} '
        f'fill="{style.colour}" fill-opacity="{min(1.6 * style.fill, 1.0):.2f}"/></svg>'
    )


def stroke(style: Style, *, wider: float = 0.0) -> str:
    """Attributes of a border."""
    dash = " ".join(f"{style.width * d:g}" for d in style.dash)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{style.colour}" stroke-width="{style.width + wider:g}"{dashed} vector-effect="non-scaling-stroke"'


def path(shape: Any, scale: float) -> str:
    """Polygons and lines as one path of whole numbers."""
    lighter = shapely.simplify(shape, 2.0 / scale)
    found = []
    for part in shapely.get_parts(lighter):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            found += [ring(shapely.get_coordinates(r), scale) for r in (part.exterior, *part.interiors)]
        elif part.geom_type in ("LineString", "LinearRing"):
            found.append(ring(shapely.get_coordinates(part), scale, close=False))
        elif part.geom_type.startswith("Multi") or part.geom_type == "GeometryCollection":
            found.append(path(part, scale))
    return "".join(found)


def ring(points: Floats, scale: float, *, close: bool = True) -> str:
    """Corners, north up, as a path of whole numbers."""
    whole = np.rint(points * [scale, -scale]).astype(np.int64)
    steps = np.diff(whole, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) == 0:
        return ""
    moves = " ".join(f"{dx} {dy}" for dx, dy in steps.tolist())
    return f"M{whole[0, 0]} {whole[0, 1]}l{moves}" + ("z" if close else "")


def base(sheet: Sheet, scale: float) -> str:
    """Draw the base map."""
    widths = {"rivers": 1.3, "provinces": 0.7, "borders": 1.6, "coast": 1.0}
    parts = [f'<rect x="-5000" y="-5000" width="10000" height="10000" fill="{LAND["sea"]}"/>']
    for name, shape in sheet.base.items():
        outline = path(shape, scale)
        if name in widths:
            paint = f'fill="none" stroke="{LAND[name]}" stroke-width="{widths[name]}"'
        elif name == "former_reservoir":
            paint = f'fill="{LAND[name]}" stroke="{LAND["former_edge"]}" stroke-dasharray="3 3"'
        else:
            paint = f'fill="{LAND[name]}" fill-rule="evenodd"'
        told = "<title>Former Kakhovka reservoir, drained June 2023</title>" if name == "former_reservoir" else ""
        parts.append(f'<path d="{outline}" {paint} vector-effect="non-scaling-stroke">{told}</path>')
    return "".join(parts)


def _field(field: Field, corners: Floats, half: float, scale: float) -> str:
    """Cells of one class as one path, neighbours outward of each other joined."""
    shade = np.searchsorted(field.levels, field.values, side="right") - 1
    near = np.min(np.max(np.abs(corners), axis=-1), axis=1)
    shade[near[:-1] > half, :] = -1
    right = np.roll(corners, -1, axis=1)
    paths: dict[int, list[Floats]] = {}
    for sector in range(shade.shape[1]):
        column = shade[:, sector]
        starts = np.flatnonzero(np.diff(column, prepend=-2))
        for start, end in zip(starts, [*starts[1:], len(column)], strict=True):
            if column[start] >= 0:
                quad = [corners[start, sector], corners[end, sector], right[end, sector], right[start, sector]]
                paths.setdefault(int(column[start]), []).append(np.array([*quad, quad[0]]))
    colours = [paler(c, FIELD_SHARE) for c in class_colours(len(field.levels))]
    names = field.labels or ("",) * len(field.levels)
    return "".join(
        f'<path d="{"".join(ring(q, scale) for q in quads)}" fill="{colours[i]}" stroke="{colours[i]}">'
        f"<title>{field.levels[i]:g} {text(field.unit)} or more {text(names[i])}</title></path>"
        for i, quads in sorted(paths.items())
    )


def _rings(sheet: Sheet, scale: float) -> str:
    step = scale_bar(sheet.half) / 2.0
    parts = []
    for radius in np.arange(step, 1.35 * sheet.half, step):
        r = radius * scale
        parts.append(
            f'<circle r="{r:.0f}" fill="none" stroke="#6b675c" stroke-width=".6" stroke-dasharray="1 4" '
            f'vector-effect="non-scaling-stroke"/>'
        )
        if r < 0.97 * _HALF:
            parts.append(
                f'<g transform="translate(0 {-r:.0f})"><text class="fix ring halo" text-anchor="middle" dy="48">'
                f"{kilometres(float(radius)):g}</text></g>"
            )
    return f'<g id="layer-rings">{"".join(parts)}</g>'


def _places(sheet: Sheet, scale: float) -> str:
    named = {label.mark for label in sheet.labels}
    rest = [mark for mark in sheet.dots if mark not in named]
    finer = place_labels(rest, half=sheet.half, height=0.35 * sheet.letter, most=120)
    most = max((m.weight for m in sheet.dots), default=0.0) or 1.0
    dots = "".join(
        f'{_at(m, scale)}<circle class="fix" r="{20 + 34 * (m.weight / most) ** 0.5:.0f}" fill="{INK}" stroke="#fff" '
        f'stroke-width="10"><title>{text(m.name)} {text(m.detail)}</title></circle></g>'
        for m in sheet.dots
    )
    return f'<g id="layer-places">{dots}{_names(sheet.labels, scale, "")}{_names(finer, scale, " more")}</g>'


def _at(mark: PlaceMark, scale: float) -> str:
    return f'<g transform="translate({mark.x * scale:.0f} {-mark.y * scale:.0f})">'


def _names(labels: Iterable[Label], scale: float, kind: str) -> str:
    """Names that keep their size when the map is enlarged: each hangs on its dot."""
    found = []
    for rank, label in enumerate(labels):
        minor = " minor" if rank >= 8 and not kind else ""
        grow = 1.0 if not kind else 1.0 / 0.35
        dx, dy = (label.x - label.mark.x) * scale * grow, -(label.y + label.height - label.mark.y) * scale * grow
        people = f'<text class="people halo" x="{dx:.0f}" y="{dy + 325:.0f}">{text(label.mark.detail)}</text>'
        found.append(
            f'{_at(label.mark, scale)}<g class="fix{kind}{minor}">'
            f'<text class="name halo" x="{dx:.0f}" y="{dy + 160:.0f}">{text(label.mark.name)}</text>'
            f"{people if label.mark.detail else ''}</g></g>"
        )
    return "".join(found)


def _site(scene: MapScene) -> str:
    return (
        f'<g id="layer-site" class="fix"><circle r="90" fill="#fff" stroke="{INK}" stroke-width="26"/>'
        f'<circle r="38" fill="{INK}"/><text class="site halo" x="150" y="65">{text(scene.site_name)}</text></g>'
    )


def _scale(sheet: Sheet, scale: float) -> str:
    """The scale bar and the north arrow of the whole map; a script puts its own bar over an enlarged one."""
    length = scale_bar(sheet.half) * scale
    return (
        f'<g id="layer-scale"><path d="M-4750 4650v100h{length:.0f}v-100" fill="none" stroke="{INK}" '
        f'stroke-width="2" vector-effect="non-scaling-stroke"/>'
        f'<text class="name halo" x="{-4750 + length / 2:.0f}" y="4590" text-anchor="middle">'
        f"{kilometres(scale_bar(sheet.half)):g} km</text></g>"
        f'<g id="layer-north"><path d="M-4700 -4750l120 340-120 -70-120 70z" fill="{INK}"/>'
        f'<text class="name halo" x="-4700" y="-4210" text-anchor="middle" font-weight="700">N</text></g>'
    )

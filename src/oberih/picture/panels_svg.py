"""What stands beside the map in a page, as lines?

The overview of zones that leave the map, and the rose of distances: each one small ``svg`` without a script.
"""

from __future__ import annotations

import numpy as np

from oberih.picture.map_svg import base, ring, text, zone_path
from oberih.picture.palette import INK
from oberih.picture.rose import BY_ITSELF, EIGHT, around, rings_for
from oberih.picture.scene import Rose
from oberih.picture.sheet import Sheet
from oberih.units import kilometres

__all__ = ["overview_svg", "rose_svg"]

_HALF = 5000


def overview_svg(sheet: Sheet, *, within: float) -> str:
    """Draw the zones that leave the map, and the frame of the map among them.

    Parameters
    ----------
    sheet : Sheet
        Of the overview.
    within : float
        From the site to the edge of the map [m].
    """
    scale = _HALF / sheet.half
    zones = "".join(f"<g><title>{text(z.zone.name)}</title>{zone_path(z, scale, filled=True)}</g>" for z in sheet.zones)
    rings = "".join(
        f'<circle r="{r * scale:.0f}" fill="none" stroke="#6b675c" stroke-width=".6" stroke-dasharray="1 4" '
        f'vector-effect="non-scaling-stroke"/><text class="small halo" text-anchor="middle" '
        f'x="{-0.34 * r * scale:.0f}" y="{90 - 0.94 * r * scale:.0f}">{kilometres(r):g} km</text>'
        for r in rings_for(0.95 * sheet.half).tolist()
    )
    edge = within * scale
    frame = (
        f'<rect x="{-edge:.0f}" y="{-edge:.0f}" width="{2 * edge:.0f}" height="{2 * edge:.0f}" fill="none" '
        f'stroke="{INK}" stroke-width="1.4" vector-effect="non-scaling-stroke"/>'
    )
    names = "".join(
        f'<circle cx="{label.mark.x * scale:.0f}" cy="{-label.mark.y * scale:.0f}" r="55" fill="{INK}"/>'
        f'<text class="large halo" x="{label.x * scale:.0f}" y="{-(label.y + 0.25 * label.height) * scale:.0f}">'
        f"{text(label.mark.name)}</text>"
        for label in sheet.labels
    )
    about = f"Overview of {2 * kilometres(sheet.half):g} km across; the square is the map"
    return (
        f'<svg viewBox="-5000 -5000 10000 10000" role="img" aria-label="{about}" xmlns="http://www.w3.org/2000/svg">'
        f"{base(sheet, scale)}{zones}{rings}{frame}{names}</svg>"
    )


def rose_svg(rose: Rose, *, colour: str) -> str:
    """Draw a rose of distances as one ``svg`` element, with its numbers in the table beside it."""
    scale = 400.0 / rose.farthest
    rings = "".join(
        f'<circle r="{r * scale:.0f}" fill="none" stroke="#b0b0b0"/>'
        f'<text x="{r * scale * 0.383:.0f}" y="{-r * scale * 0.924:.0f}" font-size="26">{kilometres(r):g}</text>'
        for r in rings_for(rose.farthest).tolist()
    )
    names = "".join(
        f'<text x="{450 * np.sin(np.pi * i / 4):.0f}" y="{10 - 450 * np.cos(np.pi * i / 4):.0f}" font-size="32" '
        f'text-anchor="middle">{name}</text>'
        for i, name in enumerate(EIGHT)
    )
    upper, lower, high, median = (
        ring(around(rose, v), scale) for v in (rose.upper, rose.lower, rose.high, rose.median)
    )
    drawn = ""
    if rose.drawn is not None:
        drawn = f'<path d="{ring(around(rose, rose.drawn), scale)}" fill="none" stroke="{colour}" stroke-width="7"/>'
    return (
        f'<svg viewBox="-500 -490 1000 980" role="img" aria-label="Reach by direction: {text(rose.label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{rings}'
        f'<path d="{upper}{lower}" fill="{BY_ITSELF}" fill-opacity=".28" fill-rule="evenodd"/>'
        f'<path d="{median}" fill="{BY_ITSELF}" fill-opacity=".55"/>'
        f'<path d="{high}" fill="none" stroke="{BY_ITSELF}" stroke-width="5"/>{drawn}{names}</svg>'
    )

"""How does a designed zone leave for an earth browser?

KML with the namespace of 2.2, of which 2.3 is an extension: what an earth browser of today reads.  Zones in the
colours of the palette, the site, places; no picture, script or link that leads anywhere.  KML knows no dashes, so
each zone also says in words which it is.  The names of a stranger stay text: balloons show the properties as a table,
and descriptions hold no markup.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from oberih.picture.export.content import ExportContent, ExportZone
from oberih.picture.export.plain_text import xml_text
from oberih.picture.export.rows import about_rows, place_rows, zone_properties
from oberih.picture.palette import INK, zone_style
from oberih.units import kilometres
from oberih.zone.geojson import to_geojson

__all__ = ["PLACES", "kml_of"]

_NAMESPACE = "http://www.opengis.net/kml/2.2"
PLACES = ("Places inside / Населені пункти в зоні", "Further places / Інші населені пункти")
"""Folders of places; those of the second are there, but not shown until somebody ticks them: there are thousands."""

_PLACES_NAMED = 100_000
"""People from which on a place is drawn larger."""


def kml_of(content: ExportContent) -> bytes:
    """Give the zones, the site and the places as KML.

    Parameters
    ----------
    content : ExportContent

    Returns
    -------
    bytes
        UTF-8.
    """
    root = ET.Element("kml", {"xmlns": _NAMESPACE})
    document = ET.SubElement(root, "Document", {"id": "oberih"})
    _text(document, "name", content.title)
    _text(document, "open", "1")
    _text(document, "description", content.headline)
    for key in sorted({z.style for z in content.zones}):
        _zone_style(document, key)
    _point_style(document, "style-site", colour=INK, scale=1.2)
    _point_style(document, "style-place", colour=INK, scale=0.5)
    _point_style(document, "style-town", colour=INK, scale=0.8)
    _extended(document, dict(about_rows(content)))
    zones = _folder(document, "Zones / Зони")
    for number in sorted(range(len(content.zones)), key=lambda i: -content.zones[i].zone.area):  # the largest below
        _zone(zones, number + 1, content.zones[number], content.digest)
    _site(document, content)
    inside, around = (_folder(document, name) for name in PLACES)
    for row in place_rows(content):
        _place(inside if row["inside"] else around, row)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = xml_text(text)
    return element


def _folder(parent: ET.Element, name: str) -> ET.Element:
    folder = ET.SubElement(parent, "Folder")
    _text(folder, "name", name)
    return folder


def _colour(hexadecimal: str, opacity: float) -> str:
    """KML's order: opacity, blue, green, red."""
    red, green, blue = (hexadecimal[i : i + 2].lower() for i in (1, 3, 5))
    return f"{round(255 * opacity):02x}{blue}{green}{red}"


def _zone_style(document: ET.Element, key: str) -> None:
    style = zone_style(key)
    element = ET.SubElement(document, "Style", {"id": f"style-{key}"})
    line = ET.SubElement(element, "LineStyle")
    _text(line, "color", _colour(style.colour, 1.0))
    _text(line, "width", f"{style.width:g}")
    fill = ET.SubElement(element, "PolyStyle")
    _text(fill, "color", _colour(style.colour, style.fill))
    _text(fill, "fill", "1" if style.fill > 0.0 else "0")


def _point_style(document: ET.Element, key: str, *, colour: str, scale: float) -> None:
    element = ET.SubElement(document, "Style", {"id": key})
    icon = ET.SubElement(element, "IconStyle")
    _text(icon, "color", _colour(colour, 1.0))
    _text(icon, "scale", f"{scale:g}")
    label = ET.SubElement(element, "LabelStyle")
    _text(label, "scale", f"{max(scale, 0.6):g}")


def _extended(parent: ET.Element, values: dict[str, Any]) -> None:
    data = ET.SubElement(parent, "ExtendedData")
    for name, value in values.items():
        if value is not None:
            entry = ET.SubElement(data, "Data", {"name": name})
            _text(entry, "value", str(value).lower() if isinstance(value, bool) else str(value))


def _zone(folder: ET.Element, number: int, shown: ExportZone, digest: str) -> None:
    zone = shown.zone
    mark = ET.SubElement(folder, "Placemark", {"id": f"zone-{number}"})
    _text(mark, "name", f"{shown.title} / {shown.title_uk}")
    _text(mark, "visibility", "1")
    reach = f"{kilometres(zone.reach.distance):.3g} km" if zone.reach.distance > 0.0 else "nowhere"
    mark_unverified = "" if zone.verified else " (level not checked against its source)"
    _text(
        mark, "description", f"{zone.criterion.title}: {zone.level:g} {zone.criterion.unit}{mark_unverified}; "
        f"{100 * zone.percentile:g} % of all starts; circle that holds: {reach}.",
    )  # fmt: skip
    _text(mark, "styleUrl", f"#style-{shown.style}")
    _extended(mark, zone_properties(number, shown, digest))
    if not zone.geometry.is_empty:
        _geometry(mark, zone.geometry)


def _geometry(mark: ET.Element, geometry: Any) -> None:
    shape = to_geojson(geometry)
    parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    parent = mark if len(parts) == 1 else ET.SubElement(mark, "MultiGeometry")
    for rings in parts:
        polygon = ET.SubElement(parent, "Polygon")
        _text(polygon, "tessellate", "1")
        for i, ring in enumerate(rings):
            border = ET.SubElement(polygon, "outerBoundaryIs" if i == 0 else "innerBoundaryIs")
            _text(ET.SubElement(border, "LinearRing"), "coordinates", " ".join(f"{x:.6f},{y:.6f}" for x, y in ring))


def _point(mark: ET.Element, longitude: float, latitude: float) -> None:
    _text(ET.SubElement(mark, "Point"), "coordinates", f"{longitude:.6f},{latitude:.6f}")


def _site(document: ET.Element, content: ExportContent) -> None:
    mark = ET.SubElement(document, "Placemark", {"id": "site"})
    _text(mark, "name", f"{content.site_name} / {content.site_name_uk}")
    _text(mark, "styleUrl", "#style-site")
    _point(mark, content.longitude, content.latitude)


def _place(folder: ET.Element, row: dict[str, Any]) -> None:
    mark = ET.SubElement(folder, "Placemark", {"id": f"place-{row['geonames_id']}"})
    _text(mark, "name", row["name"])
    _text(mark, "visibility", "1" if row["inside"] else "0")
    _text(mark, "styleUrl", "#style-town" if (row["population"] or 0) >= _PLACES_NAMED else "#style-place")
    _extended(mark, row)
    _point(mark, row["longitude_deg"], row["latitude_deg"])

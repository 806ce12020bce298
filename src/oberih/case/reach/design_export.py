"""How does a designed zone leave, in which format?

The story of an export: from a `Design` to the bytes of a file, with its name and type.  The same design gives the same
bytes; a report for other authorities (``irix``) also wants to know who reports and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oberih.case.reach.design_answer import Design
from oberih.case.reach.design_scene import headline_of, scene_of_design, shown_of, style_of, title_of
from oberih.errors import InputError, UnknownName
from oberih.evidence.digest import sha256_of_value
from oberih.language.catalogue import message
from oberih.picture.caveat import NOT_REAL
from oberih.picture.export.content import ExportContent, ExportZone, PlaceDose, Reporter
from oberih.picture.export.plain_text import file_stem
from oberih.picture.export.rows import COLUMNS
from oberih.picture.export.to_csv import archive_of, table_of
from oberih.picture.export.to_geojson import geojson_of
from oberih.picture.export.to_geopackage import geopackage_of
from oberih.picture.export.to_geotiff import geotiff_of
from oberih.picture.export.to_irix import irix_of
from oberih.picture.export.to_kml import kml_of
from oberih.picture.map_png import draw_png

__all__ = ["FORMATS", "TABLE_TYPE", "Exported", "Wanted", "content_of", "export"]

FORMATS: Mapping[str, tuple[str, str]] = {
    "geojson": ("application/geo+json", "geojson"),
    "kml": ("application/vnd.google-earth.kml+xml", "kml"),
    "gpkg": ("application/geopackage+sqlite3", "gpkg"),
    "tif": ("image/tiff; application=geotiff", "tif"),
    "csv": ("application/zip", "zip"),
    "irix": ("application/xml", "irix.xml"),
    "png": ("image/png", "png"),
}
"""Type of the content, and ending of the file's name."""

_LAST = 7258118400
"""2200-01-01T00:00Z."""

TABLE_TYPE = "text/csv; charset=utf-8"
"""Of a single table."""


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a design.

    Parameters
    ----------
    format : str
        Of `FORMATS`.
    language : str
        Of titles and sentences.
    table : str or None
        One table of the tables (`oberih.picture.export.rows.COLUMNS`), as plain CSV.
    reporter : Reporter
        Who reports, of an IRIX report.
    created : int
        When it is reported, seconds since 1970.

    Raises
    ------
    UnknownName
        If there is no such format or table.
    InputError
        If a table is wanted of another format than ``csv``.
    """

    format: str
    language: str = "en"
    table: str | None = None
    reporter: Reporter = field(default_factory=Reporter)
    created: int = 0

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise UnknownName("format", self.format, known=FORMATS)
        if self.table is not None and self.table not in COLUMNS:
            raise UnknownName("table", self.table, known=COLUMNS)
        if self.table is not None and self.format != "csv":
            raise InputError("is a table of csv", field="table", value=self.table, cure="ask for csv, or leave it out")
        if not 0 <= self.created <= _LAST:
            raise InputError("outside 1970 to 2200", field="created", value=self.created)


@dataclass(frozen=True)
class Exported:
    """A file that leaves.

    Parameters
    ----------
    data : bytes
    media_type, name : str
    tag : str
        Names these bytes among all of this address: the provenance, and what else decides them.
    """

    data: bytes
    media_type: str
    name: str
    tag: str


def export(design: Design, wanted: Wanted) -> Exported:
    """Give a design as a file.

    Parameters
    ----------
    design : Design
    wanted : Wanted

    Raises
    ------
    InputError
        If the format needs a library that is not installed.
    """
    media_type, ending = FORMATS[wanted.format]
    if wanted.table is not None:
        media_type, ending = TABLE_TYPE, "csv"
    digest = design.provenance.digest
    name = file_stem(
        design.site.id, "zone", design.drawn.criterion.name, f"p{design.request.percentile:g}", digest[:12]
    )
    more = f"-{wanted.table}" if wanted.table else ""
    if wanted.format == "irix":
        more = f"-{wanted.created}-{sha256_of_value(wanted.reporter)[:12]}"
    return Exported(_made(design, wanted), media_type, f"{name}.{ending}", f"{digest}-{wanted.language}{more}")


def _made(design: Design, wanted: Wanted) -> bytes:
    if wanted.format == "png":
        return draw_png(scene_of_design(design, wanted.language))
    content = content_of(design, wanted.language)
    match wanted.format:
        case "geojson":
            return geojson_of(content)
        case "kml":
            return kml_of(content)
        case "gpkg":
            return geopackage_of(content)
        case "tif":
            return geotiff_of(content)
        case "irix":
            return irix_of(content, reporter=wanted.reporter, created=wanted.created)
        case _:
            return archive_of(content) if wanted.table is None else table_of(content, wanted.table)


def content_of(design: Design, language: str = "en") -> ExportContent:
    """Give what every format says of a design.

    Parameters
    ----------
    design : Design
    language : str
        Of titles and sentences.
    """
    site, starts = design.site, design.starts
    happened = design.weather_label not in NOT_REAL
    return ExportContent(
        title=message(
            "export.title", language, site=site.name_uk if language == "uk" else site.name,
            percentile=f"{design.request.percentile:g}",
        ),
        headline=headline_of(design, language), site_id=site.id, site_name=site.name, site_name_uk=site.name_uk,
        country=site.country, latitude=site.latitude, longitude=site.longitude,
        zones=tuple(
            ExportZone(
                f.zone, style_of(f, rule), title_of(f, rule, "en"), title_of(f, rule, "uk"),
                "" if rule is None else rule.name,
            )
            for f, rule in shown_of(design)
        ),
        exceedance=design.drawn.exceedance,
        places=tuple(PlaceDose(p.place, p.inside, p.median, p.high, p.share, p.earliest, p.typical, p.arrival_of)
                     for p in design.places),
        weather_label=design.weather_label, weather_source=design.weather_source,
        weather_period=(design.weather_from, design.weather_to) if happened else None,
        day=design.request.day, digest=design.provenance.digest, source=design.released.source_term,
        fuel=design.released.fuel, verified=design.verified,
        starts=message("export.starts", language, counted=starts.counted, full=starts.full),
        notes=tuple(note.text(language) for note in design.notes), parameters=design.request.parameters(),
        provenance=design.provenance.as_dict(),
    )  # fmt: skip

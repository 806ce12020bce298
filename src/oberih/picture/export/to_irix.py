"""How does a designed zone leave as a report that other authorities' systems can read?

An IRIX 1.0 report (IAEA, International Radiological Information Exchange): identification, the release assumed, the
weather where it happened, protective actions under consideration by sector, locations, and the zone itself with all
that has no place in the schema as annexes.

A plan is no event: there is no section ``EventInformation``, the context is never ``Emergency``, the release is
``Projected``, the actions are ``Under Consideration`` and none is said to be taken or planned.

The time of creation is an argument: IRIX demands one, and with the same time the same question gives the same bytes.
The identifier of the report is made from the provenance, the reporter and that time, in the form of a version 4 UUID,
the only one that the schema allows.

Source: IRIX 1.0 schemas of March 2013, namespace http://www.iaea.org/2012/IRIX/Format.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
import xml.etree.ElementTree as ET

from oberih.picture.export.content import ExportContent, Reporter
from oberih.picture.export.irix_sections import locations, meteorology, release, response
from oberih.picture.export.irix_xml import element, moment, say, tag
from oberih.picture.export.plain_text import file_stem
from oberih.picture.export.rows import about_rows
from oberih.picture.export.to_geojson import geojson_of

__all__ = ["irix_of"]

_PLANNING = "This report is planning, not an event: it was computed from assumptions, and nothing in it has happened."


def irix_of(content: ExportContent, *, reporter: Reporter, created: int) -> bytes:
    """Give the zone as an IRIX 1.0 report.

    Parameters
    ----------
    content : ExportContent
    reporter : Reporter
    created : int
        When the report is made, seconds since 1970.

    Returns
    -------
    bytes
        UTF-8.
    """
    root = ET.Element(tag("irix", "Report"), {"version": "1.0"})
    root.append(_identification(content, reporter, created))
    for section in (
        release(content), meteorology(content), response(content), locations(content),
        _annexes(content, reporter, created),
    ):  # fmt: skip
        if section is not None:
            root.append(section)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _identification(content: ExportContent, reporter: Reporter, created: int) -> ET.Element:
    section = ET.Element(tag("id", "Identification"))
    say(section, "id", "OrganisationReporting", reporter.organisation)
    say(section, "id", "DateAndTimeOfCreation", moment(created))
    say(section, "id", "ReportContext", reporter.context)
    say(section, "id", "SequenceNumber", "1")
    say(section, "id", "ReportUUID", _identifier(content, reporter, created))
    say(section, "id", "Confidentiality", reporter.confidentiality)
    contact = element(element(section, "id", "Identifications"), "base", "OrganisationContactInfo")
    say(contact, "base", "Name", reporter.name)
    say(contact, "base", "OrganisationID", reporter.organisation)
    say(contact, "base", "Country", reporter.country)
    return section


def _identifier(content: ExportContent, reporter: Reporter, created: int) -> str:
    facts = "\n".join((content.digest, repr(reporter), str(created)))
    return str(uuid.UUID(bytes=hashlib.sha256(facts.encode("utf-8", "replace")).digest()[:16], version=4))


def _annexes(content: ExportContent, reporter: Reporter, created: int) -> ET.Element:
    section = ET.Element(tag("annex", "Annexes"))
    for title, text in (
        ("Planning, not an event", _PLANNING),
        ("Result", content.headline),
        ("What it rests on", "; ".join(f"{name}: {value}" for name, value in about_rows(content) if value)),
    ):
        note = element(section, "annex", "Annotation")
        say(note, "annex", "Title", title)
        say(note, "annex", "Text", text)
    zones = geojson_of(content)
    file = element(section, "annex", "FileEnclosure")
    say(file, "annex", "Title", "Outlines of the zones, with the doses at places")
    for category in ("Protective Actions Information", "Modelling Results - Projected Dose"):
        say(file, "annex", "InformationCategory", category)
    say(file, "annex", "AuthorOrganisation", reporter.organisation)
    say(file, "annex", "Confidentiality", reporter.confidentiality)
    say(file, "annex", "Description", "GeoJSON (RFC 7946), longitude and latitude in WGS 84.")
    say(file, "annex", "FileName", f"{file_stem(content.site_id, 'zone', content.digest[:12])}.geojson")
    say(file, "annex", "FileDateAndTime", moment(created))
    say(file, "annex", "MimeType", "application/geo+json")
    say(file, "annex", "FileSize", str(len(zones)))
    digest = hashlib.sha1(zones, usedforsecurity=False).hexdigest()  # the one that the schema names
    say(file, "annex", "FileHash", digest, Algorithm="SHA-1")
    say(file, "annex", "EnclosedObject", base64.b64encode(zones).decode("ascii"))
    return section

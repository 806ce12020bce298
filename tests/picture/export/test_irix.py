"""A report for other authorities keeps to the schema, and never makes an event of a plan."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oberih.errors import InputError
from oberih.nuclide import half_lives
from oberih.picture.export.content import ExportContent, Reporter
from oberih.picture.export.irix_sections import NOT_LISTED
from oberih.picture.export.to_irix import irix_of
from tests.conftest import SHARED
from tests.picture.export.material import DAY, FORMULA, HOSTILE, content, hostile

etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")

SCHEMAS = {
    "IAEA 2013": SHARED / "data/irix_xsd/geo6_1.0/IRIX.xsd", "BfS": SHARED / "data/irix_xsd/openbfs_dokpool/IRIX.xsd",
}  # fmt: skip
NAMES = {
    p: f"http://www.iaea.org/2012/IRIX/Format/{n}"
    for p, n in {"id": "Identification", "release": "ReleaseInformation", "resp": "ResponseActions",
                 "loc": "Locations", "annex": "Annexes", "meteo": "Meteorology"}.items()
}  # fmt: skip
NOBODY = Reporter()


def tree(given: ExportContent | None = None, reporter: Reporter = NOBODY, created: int = DAY) -> Any:
    return etree.fromstring(irix_of(given or content(), reporter=reporter, created=created))


def texts(root: Any, path: str) -> list[str]:
    return [e.text for e in root.iterfind(path, NAMES)]


@pytest.fixture(params=list(SCHEMAS), scope="module")
def schema(request: pytest.FixtureRequest) -> Any:
    path: Path = SCHEMAS[request.param]
    if not path.is_file():
        pytest.skip(f"the schema of {request.param} is not here (set OBERIH_SHARED to the folder of real data)")
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.parametrize("made", ["plain", "anywhere", "no release", "no weather", "by name", HOSTILE, FORMULA, ""])
def test_a_report_is_valid(schema: Any, made: str) -> None:
    given = {
        "plain": lambda: content(), "anywhere": lambda: content(rule="anywhere"),
        "no release": lambda: content(source=None), "no weather": lambda: content(weather_period=None),
        "by name": lambda: content(site_name="Name " * 100, country="?"),
    }.get(made, lambda: hostile(made))()  # fmt: skip
    schema.assertValid(tree(given))


def test_a_report_that_is_wrong_is_not_valid(schema: Any) -> None:
    """The schema is a law that can be broken."""
    wrong = tree()
    wrong.find(".//id:ReportContext", NAMES).text = "Plan"
    assert not schema.validate(wrong)


def test_whatever_releases_a_report_is_valid(schema: Any) -> None:
    """Every nuclide that Oberih knows can stand in a report."""
    given = content()
    assert given.source is not None
    names = tuple(sorted(half_lives()))
    term = given.source.__class__(
        name="all", title="all", nuclides=names, activity=np.full((2, len(names), 4), 1e9),
        height=np.array([5.0, 100.0]), heat=np.array([0.0, 2.5e6]),
    )  # fmt: skip
    root = tree(content(source=term))
    schema.assertValid(root)
    assert len(texts(root, ".//release:ReleasePhase/release:Occurrence")) == 2
    listed = set(texts(root, ".//release:Nuclide"))
    assert listed | NOT_LISTED == set(names) and not listed & NOT_LISTED


def test_a_plan_is_no_event() -> None:
    root = tree()
    assert b"EventInformation" not in etree.tostring(root)
    assert texts(root, ".//id:ReportContext") == ["Exercise"]
    assert set(texts(root, ".//release:Occurrence")) == {"Projected"}
    assert set(texts(root, ".//resp:Status")) == {"Under Consideration"}
    assert texts(root, ".//resp:ProtectiveActionsTakenOrPlanned") == ["No"]
    assert any("not an event" in t for t in texts(root, ".//annex:Text"))
    with pytest.raises(InputError, match="no such context"):
        Reporter(context="Emergency")


def test_nobody_is_said_to_report_unless_somebody_says_so() -> None:
    root = tree()
    assert texts(root, ".//id:OrganisationReporting") == ["not-stated.invalid"]
    root = tree(reporter=Reporter("snriu.gov.ua", "SNRIU", "UA", "Test", "Free for Public Use"))
    assert texts(root, ".//id:OrganisationReporting") == ["snriu.gov.ua"]
    assert texts(root, ".//id:ReportContext") == ["Test"]


@pytest.mark.parametrize(
    "wrong", [{"organisation": "not a domain"}, {"organisation": "1.a"}, {"country": "Ukraine"},
              {"confidentiality": "Secret"}],
)  # fmt: skip
def test_a_reporter_that_the_format_cannot_hold_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        Reporter(**wrong)


def test_the_sectors_go_once_around_and_reach_as_far_as_the_zone() -> None:
    given = content()
    root = tree(given)
    farthest = given.drawn.zone.outline.farthest
    width = 360.0 / len(farthest)
    arcs = [
        [float(area.find(f"resp:{n}", NAMES).text) for n in ("FromAngle", "TillAngle", "OuterRadius")]
        for area in root.iterfind(".//resp:AreaSector", NAMES)
    ]
    assert all(a < b for a, b, _ in arcs)
    for k, wanted in enumerate(farthest):
        if wanted > 0.0:
            azimuth = k * width
            found = [outer for first, last, outer in arcs if first <= azimuth <= last]
            assert found and found[0] == pytest.approx(wanted, abs=0.1)
    assert sum(b - a for a, b, _ in arcs) == pytest.approx(width * int((farthest > 0.0).sum()))


def test_the_activities_are_those_of_the_release() -> None:
    given = content()
    assert given.source is not None
    found: dict[str, float] = {}
    for entry in tree(given).iterfind(".//release:NuclideRelease", NAMES):
        name = entry.find("release:Nuclide", NAMES)
        name = entry.find("release:NuclideDescription", NAMES) if name is None else name
        found[name.text] = found.get(name.text, 0.0) + float(entry.find("release:Activity", NAMES).text)
    wanted = {n: a for n, a in given.source.total().items() if a > 1e-20}
    assert found == pytest.approx(wanted, rel=2e-4)


def test_the_outline_is_annexed_whole() -> None:
    root = tree()
    enclosed = root.find(".//annex:FileEnclosure", NAMES)
    data = base64.b64decode(enclosed.find("annex:EnclosedObject", NAMES).text)
    assert int(enclosed.find("annex:FileSize", NAMES).text) == len(data)
    assert enclosed.find("annex:FileHash", NAMES).text == hashlib.sha1(data).hexdigest()
    assert json.loads(data)["provenance"] == content().digest


def test_the_identifier_is_that_of_the_report_and_of_no_other() -> None:
    def identifier(**given: Any) -> str:
        return texts(tree(**given), ".//id:ReportUUID")[0]

    assert identifier() == identifier()
    others = {
        identifier(created=DAY + 1),
        identifier(reporter=Reporter(name="x")),
        identifier(given=content(digest="d")),
    }
    assert len(others | {identifier()}) == 4

"""A command shows what its case found, and adds nothing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
import pytest

from oberih.case.reach.request import AssessRequest, PlanRequest
from oberih.cli.main import door, main
from oberih.earth.site import list_sites
from oberih.evidence.keep import keep_products
from oberih.evidence.provenance import Provenance
from oberih.release.scenario_file import list_scenarios
from oberih.zone.criteria import list_criteria, load_criteria
from tests.conftest import SHARED, needs_shared
from tests.weather.simulator import OpenMeteoSimulator

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(("name", "request_type"), [("plan", PlanRequest), ("assess", AssessRequest)])
def test_all_that_can_be_asked_can_be_asked_on_the_command_line(name: str, request_type: type) -> None:
    command = door.get_command(click.Context(door), name)
    assert command is not None
    asked = {p.name for p in command.params} - {"quiet", "as_json"}
    assert asked == {f.name for f in dataclasses.fields(request_type)}


@pytest.mark.parametrize("name", ["plan", "assess"])
def test_what_is_not_asked_is_what_the_request_takes_for_granted(name: str) -> None:
    command = door.get_command(click.Context(door), name)
    request_type = {"plan": PlanRequest, "assess": AssessRequest}[name]
    given = {"plan": ["x"], "assess": ["x", "--at", "2018-11-20T12:00Z", "--weather", "f"]}[name]
    assert command is not None
    parsed = command.make_context(name, given).params
    optional = {f.name: f.default for f in dataclasses.fields(request_type) if f.default is not dataclasses.MISSING}
    assert {k: parsed[k] for k in optional} == optional


def test_what_is_listed_can_be_shown(capsys: Capture) -> None:
    listed = {
        "sites": [s.id for s in list_sites()],
        "scenarios": list(list_scenarios()),
        "criteria": list(list_criteria()),
    }
    for word, names in listed.items():
        assert main([word]) == 0
        table = capsys.readouterr().out
        assert [n for n in names if n not in table] == []
        for name in names:
            assert main([word, name]) == 0
            assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", list_criteria())
def test_every_number_of_a_set_is_shown_with_its_state(name: str, capsys: Capture) -> None:
    assert main(["criteria", name, "--json"]) == 0
    rows = {row[0]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    for row in (*load_criteria(name).criteria, *load_criteria(name).prescriptions):
        assert ("†" in " ".join(rows[row.name])) == (not row.verified)


def test_the_shutdown_of_each_unit_is_shown(capsys: Capture) -> None:
    assert main(["sites", "zaporizhzhia"]) == 0
    out = capsys.readouterr().out
    assert out.count("shut down 2022-09-1") == 6
    assert "†" in out


def test_a_kept_result_is_verified_and_a_changed_one_is_not(tmp_path: Path, capsys: Capture) -> None:
    origin = Provenance("plan", inputs={"site": "0" * 64}, parameters={}, seed=1)
    keep_products(tmp_path, {"map.png": b"picture"}, result={}, provenance=origin)
    assert main(["verify", str(tmp_path)]) == 0
    assert origin.digest in capsys.readouterr().out
    (tmp_path / "map.png").write_bytes(b"another")
    assert main(["verify", str(tmp_path)]) == 3
    assert "map.png" in capsys.readouterr().err


def test_years_are_fetched_once_and_kept(tmp_path: Path, capsys: Capture) -> None:
    words = ["weather", "get", "zaporizhzhia", "--years", "2020-2021", "--cache", str(tmp_path)]
    with OpenMeteoSimulator() as server:
        assert main([*words, "--server", server.url]) == 0
        assert "--weather open-meteo:2020-2021" in capsys.readouterr().out
        assert len(server.requests) == 2
        assert main([*words, "--server", server.url, "--json"]) == 0
        assert len(server.requests) == 2
    facts = dict(json.loads(capsys.readouterr().out)["facts"])
    assert facts["rows"].startswith(str((366 + 365) * 24))


def test_a_service_that_refuses_is_a_code_of_its_own(tmp_path: Path, capsys: Capture) -> None:
    with OpenMeteoSimulator(["refused"]) as server:
        words = ["weather", "get", "zaporizhzhia", "--years", "2020", "--cache", str(tmp_path), "--server", server.url]
        assert main([*words, "--quiet"]) == 4
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "out of allowed range" in err


def test_a_plain_table_is_judged_with_its_mapping(tmp_path: Path, capsys: Capture) -> None:
    rows = [f"2025-01-01T{h:02}:00,{3 + h % 4},240,{-h}" for h in range(24)]
    (tmp_path / "mast.csv").write_text("\n".join(["date,ff,dd,tt", *rows]))
    mapping = [
        'label = "observed"',
        'source = "mast"',
        "latitude = 47.5",
        "longitude = 34.6",
        "[time]",
        'column = "date"',
    ]
    mapping += ['zone = "UTC"', 'format = "iso"', "[columns]", 'wind_speed = {column = "ff", unit = "m/s"}']
    mapping += ['wind_direction = {column = "dd", unit = "degrees"}', 'temperature = {column = "tt", unit = "degC"}']
    (tmp_path / "mast.toml").write_text("\n".join(mapping))
    file = str(tmp_path / "mast.csv")
    assert main(["weather", "check", file, "--mapping", str(tmp_path / "mast.toml")]) == 0
    assert "may be used" in capsys.readouterr().out
    (tmp_path / "mast.csv").write_text("\n".join(["date,ff,dd,tt", *rows, "2025-01-02T00:00,400,240,0"]))
    assert main(["weather", "check", file, "--mapping", str(tmp_path / "mast.toml")]) == 2
    err = capsys.readouterr().err
    assert [word for word in ("mast.csv", "wind_speed", "400") if word not in err] == []


def test_the_wind_rose_of_the_climate_statistics_is_whole(capsys: Capture) -> None:
    assert main(["weather", "show", "climate", "--json"]) == 0
    sheet = json.loads(capsys.readouterr().out)
    assert "climate-statistics weather" in sheet["title"]
    calms = float(dict(sheet["facts"])["calms"].split()[0])
    assert sum(float(row[1]) for row in sheet["rows"]) + calms == pytest.approx(100.0, abs=1.0)


@needs_shared
def test_a_real_year_is_judged(capsys: Capture) -> None:
    file = SHARED / "data" / "wx_synop_kharkiv_2016" / "kharkiv_34300_2016_3hourly.csv"
    assert main(["weather", "check", str(file), "--site", "zaporizhzhia"]) == 0
    assert "every 3 h" in capsys.readouterr().out

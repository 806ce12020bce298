"""Does the designer's benchmark measure what it says it measures?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from benchmarks import designer

from oberih.web.engine import Engine
from oberih.web.settings import ServeSettings
from tests.web.tiny import opened, tiny_bench

CHOICES = {
    "scenarios": [{"name": n, "offered": True, "needs": "core"} for n in ("a", "b", "c")]
    + [{"name": "old", "offered": True, "needs": "nothing"}, {"name": "d", "offered": False, "needs": "pool"}],
    "criteria": [{"name": n, "criteria": [{"name": "evacuate"}, {"name": "shelter"}]} for n in ("one", "two")],
}


def test_every_slider_is_moved_and_no_setting_is_asked_twice() -> None:
    found = designer.walk(CHOICES, changes=150, seed=3)
    assert {kind for kind, _ in found} == {*designer.VALUES, "scenario", "criteria", "action"}
    settings = [tuple(sorted((k, str(v)) for k, v in query.items())) for _, query in found]
    assert len(set(settings)) == len(settings) == 150
    assert {query["scenario"] for _, query in found[20:]} == {"a", "b", "c"}
    assert any(query.get("shutdown") == "at-power" for _, query in found)
    assert designer.walk(CHOICES, changes=150, seed=3) == found


@pytest.mark.slow
def test_a_tiny_engine_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(designer.VALUES, "months", (designer.ALL_MONTHS, "12,1,2"))  # its year is of January alone
    bench = tiny_bench(tmp_path / "tiny")
    engine = Engine(ServeSettings(cache=tmp_path), opened=opened(bench))
    engine.start()
    while engine.readiness.state != "ready":
        time.sleep(0.01)
    figures = designer.measured(engine, tmp_path, changes=13, refined=2, seed=1)
    engine.stop()
    assert (figures["changes"], figures["refined"]) == (13, 2)
    for name in ("p50_ms", "p95_ms", "max_ms", "cpu_p50_ms", "first_ms", "refined_p95_ms", "benches_mib"):
        assert figures[name] > 0.0
    assert figures["p50_ms"] <= figures["p95_ms"] <= figures["max_ms"]
    assert {"differs", "load", "machine", "starts_median", "peak_mib"} <= set(figures)


def test_a_draft_is_compared_with_full_detail_in_percent() -> None:
    def told(counted: int, radius: float, area: float) -> dict[str, object]:
        zone = {"properties": {"circle_radius_km": radius, "area_km2": area}}
        return {"starts": {"counted": counted}, "zone": zone}

    timed = designer.Timed()
    designer._compare(timed, told(500, 11.0, 90.0), told(1700, 10.0, 100.0))
    designer._compare(timed, told(500, 0.0, 0.0), told(1700, 0.0, 0.0))
    designer._compare(timed, told(500, 5.0, 5.0), told(500, 5.0, 5.0))
    assert timed.radius == [10.0]
    assert timed.area == [10.0]

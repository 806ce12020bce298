"""The cluster's benchmark prints what was measured and what is a model, apart."""

from __future__ import annotations

import json

import pytest
from benchmarks import cluster

from oberih.atlas.estimate import START, Cost

COST = Cost(tasks=10, releases=1000, heights=1, seconds=(2.0, 4.0), disk=(100.0, 300.0), files=(16.0, 18.0), layout=50,
            block_hours=100)  # fmt: skip


def test_a_cost_is_counted_up_from_what_was_measured() -> None:
    assert COST.task == 3.0
    assert COST.processor_seconds == 30.0
    assert COST.bytes == 10 * 200.0 + 50
    assert COST.all_files == 170
    assert [COST.wall(n) - START for n in (1, 2, 3, 10, 99)] == [30.0, 15.0, 12.0, 3.0, 3.0]


def test_handing_out_bounds_what_more_workers_gain() -> None:
    assert cluster.modelled(COST, 10, hand_out=0.001) == 3.0
    assert cluster.modelled(COST, 10, hand_out=1.0) == 10.0


def test_the_last_line_is_json_with_what_was_measured_and_how_far_the_model_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster, "compile_for", lambda plan: None)
    monkeypatch.setattr(cluster, "cost_of", lambda plan, most: COST)
    monkeypatch.setattr(cluster, "seconds_to_hand_out", lambda: 0.005)
    monkeypatch.setattr(cluster, "seconds_with", lambda workers, plan: (33.0 / workers, 4.0))
    assert cluster.main(["--quick"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["measured_s"] == {"1": 33.0, "2": 16.5}
    assert told["scaling_2"] == 2.0
    assert told["model_off"]["1"] == pytest.approx(30.0 / 33.0 - 1.0, abs=1e-3)
    assert told["five_years_tasks"] == 4 * -(-cluster.FIVE_YEARS // 168)
    assert set(told["five_years_s"]) == {"1", "2", "4", "8", "16", "32", "64"}
    assert told["five_years_s"]["64"] < told["five_years_s"]["1"]

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from benchmarks import chain, plan_command
from benchmarks.atlas_year import size_mib

FIGURES = {**dict.fromkeys(chain.REQUIRED, 1.0), "years_s": {"1": 1.0, "2": 2.0}, "years_of": "a part", "quick": False,
           "date": "2026-11-23", "machine": "a machine"}  # fmt: skip


def test_every_required_figure_has_its_line_and_its_judgement() -> None:
    lines = chain.table(FIGURES | {"plan_cold_s": 151.0, "ratio_to_c": None}).splitlines()
    assert [line.split()[0] for line in lines[: len(chain.REQUIRED)]] == list(chain.REQUIRED)
    judged = {line.split()[0]: line for line in lines}
    assert "NO" in judged["plan_cold_s"] and "not measured" in judged["ratio_to_c"] and "yes" in judged["year_atlas_s"]


def test_a_quick_run_is_not_judged() -> None:
    assert chain.judged(FIGURES | {"quick": True}, "year_atlas_s") == "quick: not judged"


def test_the_last_line_is_json_with_the_required_keys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chain, "measure", lambda size, *, date, say: FIGURES | {"date": date})
    assert chain.main(["--quick", "--date", "2026-01-02"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"year_atlas_s", "new_source_term_s", "ratio_to_c", "plan_cold_s", "plan_warm_s", "peak_mib",
            "atlas_mib"} <= set(result)  # fmt: skip
    assert result["date"] == "2026-01-02"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory of several processes is read from /proc")
def test_memory_of_all_processes_of_a_command_is_counted(tmp_path: Path) -> None:
    holds = "b = bytearray(60_000_000); import time; time.sleep(1.0)"
    script = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {holds!r}]); {holds}; p.wait()"
    ran = plan_command.run([sys.executable, "-c", script], environment={}, folder=tmp_path)
    assert 57.0 < ran.largest_mib < 110.0
    assert 114.0 < ran.peak_mib < 220.0
    assert ran.seconds > 1.0


def test_a_command_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such plant"):
        plan_command.run(
            [sys.executable, "-c", "raise SystemExit('no such plant')"], environment=dict(os.environ), folder=tmp_path
        )


def test_the_size_of_a_store_is_that_of_its_files_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "chunk").write_bytes(os.urandom(3 * 2**20))
    assert 3.0 <= size_mib(tmp_path) < 3.2

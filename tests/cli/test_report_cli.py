"""Is a report from the terminal the same wherever and however it is made?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from oberih.cli.main import main
from tests.case.report_material import weather

RUN = """
import sys
from oberih.case.reach import ground
from oberih.cli.main import main
ground.HEIGHTS = (30.0,)
sys.exit(main())
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    weather(folder)
    return folder


def run(room: Path, out: Path, *words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    asked = ["report", "zaporizhzhia", "--scenario", "pool-fire", "--weather", str(room / "may.csv")]
    asked += ["--mapping", str(room / "mast.toml"), "--cache", str(room / "cache"), "--workers", "1"]
    asked += ["--out", str(out), *words]
    return subprocess.run(
        [sys.executable, "-c", RUN, *asked], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(room / "config"), **environment},
    )  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


@pytest.mark.slow
def test_two_processes_elsewhere_with_another_clock_and_tongue_make_the_same_bytes(room: Path, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    one = run(room, tmp_path / "a", cwd=tmp_path, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    other = run(
        room, tmp_path / "b", cwd=tmp_path / "x", PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C", LANG="uk_UA.UTF-8",
    )  # fmt: skip
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    names = {f"report-{language}.{form}" for language in ("en", "uk") for form in ("pdf", "html")}
    assert names <= set(digests(tmp_path / "a"))
    manifest = json.loads((tmp_path / "a" / "result.json").read_text())
    assert names <= set(manifest["products"])


@pytest.mark.slow
def test_a_kept_folder_is_reported_on_and_verified(room: Path, tmp_path: Path) -> None:
    made = run(room, tmp_path / "a", "--language", "uk", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Досить кола" in made.stdout and "written" in made.stdout
    words = ["report", "zaporizhzhia", "--from", str(tmp_path / "a"), "--cache", str(room / "cache")]
    assert main([*words, "--language", "uk", "--out", str(tmp_path / "b"), "--quiet"]) == 0
    assert digests(tmp_path / "a")["report-uk.pdf"] == digests(tmp_path / "b")["report-uk.pdf"]
    assert main(["verify", str(tmp_path / "b")]) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["zaporizhzhia", "--language", "de"], "language"),
        (["nowhere-at-all"], "no such site"),
        (["zaporizhzhia", "--from", "not-there"], "result.json"),
        (["zaporizhzhia", "--percentile", "100"], "percentile"),
    ],
)
def test_what_cannot_be_reported_on_is_refused_in_one_line(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["report", *words, "--quiet"]) == 2
    line = capsys.readouterr().err.strip()
    assert told in line and "\n" not in line
    assert list(tmp_path.iterdir()) == []

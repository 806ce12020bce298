"""The benchmarks of particles run, agree with what they are compared with, and end with what acceptance reads."""

from __future__ import annotations

import json
import sys

import pytest
from benchmarks import flow, particles
from benchmarks.plain_c import compiler

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


@LINUX
@pytest.mark.skipif(compiler() is None, reason="no C compiler")
def test_particles_agree_with_plain_c_and_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = particles.main(["--quick", "--particles", "1600000", "--repeats", "1"])
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert code == 0
    assert {"steps_per_cpu_s", "ratio_to_c", "scaling_2", "peak_mib"} <= told.keys()
    assert told["particles"] == 16_000 and told["peak_mib"] < 500.0
    assert max(told[kind]["apart"] for kind in ("old", "young")) < particles.TOLERANCE


@LINUX
def test_fields_are_laid_out_as_numpy_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert flow.main(["--quick"]) == 0
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told["apart"] < 1e-6 and told["peak_mib"] < told["flow_mib"] + 20.0

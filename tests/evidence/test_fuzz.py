"""A bounded part of the fuzzing that `fuzz/` does without end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).resolve().parents[2] / "fuzz" / "fuzz_bundle.py"


def test_a_changed_bundle_is_read_or_refused_and_nothing_else() -> None:
    begin = "import runpy, sys; sys.modules['atheris'] = None; sys.argv = ['fuzz', '-runs=300'];"
    script = f"{begin} runpy.run_path({str(FUZZ)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "300 runs, no fault", done.stderr[-2000:]

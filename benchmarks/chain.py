"""How fast is the chain, from weather to zones?

    python -m benchmarks.chain            everything, some minutes on two cores
    python -m benchmarks.chain --quick    the same code on a fortnight, to see that it runs

Progress goes to stderr, a table to stdout, and last one line of JSON; what was not measured is
null.  Figures are of this machine as it is now: see `load_before`.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from validation.door import Words, answering, say

from benchmarks.atlas_year import WORKERS, size_mib, year_atlas, years
from benchmarks.job import YEAR, sampled_hours, whole_job
from benchmarks.machine import load, machine, versions
from benchmarks.new_source import answer
from benchmarks.plain_c import FLAGS, STRICT, Disagreement, compare, compiler
from benchmarks.plan_command import import_seconds, plan_twice
from oberih.atlas.store import Atlas, open_atlas

Say = Callable[[str], None]

REQUIRED: dict[str, tuple[str, float]] = {
    "year_atlas_s": ("<=", 90.0), "ratio_to_c": (">=", 0.7), "new_source_term_s": ("<=", 1.0),
    "plan_cold_s": ("<=", 150.0), "plan_warm_s": ("<=", 5.0), "import_cli_s": ("<=", 0.4),
    "peak_mib": ("<=", 2048.0), "atlas_mib": ("<=", 400.0),
}  # fmt: skip
"""What the project holds itself to, on two cores."""

MEANING = {
    "year_atlas_s": "a year's atlas, 8,760 hourly releases, two processes, after compilation [s]",
    "ratio_to_c": "plain C's time over Numba's, one thread: gcc -O3 -march=native -ffast-math",
    "new_source_term_s": "a new source term over the open atlas of the year, to zones and people [s]",
    "plan_cold_s": "oberih plan from nothing, with compilation [s]",
    "plan_warm_s": "oberih plan with the atlas there [s]",
    "import_cli_s": "import of the command line, beside bare Python [s]",
    "peak_mib": "memory of all processes of oberih plan together, at most [MiB]",
    "atlas_mib": "the plan's atlas on the disk, four heights [MiB]",
}


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is run: release hours, sampled hours and repeats beside C, hours for a year, the command too."""

    hours: int = YEAR
    sample: int = 100
    repeats: int = 7
    year: int = YEAR
    command: bool = True


QUICK = Size(hours=336, sample=8, repeats=2, year=336, command=False)


def beside_c(folder: Path, size: Size, say: Say) -> dict[str, Any]:
    """The engine beside plain C."""
    found: dict[str, Any] = {"ratio_to_c": None, "ratio_to_c_without_fast_math": None}
    if compiler() is None:
        say("no gcc here: no ratio to C")
        return found
    job = whole_job()
    job.run(0)
    for name, flags in (("ratio_to_c", FLAGS), ("ratio_to_c_without_fast_math", STRICT)):
        say(f"{size.sample} release hours in Numba and in C ({' '.join(flags)}), turn and turn about")
        try:
            made = compare(job, folder, hours=sampled_hours(size.sample), repeats=size.repeats, flags=flags)
        except Disagreement as error:
            say(str(error))
            continue
        found[name] = made.ratio
        found |= {f"{name}_detail": dataclasses.asdict(made)}
    return found


def atlases(folder: Path, size: Size, say: Say) -> tuple[dict[str, Any], Atlas]:
    """The year's atlas, and years side by side."""
    say(f"atlas of {size.hours} release hours with {WORKERS} processes")
    took, atlas = year_atlas(folder, hours=size.hours)
    say(f"  {took:.1f} s; now 1, 2 and 4 years, coarse")
    side_by_side = years(folder, hours=size.year)
    coarse = "40 x 36 cells, one puff an hour, one process" + ("" if size.year == YEAR else f", {size.year} h a year")
    found = {
        "year_atlas_s": took, "year_atlas_hours": size.hours, "year_atlas_mib": size_mib(atlas.path),
        "years_s": {str(n): t for n, t in side_by_side.items()}, "years_of": coarse,
    }  # fmt: skip
    return found, atlas


def source_terms(atlas: Atlas, three: Atlas | None, say: Say) -> dict[str, Any]:
    """A new source term over the open atlas."""
    say("a new source term, to zones")
    usual, every = answer(atlas), answer(atlas, stride=1)
    found: dict[str, Any] = {
        "new_source_term_s": usual.seconds["all"], "new_source_term_detail": dataclasses.asdict(usual),
        "new_source_term_every_start_s": every.seconds["all"], "new_source_term_three_heights_s": None,
    }  # fmt: skip
    if three is not None:
        found["new_source_term_three_heights_s"] = answer(three).seconds["all"]
    return found


def command(folder: Path, say: Say) -> tuple[dict[str, Any], Atlas]:
    """The command from nothing and again."""
    say("oberih plan from nothing, then again")
    cold, warm, path = plan_twice(folder)
    return {
        "plan_cold_s": cold.seconds, "plan_warm_s": warm.seconds, "peak_mib": max(cold.peak_mib, warm.peak_mib),
        "peak_one_process_mib": max(cold.largest_mib, warm.largest_mib), "atlas_mib": size_mib(path),
    }, open_atlas(path)  # fmt: skip


def measure(size: Size, *, date: str, say: Say) -> dict[str, Any]:
    """Everything, one after the other."""
    result: dict[str, Any] = {name: None for name in REQUIRED}
    about = {"quick": size is QUICK, "date": date, "machine": machine(), "load_before": load(), "versions": versions()}
    with tempfile.TemporaryDirectory(prefix="oberih-bench-") as name:
        folder = Path(name)
        parts = [folder / part for part in ("c", "atlas", "plan")]
        for part in parts:
            part.mkdir()
        say("import of the command line")
        result["import_cli_s"] = import_seconds()
        result |= beside_c(parts[0], size, say)
        three = None
        if size.command:
            found, three = command(parts[2], say)
            result |= found
        found, atlas = atlases(parts[1], size, say)
        result |= found | source_terms(atlas, three, say)
    return {name: rounded(value) for name, value in (result | about).items()}


def rounded(value: Any) -> Any:
    """Four digits of every number: more are not measured."""
    if isinstance(value, dict):
        return {key: rounded(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(held) for held in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def judged(result: dict[str, Any], name: str) -> str:
    """Whether a figure is what the project holds itself to."""
    sense, limit = REQUIRED[name]
    value = result[name]
    if value is None:
        return "not measured"
    if result["quick"] and name != "import_cli_s":
        return "quick: not judged"
    return "yes" if (value <= limit if sense == "<=" else value >= limit) else "NO"


def table(result: dict[str, Any]) -> str:
    """The required figures, one a line, and what they are held to."""
    lines = []
    for name, (sense, limit) in REQUIRED.items():
        shown = "–" if result[name] is None else f"{result[name]:g}"
        lines.append(f"{name:18} {shown:>9}  {sense} {limit:<6g} {judged(result, name):18} {MEANING[name]}")
    span = ", ".join(f"{n}: {t:g} s" for n, t in result["years_s"].items())
    lines.append(f"{'years_s':18} {span} ({result['years_of']})")
    return "\n".join([*lines, f"{result['date']}, {result['machine']}"])


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure, show, end with one line of JSON; 1 if C and Numba disagree or a command fails."""
    parser = Words("benchmarks.chain", __doc__)
    parser.add_argument("--quick", action="store_true", help="a fortnight instead of a year: does it run?")
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat(), help="to be printed")
    chosen = parser.parse_args(arguments)

    try:
        result = measure(QUICK if chosen.quick else Size(), date=chosen.date, say=say)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        say(f"{error}\n{getattr(error, 'stderr', None) or ''}")
        return 1
    print(table(result))
    print(json.dumps(result, ensure_ascii=False))
    return int(compiler() is not None and result["ratio_to_c"] is None)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Does it agree with what was measured and published?  All of it, one line each.

    python -m validation [FOLDER]

FOLDER is in the layout of the shared data (folders of cases such as ``tracer_prairie_grass``): whatever case it holds
is put to its comparison, and those that need no data run too; or it is the folder of a field experiment, as for
`validation.prairie_grass`, and all else runs on the shared data.  Each comparison holds itself to a tolerance written
here; the exit code is 0 when all do, 1 when one does not, 2 when one could not be made.  `validation.etex`,
`validation.rivals` and `validation.event_timing` stand apart: their weather, their rival, their time.  The last line is
JSON: the last line of each.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from validation import (
    api_fuzz,
    hukkoo,
    new_start,
    particles,
    pillars,
    prairie_grass,
    reciprocity,
    registry,
    tamper,
    volumes,
)
from validation.door import Main, Words, answering, existing_folder


class Comparison(NamedTuple):
    """What is compared, held to what (in words), by whom, in which folder of the shared data, and asked what else."""

    name: str
    tolerance: str
    run: Main
    case: str = ""
    options: Sequence[str] = ()


def comparisons() -> list[Comparison]:
    """All of them; an empty ``case`` needs no data, a dot needs the folder that holds all cases."""
    limit = prairie_grass.TOLERANCE
    field = f"arc maxima: FAC2 >= {limit['fac2']}, |FB| <= {limit['fb']}, NMSE <= {limit['nmse']}"
    vectors = f"54 values, greatest relative error <= {hukkoo.TOLERANCE:g}"
    thirteen = "369 findings equal the table but for those argued in decision 0013"
    mixed = "mixed stays mixed, diffusion and fall as computed, within noise and stated bounds"
    there = f"there and back within {reciprocity.TOLERANCE:g} standard errors in real fields"
    linted = "every defect found, none on the corrected rows"
    agency = "no finding contradicts the agency's; every difference explained"
    described = "no server error, no status, type or answer that is not described"
    return [
        Comparison("prairie_grass", field, prairie_grass.main, "tracer_prairie_grass"),
        Comparison("hukkoo", vectors, hukkoo.main, "test_vectors"),
        Comparison("new_start", thirteen, new_start.main, "new_start"),
        Comparison("registry", linted, registry.main, "arms_control_treaties"),
        Comparison("pillars", agency, pillars.main, "znpp_chronology"),
        Comparison("tamper", "every attack on the record detected and located", tamper.main),
        Comparison("volumes", "every gridded file is read, or refused for its own reason", volumes.main, "."),
        Comparison("particles", mixed, particles.main, "nwp_era5_utm32_2025"),
        Comparison("reciprocity", there, reciprocity.main, "nwp_era5_utm32_2025", ("--particles", "50000")),
        Comparison("api_fuzz", described, api_fuzz.main),
    ]


def given_to(one: Comparison, folder: Path | None) -> list[str] | None:
    """The words of a comparison; None where the folder holds no case of it."""
    options = list(one.options)
    if folder is None or not one.case:
        return options
    every = folder / "data" if (folder / "data").is_dir() else folder
    cases = {c.case for c in comparisons() if c.case not in ("", ".")}
    if not any((every / case).is_dir() for case in cases) and not any(every.glob("nwp_*")):
        return [str(folder), *options] if one.name == "prairie_grass" else options
    if one.case == ".":
        return [str(every), *options] if any(every.glob("nwp_*")) else None
    return [str(every / one.case), *options] if (every / one.case).is_dir() else None


@answering
def main(arguments: Sequence[str]) -> int:
    """Run every comparison and print its last line."""
    words = Words("validation", __doc__)
    words.add_argument("folder", nargs="?", type=existing_folder, metavar="FOLDER")
    folder = words.parse_args(arguments).folder
    codes: dict[str, int | None] = {}
    found: dict[str, object] = {}
    for one in comparisons():
        asked = given_to(one, folder)
        code, last = (None, "") if asked is None else _run(one, asked)
        verdict = {0: "passed", 1: "FAILED", None: "no case of it here"}.get(code, "COULD NOT RUN")
        print(f"{one.name}: {verdict} ({one.tolerance})")
        if last:
            print(last)
        codes[one.name], found[one.name] = code, json.loads(last or "null")
    tried = [code for code in codes.values() if code is not None]
    passed, failed = tried.count(0), tried.count(1)
    print(f"{passed} passed, {len(tried) - passed} failed")
    print(json.dumps({"passed": passed, "failed": failed, "could_not_run": len(tried) - passed - failed, **found}))
    return max(tried)


def _run(one: Comparison, asked: Sequence[str]) -> tuple[int, str]:
    """Exit code and last line of one."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = one.run(asked)
    return code, (said.getvalue().strip().splitlines() or [""])[-1]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

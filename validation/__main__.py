"""Does it agree with what was measured and published?  All of it, one line each.

    python -m validation [FOLDER]

FOLDER is that of the field experiment, as for `validation.prairie_grass`.  Each comparison
holds itself to a tolerance written here; the exit code is 0 when all do, 1 when one does not,
2 when one could not be made.  `validation.etex` stands apart: its weather is not at hand.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Sequence

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

Comparison = tuple[str, str, Callable[[Sequence[str]], int], Sequence[str]]


def comparisons(folder: Sequence[str]) -> list[Comparison]:
    """Name, tolerance in words, what runs it, and its arguments."""
    limit = prairie_grass.TOLERANCE
    field = f"arc maxima: FAC2 >= {limit['fac2']}, |FB| <= {limit['fb']}, NMSE <= {limit['nmse']}"
    vectors = f"54 values, greatest relative error <= {hukkoo.TOLERANCE:g}"
    return [
        ("prairie_grass", field, prairie_grass.main, folder),
        ("hukkoo", vectors, hukkoo.main, ()),
        ("new_start", "369 findings equal the table but for those argued in decision 0013", new_start.main, ()),
        ("registry", "every defect found, none on the corrected rows", registry.main, ()),
        ("pillars", "no finding contradicts the agency's; every difference explained", pillars.main, ()),
        ("tamper", "every attack on the record detected and located", tamper.main, ()),
        ("volumes", "every gridded file is read, or refused for its own reason", volumes.main, ()),
        (
            "particles",
            "mixed stays mixed, diffusion and fall as computed, within noise and stated bounds",
            particles.main,
            (),
        ),
        (
            "reciprocity",
            f"there and back within {reciprocity.TOLERANCE:g} standard errors in real fields",
            reciprocity.main,
            ("--particles", "50000"),
        ),
        ("api_fuzz", "no server error, no status, type or answer that is not described", api_fuzz.main, ()),
    ]


def main(arguments: Sequence[str]) -> int:
    """Run every comparison and print its last line."""
    codes = []
    for name, tolerance, run, given in comparisons(arguments):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = run(given)
        codes.append(code)
        verdict = {0: "passed", 1: "FAILED"}.get(code, "COULD NOT RUN")
        print(f"{name}: {verdict} ({tolerance})")
        last = said.getvalue().strip().splitlines()
        if last:
            print(last[-1])
    print(f"{codes.count(0)} passed, {len(codes) - codes.count(0)} failed")
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Does the product's vertical factor give the 54 published dilution factors of a 100 m stack?

    python -m validation.hukkoo [FILE|FOLDER]

Centreline at the ground, 1 Bq/s, 1 m/s, classes A to F, nine distances: values known as Hukkoo
and Bapat's (BARC), with their own deviations (the Eimutis-Konicek form; constants as in
NUREG-1887, Table 4.1, but one).  What is tried is `ground_density` under a lid too high to
matter, times a Gaussian across.  The last line is JSON.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from oberih.dispersion.kernels.vertical import ground_density
from oberih.errors import InputError
from validation.door import Words, answering
from validation.shelf import number, read_table, shared_data

TABLE = "hukkoo_single_plume_100m_stack.csv"
TOLERANCE = 1.0e-6
STACK = 100.0  # [m]
LIDLESS = 1.0e7  # [m]
SMALLEST = 1.0e-300  # below this a published 0 is an underflow
CLASSES = "ABCDEF"
LATERAL = dict(zip(CLASSES, (0.3658, 0.2751, 0.2089, 0.1471, 0.1046, 0.0722), strict=True))
"""σy = a x^0.9031, x in m."""
VERTICAL = {
    "A": ((0.192, 0.936, 0.0), (0.00066, 1.941, 9.27), (0.00024, 2.094, -9.6)),
    "B": ((0.156, 0.922, 0.0), (0.038, 1.149, 3.3), (0.055, 1.098, 2.0)),
    "C": ((0.116, 0.905, 0.0), (0.113, 0.911, 0.0), (0.113, 0.911, 0.0)),
    "D": ((0.079, 0.881, 0.0), (0.222, 0.725, -1.7), (1.26, 0.516, -13.0)),
    "E": ((0.063, 0.871, 0.0), (0.211, 0.678, -1.3), (6.73, 0.305, -34.0)),
    "F": ((0.053, 0.814, 0.0), (0.086, 0.740, -0.35), (18.05, 0.180, -48.6)),
}
"""σz = a x^b + c below 100 m, up to 1000 m, beyond.  Class B between: the published values were made
with 0.038 (read back from five of them; it fits the sixth), where NUREG-1887 prints 0.0382."""


def deviations(distance: float, stability: str) -> tuple[float, float]:
    """Lateral and vertical deviation [m] at ``distance`` [m]."""
    a, b, c = VERTICAL[stability][(distance >= 100.0) + (distance > 1000.0)]
    return LATERAL[stability] * distance**0.9031, a * distance**b + c


def dilution(distance: float, stability: str) -> float:
    """Concentration over release rate [s/m3] in a wind of 1 m/s."""
    sigma_y, sigma_z = deviations(distance, stability)
    return float(ground_density(STACK, sigma_z, LIDLESS)) / (math.sqrt(2.0 * math.pi) * sigma_y)


def compare(file: Path) -> tuple[int, float, list[str]]:
    """Number of values, greatest relative error, and a line for each distance.

    Raises
    ------
    InputError
        If the table is missing, malformed or empty.
    """
    errors: list[float] = []
    lines = []
    for row in read_table(file, needs=("distance_m", *CLASSES)):
        distance = number(row, "distance_m", file=file)
        here = []
        for stability in CLASSES:
            published, computed = number(row, stability, file=file), dilution(distance, stability)
            if math.isnan(published):
                continue  # a blank says nothing
            if published < SMALLEST and computed < SMALLEST:
                here.append(0.0)
            else:
                here.append(abs(computed / published - 1.0) if published > 0.0 else math.inf)
        errors += here
        lines.append(f"{distance:8.0f} m" + "".join(f"{e:11.1e}" for e in here))
    if not errors:
        raise InputError("the table is empty", file=file)
    return len(errors), max(errors), lines


@answering
def main(arguments: Sequence[str]) -> int:
    """Print the comparison and the JSON line; 0 within tolerance, 1 outside, 2 when there is nothing to compare."""
    words = Words("validation.hukkoo", __doc__)
    words.add_argument("file", nargs="?", type=Path, metavar="FILE|FOLDER", default=shared_data("test_vectors"))
    given: Path = words.parse_args(arguments).file
    n, worst, lines = compare(given / TABLE if given.is_dir() else given)
    print("Relative error of dilution factors by distance and class")
    print(" " * 10 + "".join(f"{c:>11s}" for c in CLASSES), *lines, sep="\n")
    passed = worst <= TOLERANCE
    print(json.dumps({"n": n, "max_relative_error": worst, "tolerance": TOLERANCE, "passed": passed}))
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

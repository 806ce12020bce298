"""What do the two clouds over Europe look like?

    python -m validation.rivals.picture WORK PICTURE.png

WORK is the folder that ``python -m validation.rivals --work WORK`` left.  The last line is JSON: the
picture.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from validation.door import Words, answering, existing_folder
from validation.rivals.agreement import on_cells
from validation.rivals.read import read_answer

WEST, SOUTH, CELL, COLUMNS, ROWS = 15.0, 37.5, 0.25, 100, 60
"""The output grid of `validation.rivals.clouds.europe_case`."""
SITE = (34.585, 47.51)
HOURS = (6, 12, 24)


def draw(work: Path, picture: Path) -> None:
    """Draw both models' lowest 100 m at three hours.

    Raises
    ------
    InputError
        If the folder does not hold the answers.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.colors import LogNorm

    lat, lon = SOUTH + CELL * np.arange(ROWS + 1), WEST + CELL * np.arange(COLUMNS + 1)
    figure, axes = plt.subplots(2, 3, figsize=(10, 6.2), sharex=True, sharey=True, constrained_layout=True)
    for row, (name, place) in enumerate((("Oberih", "oberih.nc"), ("FLEXPART 9.02", "flexpart/output"))):
        answer = read_answer(work / "europe" / place)
        field = on_cells(answer, WEST, SOUTH, CELL, COLUMNS, ROWS)[0, :, 0]
        for axis, hour in zip(axes[row], HOURS, strict=True):
            values = np.ma.masked_less_equal(field[hour - 1], 0.0)
            drawn = axis.pcolormesh(lon, lat, values, norm=LogNorm(1e-4, 1.0))
            axis.plot(*SITE, "r^", ms=5)
            axis.set(title=f"{name}, hour {hour}", xlim=(26.0, 36.0), ylim=(41.0, 49.0), aspect=1 / np.cos(np.pi / 4))
            axis.grid(alpha=0.3)
    for axis in axes[1]:
        axis.set_xlabel("longitude [°]")
    for axis in axes[:, 0]:
        axis.set_ylabel("latitude [°]")
    figure.colorbar(drawn, ax=axes, label="lowest 100 m, mean of the hour [Bq/m³] of 10¹² Bq", shrink=0.8)
    figure.savefig(picture, dpi=80)
    plt.close(figure)


@answering
def main(arguments: Sequence[str]) -> int:
    """Draw."""
    words = Words("validation.rivals.picture", __doc__)
    words.add_argument("work", type=existing_folder)
    words.add_argument("picture", type=Path)
    given = words.parse_args(arguments)
    draw(given.work, given.picture)
    print(json.dumps({"picture": str(given.picture)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Where do particles go?  Pure functions on arrays, SI, NumPy and Numba only."""

import contextlib
from pathlib import Path

from oberih.dispersion.kernels import forget_stale_machine_code

with contextlib.suppress(OSError):  # as in the room above, for the files here
    forget_stale_machine_code(Path(__file__).parent)

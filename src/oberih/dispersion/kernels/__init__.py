"""Which formula spreads a puff?  Pure functions on floats and arrays, SI, NumPy and Numba only.

Numba keeps machine code beside the source, and takes it for fresh as long as the file of the
outermost function has not changed, whatever happened to the files that it calls.  So that no atlas
is ever built with old formulas, what is kept is thrown away here when any file of the room differs
from those that it was made of.
"""

import contextlib
import hashlib
from pathlib import Path


def forget_stale_machine_code(folder: Path) -> bool:
    """Remove kept machine code that was made of other sources than those in ``folder``.

    Returns
    -------
    bool
        Whether any was removed.
    """
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    kept = folder / "__pycache__"
    mark = kept / "kernels.sha256"
    if mark.is_file() and mark.read_text(encoding="ascii") == digest.hexdigest():
        return False
    stale = [*kept.glob("*.nbi"), *kept.glob("*.nbc")]
    for file in stale:
        file.unlink(missing_ok=True)
    kept.mkdir(exist_ok=True)
    mark.write_text(digest.hexdigest(), encoding="ascii")
    return bool(stale)


with contextlib.suppress(OSError):  # a folder that cannot be written holds no machine code of ours either
    forget_stale_machine_code(Path(__file__).parent)

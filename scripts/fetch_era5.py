"""How does one get the weather of ETEX-1, or any other part of ERA5?

    python scripts/fetch_era5.py --etex --estimate            what it costs, nothing fetched
    python scripts/fetch_era5.py --etex --out etex-weather    out of Google's public copy, without an account
    python scripts/fetch_era5.py --etex --cds > etex_cds.py   as a request to the Climate Data Store: far fewer bytes

Without ``--etex`` it is ``oberih weather era5``, whose options it passes on.  It can be interrupted and run again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from oberih.cli.main import main as oberih

ETEX = ("--area=-11,41,31,62", "--from", "1994-10-23T15:00Z", "--to", "1994-10-27T10:00Z")
"""All stations and the release with room, and the hours of the experiment with one at each end."""


def main(arguments: Sequence[str]) -> int:
    """Put the experiment's area and hours in place of ``--etex``."""
    given = list(arguments)
    if not given or given[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    words = [w for w in given if w != "--etex"]
    return oberih(["weather", "era5", *(ETEX if "--etex" in given else ()), *words])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

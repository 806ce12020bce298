"""What did we find, on the day we found it?

A judgement in the record: one ``finding`` with all that the rules read attached, so that anybody can compute it again
from the bundle (`oberih.case.hold.findings_export.recompute_export`) and nobody can say later that it was another.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from oberih.case.hold.findings_export import as_json
from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import summary
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import Written, record_one

__all__ = ["keep_judgement"]

_MOST = 1000


def keep_judgement(keeping: Keeping, judgement: Judgement, *, now: datetime) -> Written:
    """Record a judgement with its export.

    Parameters
    ----------
    keeping : Keeping
    judgement : Judgement
    now : datetime
        UTC.

    Raises
    ------
    InputError, StoreError
        As `oberih.case.prove.recording.record_one`.
    """
    regime, as_of, known_by = judgement.regime, judgement.as_of.isoformat(), judgement.known_by
    counted = sorted({i for f in judgement.findings for i in f.counted})
    fields = {
        "kind": "finding",
        "text": f"{regime.title['en']}, as of {as_of}: {summary(judgement)}",
        "happened": {"from": as_of},
        "tags": ["judgement", regime.id],
        "data": {
            "regime": regime.id, "rule": judgement.findings[0].rule, "as_of": as_of,
            "known_by": None if known_by is None else known_by.isoformat(), "counted": len(counted),
            "inputs": {f"{f.obligation} {f.subject}": f.inputs_sha256 for f in judgement.findings},
        },
        "rests_on": counted[:_MOST],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{regime.id}-{as_of}.json"
        file.write_bytes(as_json(judgement))
        return record_one(keeping, fields, files=[file], now=now)

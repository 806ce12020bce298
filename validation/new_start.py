"""Does the regime come to the findings that the table expects?

    python -m validation.new_start [FOLDER]

FOLDER has an ``expected_findings.csv`` (as_of, party, obligation, applicability, status, contested_by); if it has an
``aggregate_data.csv`` too, that is the evidence, else the observations that come with Oberih.  Every row
is compared on all three axes.  ``agree`` counts equality only; ``argued`` are rows in which the rule is held to be
better than the table (decisions/0013), and they count as not equal.  The last line is JSON.

What a party published of its own will is no exchange under the treaty.  The table of a folder has no
channel; where our own observations know a day's figures of a party as published, they are taken as published,
and what was withheld from the exchange stands beside them.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import timeline
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import load_regime
from validation.door import Words, answering, existing_folder
from validation.shelf import Row, number, read_table, shared_data

REGIME = "new-start"
COUNTS = {
    "deployed_delivery_vehicles": "status_dv",
    "deployed_warheads": "status_warheads",
    "deployed_and_nondeployed_launchers": "status_launchers",
}
"""Column of each count and of its status."""

ARGUED = ("US", "NS-D1", date(2023, 4, 5), date(2023, 10, 2))
"""Decision 0013: party, obligation, and the days on which the report of 1 September 2022 is too old while the figures
of 1 March 2023, withheld from the exchange and published later, are not."""


@dataclass(frozen=True)
class Compared:
    """One row of the table and what the rule says."""

    row: Row
    found: Finding | None

    @property
    def expected(self) -> tuple[str, str, frozenset[str]]:
        """Applicability, status ("" for none) and who contests."""
        return self.row["applicability"], self.row["status"], _names(self.row["contested_by"])

    @property
    def got(self) -> tuple[str, str, frozenset[str]]:
        """The same three of the finding."""
        if self.found is None:
            return "not judged", "", frozenset()
        return self.found.applicability, self.found.status or "", frozenset(self.found.contested_by)

    @property
    def equal(self) -> bool:
        """Whether all three are equal."""
        return self.expected == self.got

    @property
    def argued(self) -> bool:
        """Whether they differ as decision 0013 says that they must."""
        party, obligation, first, last = ARGUED
        here = self.row["party"] == party and self.row["obligation"] == obligation
        inside = here and first <= date.fromisoformat(self.row["as_of"]) <= last
        return inside and (self.expected[1], self.got[1]) == ("holds", "compromised")

    @property
    def line(self) -> str:
        """For a reader."""
        said, rule = (f"{a}/{s or '-'}/{'+'.join(sorted(c)) or '-'}" for a, s, c in (self.expected, self.got))
        where = f"{self.row['as_of']} {self.row['party']} {self.row['obligation']}"
        return f"{where}: table {said}, rule {rule}" + (" (argued: decision 0013)" if self.argued else "")


def _names(cell: str) -> frozenset[str]:
    return frozenset(n.strip() for n in cell.replace("|", ";").replace(",", ";").split(";") if n.strip())


def evidence(folder: Path) -> tuple[Observation, ...]:
    """Observations of a folder's ``aggregate_data.csv``, else those that come with Oberih.

    Raises
    ------
    InputError
        If the table is malformed.
    """
    file = folder / "aggregate_data.csv"
    ours = tuple(o for o in shipped_observations() if o.indicator in COUNTS)
    if not file.is_file():
        return ours
    rows = read_table(file, needs=("as_of", "party", *COUNTS, *COUNTS.values()))
    cells = [_cell(row, name, i, file) for i, row in enumerate(rows, start=2) for name in COUNTS]
    found = [o for o in cells if o is not None]
    published = {_key(o): o.channel for o in ours if o.given and o.channel == "published voluntarily"}
    found = [replace(o, channel=published[_key(o)]) if o.given and _key(o) in published else o for o in found]
    given = {_key(o) for o in found if o.given}
    return (*found, *(o for o in ours if not o.given and _key(o) in published and _key(o) in given))


def _key(observation: Observation) -> tuple[date, str, str]:
    return observation.date, observation.subject, observation.indicator


def _cell(row: Row, name: str, line: int, file: Path) -> Observation | None:
    """One figure; None where the cell is empty and nobody notes that it was asked for: an absent row, unknown."""
    where = Path(f"{file}, row {line}")
    given = row[COUNTS[name]] != "not_provided_by_party"
    value = number(row, name, file=where) if given else None
    if value is not None and math.isnan(value):
        return None
    return Observation(
        id=f"{row['as_of']}-{row['party']}-{name}", indicator=name, subject=row["party"],
        date=_day(row["as_of"], where), value=value, given=given, channel="treaty exchange",
        source=row.get("sources", ""), verified=row[COUNTS[name]] == "seen",
    )  # fmt: skip


def _day(text: str, where: Path) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("is not a date", file=where, field="as_of", value=text, cure="write 2023-03-01") from None


def compare(folder: Path) -> list[Compared]:
    """Judge every day of the table and set each row beside its finding.

    Raises
    ------
    InputError
        If a table is missing, malformed or empty.
    """
    file = folder / "expected_findings.csv"
    rows = read_table(file, needs=("as_of", "party", "obligation", "applicability", "status", "contested_by"))
    if not rows:
        raise InputError("the table is empty", file=file)
    days = sorted({_day(row["as_of"], Path(f"{file}, row {i}")) for i, row in enumerate(rows, start=2)})
    findings = timeline(load_regime(REGIME), evidence(folder), dates=days, digest=sha256_of_value)
    by_key = {(f.as_of, f.subject, f.obligation): f for f in findings}
    return [
        Compared(row, by_key.get((date.fromisoformat(row["as_of"]), row["party"], row["obligation"]))) for row in rows
    ]


@answering
def main(arguments: Sequence[str]) -> int:
    """Print what differs and the JSON line; 0 if all but the argued rows are equal, else 1; 2 without tables."""
    words = Words("validation.new_start", __doc__)
    words.add_argument("folder", nargs="?", type=existing_folder, metavar="FOLDER", default=shared_data("new_start"))
    compared = compare(words.parse_args(arguments).folder)
    differ = [c for c in compared if not c.equal]
    argued = [c for c in differ if c.argued]
    print(*(c.line for c in differ), sep="\n")
    said = [c for c in compared if c.equal and c.row.get("why") and c.found is not None]
    print(json.dumps({
        "n": len(compared), "agree": len(compared) - len(differ), "argued": len(argued),
        "differ": [c.line for c in differ],
        "why_equal": sum(c.row["why"] == c.found.why for c in said if c.found is not None), "why_given": len(said),
    }, ensure_ascii=False))  # fmt: skip
    return 0 if len(differ) == len(argued) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

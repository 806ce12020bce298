"""Do our findings on the seven pillars agree with the agency's own judgement of two days?

    python -m validation.pillars [FOLDER] [--as-of DATE]

FOLDER holds ``znpp_chronology.csv`` (default: the shared data; where that is not there, the observations that
come with Oberih).  Rows that are the agency's judgement are left out of the evidence: they are what is compared with.
Without ``--as-of`` the two days of which the agency judged are set side by side with it, every difference is
explained from the evidence, and the same is done with all windows halved and doubled.  The last line is JSON; the
exit code is 1 where a finding contradicts the agency: unknown, with its reason, does not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding, worst
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import load_regime
from oberih.regimes.regime import Obligation, Regime
from oberih.regimes.rules import rule_of
from validation.chronology import load_coding, read_chronology, row_of
from validation.door import Words, answering, existing_folder
from validation.shelf import shared_data

FILE = "znpp_chronology.csv"
SITE = "zaporizhzhia"
PARTLY = "fully or partly compromised"

COLOURS: Mapping[str, frozenset[str]] = {
    "red": frozenset({"compromised"}),
    "yellow": frozenset({"at-risk"}),
    "red/yellow": frozenset({"compromised", "at-risk"}),
    PARTLY: frozenset({"compromised", "at-risk"}),
}
"""What each word of the agency means in statuses of ours; declared before any day was judged."""

AGENCY: Mapping[date, Mapping[str, str | None]] = {
    date(2022, 9, 2): {
        "P1": "red", "P2": "yellow", "P3": "red/yellow", "P4": "red/yellow", "P5": None, "P6": None, "P7": None,
    },
    date(2024, 6, 3): dict.fromkeys(("P1", "P2", "P3", "P4", "P5", "P6", "P7"), PARTLY),
}  # fmt: skip
"""The agency's judgement (rows E017 and E044); None: the text at hand breaks off before it."""


@dataclass(frozen=True)
class Evidence:
    """What findings may rest on, and where it came from."""

    observations: tuple[Observation, ...]
    rows: int
    origin: str


def load_evidence(folder: Path | None) -> Evidence:
    """Read the chronology of a folder; without one, the shared one, or else what comes with Oberih.

    Raises
    ------
    InputError
        If the table is malformed, or a folder was given that does not hold it.
    """
    file = (folder or shared_data("znpp_chronology")) / FILE
    if folder is None and not file.is_file():
        shipped = shipped_observations()
        return Evidence(shipped, len(shipped), "observations that come with Oberih")
    events, observations = read_chronology(file, load_coding())
    return Evidence(observations, len(events), str(file))


def findings(evidence: Evidence, *, as_of: date, windows: float = 1.0) -> dict[str, Finding]:
    """Return the finding for each pillar at the plant, with all windows multiplied by a factor."""
    regime = scaled(load_regime("seven-pillars"), windows)
    found = judge(regime, evidence.observations, as_of=as_of, digest=sha256_of_value)
    return {f.obligation: f for f in found if f.subject == SITE}


def scaled(regime: Regime, factor: float) -> Regime:
    """Return a regime with every window and staleness multiplied."""

    def wider(parameters: Mapping[str, Any]) -> dict[str, Any]:
        days = ("window", "stale_after")
        return {k: max(1, round(v * factor)) if k in days and v else v for k, v in parameters.items()}

    def stretched(obligation: Obligation) -> Obligation:
        parts = tuple(replace(p, parameters=wider(p.parameters)) for p in obligation.parts)
        return replace(obligation, parts=parts)

    if factor == 1.0:
        return regime
    return replace(regime, obligations=tuple(stretched(o) for o in regime.obligations), sha256="")


def rests_on(finding: Finding) -> list[str]:
    """Return the rows behind the parts that decide the status."""
    deciding = [v for _, v in finding.parts if v.status == finding.status]
    return sorted({row_of(i) for v in deciding for i in v.counted})


def plain(finding: Finding) -> dict[str, Any]:
    """Return a finding for the JSON line."""
    return {
        "status": finding.status if finding.status is not None else "unknown",
        "applicability": finding.applicability,
        "rests_on": rests_on(finding),
        "counted": sorted({row_of(i) for i in finding.counted}),
        "unknown_parts": finding.unknown_parts,
        "why": finding.why,
    }


def compared(finding: Finding, said: str | None, evidence: Evidence) -> dict[str, Any]:
    """Return a finding beside the agency's word; ``agrees`` is None where the agency's word is not at hand."""
    agrees = None if said is None else finding.status in COLOURS[said]
    difference = "" if agrees else _difference(finding, said, evidence)
    return {**plain(finding), "agency": said, "agrees": agrees, "difference": difference}


def _difference(finding: Finding, said: str | None, evidence: Evidence) -> str:
    """Say from the evidence why the two differ."""
    if said is None:
        return "nothing to compare with: the agency's text at hand breaks off before this pillar"
    if finding.status != "unknown":
        rows = ", ".join(rests_on(finding)) or "none"
        return f"the agency says {said}; what is at hand says {finding.status} ({finding.why}), from rows {rows}"
    bearing = _bearing(finding, evidence)
    by_day = sorted({row_of(o.id) for o in bearing if o.date <= finding.as_of})
    later = [o for o in bearing if o.date > finding.as_of]
    if by_day:
        text = f"rows that bear on {finding.obligation} by {finding.as_of} do not settle it: {finding.why}"
    else:
        text = f"no row bears on {finding.obligation} by {finding.as_of}, so nothing but unknown follows"
    first = f"; the first that does is {row_of(later[0].id)} of {later[0].date}" if later and not by_day else ""
    return f"{text}{first}; the agency judged from its own teams' reports, which are not among the rows"


def _bearing(finding: Finding, evidence: Evidence) -> list[Observation]:
    """Every observation of the plant that some part of this pillar reads, the earliest first."""
    obligation = next(o for o in load_regime("seven-pillars").obligations if o.id == finding.obligation)
    reads = {name for p in obligation.parts for name in rule_of(p.test, p.parameters).reads()}
    found = [o for o in evidence.observations if o.subject == SITE and o.indicator in reads]
    return sorted(found, key=lambda o: (o.date, o.id))


def contradictions(days: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> int:
    """Count the findings that differ from the agency and are not unknown."""
    return sum(f["agrees"] is False and f["status"] != "unknown" for day in days.values() for f in day.values())


def sensitivity(evidence: Evidence) -> list[str]:
    """Return a line for each day and pillar whose status depends on the windows."""
    lines = []
    for day in AGENCY:
        by_factor = {k: findings(evidence, as_of=day, windows=k) for k in (0.5, 1.0, 2.0)}
        for pillar in by_factor[1.0]:
            said = [str(found[pillar].status) for found in by_factor.values()]
            if len(set(said)) > 1:
                lines.append(f"{day} {pillar}: {said[1]}; windows halved {said[0]}, doubled {said[2]}")
    return lines


def side_by_side(evidence: Evidence) -> tuple[list[str], dict[str, dict[str, dict[str, Any]]]]:
    """Return a table in words and the same for the JSON line."""
    lines, days = [], {}
    for day, words in AGENCY.items():
        found = findings(evidence, as_of=day)
        days[str(day)] = {p: compared(found[p], words.get(p), evidence) for p in found}
        for pillar, entry in days[str(day)].items():
            mark = {True: "agrees", False: "DIFFERS", None: "-"}[entry["agrees"]]
            lines.append(f"{day} {pillar}  {entry['status']:12s} {entry['agency'] or '-':28s} {mark}")
            lines.append(f"    {entry['why']}" + (f" [{', '.join(entry['rests_on'])}]" if entry["rests_on"] else ""))
            lines += [f"    {entry['difference']}"] if entry["difference"] else []
    return lines, days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(
            "is no day", file="command line", field="--as-of", value=text, cure="write 2022-09-02"
        ) from None


@answering
def main(arguments: Sequence[str]) -> int:
    """Print the findings and the JSON line; 0 without contradiction, 1 with one, 2 when there is nothing to judge."""
    words = Words("validation.pillars", __doc__)
    words.add_argument("folder", nargs="?", type=existing_folder, metavar="FOLDER")
    words.add_argument("--as-of", type=_day, metavar="DATE")
    given = words.parse_args(arguments)
    evidence, day = load_evidence(given.folder), given.as_of
    if day is not None:
        pillars = {name: plain(f) for name, f in findings(evidence, as_of=day).items()}
    else:
        lines, days = side_by_side(evidence)
    print(f"{evidence.rows} rows, {len(evidence.observations)} observations, from {evidence.origin}")
    if day is not None:
        print(f"worst of all: {worst([p['status'] for p in pillars.values()])}")
        print(json.dumps({"as_of": str(day), "pillars": pillars}))
        return 0
    print(*lines, "With other windows:", *(sensitivity(evidence) or ["no status changes"]), sep="\n")
    wrong = contradictions(days)
    print(json.dumps({"as_of": days, "contradictions": wrong, "passed": wrong == 0}))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Does the linter find every known defect of a registry of instruments, and none in the corrected records?

    python -m validation.registry [FOLDER]

FOLDER has a ``registry_defect_cases.csv`` (id, rule, bad_record, truth).  Records of the ids that we know stand in
``registry_cases.toml``; of others they are made from the words of the case (`validation.registry_words`).
Each is written as a registry file and linted.  The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.regimes.read.instrument_rules import SOURCED
from oberih.regimes.read.lint import lint_any
from oberih.regimes.read.mistake import Mistake
from validation.door import Words, answering, existing_folder
from validation.registry_words import records_of
from validation.shelf import Row, read_table, shared_data

AS_OF = "2026-11-25"

Record = dict[str, Any]


def written(records: Sequence[Record]) -> str:
    """A registry file of records; id, kind and sources are filled in where a record does not give them itself."""
    out = [f'schema = "oberih/instruments/1"\nas_of = {AS_OF}\n']
    for i, record in enumerate(records):
        whole: Record = {"id": f"case-{i}", "kind": "treaty", **record}
        whole.setdefault("sources", {name: "as the case states" for name in SOURCED if whole.get(name) is not None})
        lines = [f"{name} = {_toml(value)}" for name, value in whole.items()]
        out.append("[[instrument]]\n" + "\n".join(lines) + "\n")
    return "\n".join(out)


def _toml(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def linted(records: Sequence[Record], folder: Path) -> tuple[Mistake, ...]:
    """Mistakes of a registry of these records."""
    file = folder / "registry.toml"
    file.write_text(written(records), encoding="utf-8")
    return lint_any(file)


def tried(rows: Sequence[Row]) -> list[tuple[Row, tuple[Mistake, ...], tuple[Mistake, ...]]]:
    """Each case with the mistakes in its bad and in its corrected records."""
    known = tomllib.loads(Path(__file__).with_name("registry_cases.toml").read_text(encoding="utf-8"))
    out = []
    with tempfile.TemporaryDirectory() as name:
        for row in rows:
            case = known.get(row["id"], {})
            same = case.get("says") == row["bad_record"]  # a stranger's R01 is another case
            bad, good = (case["bad"], case["good"]) if same else records_of(row["bad_record"], row["truth"])
            out.append((row, linted(bad, Path(name)), linted(good, Path(name))))
    return out


@answering
def main(arguments: Sequence[str]) -> int:
    """Print each case and the JSON line; 0 if all are found without a false alarm, else 1; 2 without a table."""
    words = Words("validation.registry", __doc__)
    words.add_argument(
        "folder", nargs="?", type=existing_folder, metavar="FOLDER", default=shared_data("arms_control_treaties")
    )
    file = words.parse_args(arguments).folder / "registry_defect_cases.csv"
    rows = read_table(file, needs=("id", "rule", "bad_record", "truth"))
    if not rows:
        raise InputError("the table is empty", file=file)
    cases = tried(rows)
    for row, bad, good in cases:
        print(f"{row['id']} {row['rule']}: {bad[0].field + ' ' + bad[0].message if bad else 'NOT FOUND'}")
        print(*(f"    false alarm: {m.field} {m.message}" for m in good), sep="\n", end="\n" if good else "")
    found, alarms = sum(bool(bad) for _, bad, _ in cases), sum(len(good) for *_, good in cases)
    missed = [row["id"] for row, bad, _ in cases if not bad]
    print(json.dumps({"n": len(cases), "found": found, "false_alarms": alarms, "missed": missed}))
    return 0 if found == len(cases) and not alarms else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

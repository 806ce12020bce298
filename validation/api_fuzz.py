"""Does the whole API keep to what it says of itself, whatever is asked?

    python -m validation.api_fuzz [--examples 60] [--seed 1] [--only WORD]

Serves the application on loopback over a tiny engine (two weeks of weather) and asks every operation what
`validation.api_asking` makes up, on a server that was just started and has no atlas yet, as whoever sits at the
machine (no accounts), and as a custodian with a token.  A fault is a server error, a status or a type of content that
is not described, or an answer that does not fit its schema.  Faults are told with a curl line each; the last line is
JSON.  Exit code 0 for none, 1 for some.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from tests.web.access.people import PASSWORD, House, accounts_file, house
from tests.web.serving import serving
from tests.web.tiny import opened, tiny_bench

from oberih.case.prove.keeping import Keeping
from oberih.case.reach.design_bench import Bench
from oberih.web.app import create_app
from oberih.web.engine import Engine
from oberih.web.settings import ServeSettings
from validation.api_asking import Tally, fuzz
from validation.door import Words, answering, whole_number

__all__ = ["EXAMPLES", "at_the_machine", "main", "with_accounts"]

EXAMPLES = 60
NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
_WAIT = 120.0
_STATEMENT = {"kind": "event", "text": "A siren was heard", "happened": {"from": "2026-03-01"}}


class Passing:
    """A clock in which time passes with every look at it, so that nobody asks too often."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        """Give the time, and let half a second pass."""
        self.at += timedelta(seconds=0.5)
        return self.at

    def on(self, **passed: float) -> None:
        """Let time pass."""
        self.at += timedelta(**passed)


@contextmanager
def at_the_machine(home: Path, bench: Bench | None) -> Iterator[str]:
    """Serve without accounts; gives the address.  Without a bench the atlas is being prepared, and never is ready."""
    settings = ServeSettings(cache=home / "cache", keeping=Keeping(store=str(home / "record.db")))
    with _served(create_app(settings, clock=Passing()), bench) as address:
        yield address


@contextmanager
def with_accounts(home: Path, bench: Bench, *, role: str = "custodian") -> Iterator[tuple[str, dict[str, str]]]:
    """Serve with accounts and a record of a few statements; gives the address and the headers of a token."""
    clock = Passing()
    accounts_file(home / "accounts.sqlite", clock)  # type: ignore[arg-type]
    people: House = house(home, clock)  # type: ignore[arg-type]
    with _served(people.app, bench) as address:
        custodian = people.signed_in(role)
        wanted = {"name": "fuzz", "scopes": ["read", "compute", "record"], "days": 300, "password": PASSWORD}
        made = custodian.post("/api/v1/account/tokens", json=wanted)
        headers = {"Authorization": f"Bearer {made.raise_for_status().json()['token']}"}
        for _ in range(3):
            httpx.post(f"{address}/api/v1/evidence/records", json=_STATEMENT, headers=headers).raise_for_status()
        yield address, headers


@contextmanager
def _served(app: Any, bench: Bench | None) -> Iterator[str]:
    held = app.state.held
    held.engine = Engine(held.settings, opened=_never if bench is None else opened(bench))
    held.live.engine = held.engine.told
    with serving(app) as address:
        end = time.monotonic() + _WAIT
        while bench is not None and held.engine.readiness.state == "preparing" and time.monotonic() < end:
            time.sleep(0.05)
        yield address


def _never(request: Any, *, progress: Any) -> Bench:
    """Prepare, until the server stops."""
    progress.stage("an atlas that is never ready", total=1)
    while True:
        progress.advance(0)
        time.sleep(0.05)


def report(tally: Tally) -> Iterable[str]:
    """Lines for people, two for each fault."""
    for fault in tally.faults:
        yield f"{fault.operation}: {fault.kind}: {fault.detail}"
        yield f"    {fault.curl}"


@answering
def main(arguments: Sequence[str] = ()) -> int:
    """Serve, ask, and tell."""
    parser = Words("validation.api_fuzz", __doc__)
    parser.add_argument("--examples", type=whole_number, default=EXAMPLES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args(arguments)
    given = {"examples": chosen.examples, "seed": chosen.seed, "only": chosen.only, "told": print}
    with tempfile.TemporaryDirectory(prefix="oberih-fuzz-") as folder:
        home = Path(folder)
        bench = tiny_bench(home)
        (home / "new").mkdir()
        with at_the_machine(home / "new", None) as address:
            just_started = fuzz(address, **given)
        with at_the_machine(home, bench) as address:
            nobody = fuzz(address, **given)
        (home / "people").mkdir()
        with with_accounts(home / "people", bench) as (address, headers):
            custodian = fuzz(address, headers=headers, **given)
    for line in (*report(just_started), *report(nobody), *report(custodian)):
        print(line)
    tallies = {"just_started": just_started, "at_the_machine": nobody, "custodian": custodian}
    faults = sum(len(tally.faults) for tally in tallies.values())
    asked = {name: tally.as_dict() for name, tally in tallies.items()}
    print(json.dumps({**asked, "faults": faults, "passed": not faults}))
    return int(faults > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

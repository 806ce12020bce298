"""A small regime and its evidence, which hold one of everything that a face must show."""

from __future__ import annotations

import csv
from pathlib import Path

REGIME = """\
schema = "oberih/regime/1"
id = "small"
version = "3"
subjects = ["north", "south"]
instruments = []
title = {en = "A small pact", uk = "Невеликий пакт"}
text = {en = "Two parties keep to four things.", uk = "Дві сторони дотримуються чотирьох речей."}

[[span]]
from = 2019-01-01
to = 2024-01-01
source = "own words, for the test"
verified = true

[[suspension]]
subject = "south"
from = 2022-06-09
disputed_by = ["north"]
source = "own words, for the test"
verified = false

[[obligation]]
id = "A"
text = {en = "At most a hundred boats.", uk = "Не більше ста човнів."}
article = "1"
addressee = "each party"
force = "agreement"
source = "own words, for the test"
verified = true
supports = ["a count of a hundred or fewer"]
compromises = ["a count above a hundred"]
insufficient = ["a count older than a year"]
[[obligation.part]]
name = "boats"
test = "at_most"
indicator = "boats"
limit = 100
near = 0.05
stale_after = 365

[[obligation]]
id = "B"
text = {en = "They report twice a year.", uk = "Вони звітують двічі на рік."}
article = "2"
addressee = "each party"
force = "agreement"
source = "own words, for the test"
verified = false
[[obligation.part]]
name = "reports"
test = "reported_within"
indicator = "report"
days = 200

[[obligation]]
id = "C"
text = {en = "Nobody fires at the harbour.", uk = "Ніхто не стріляє по гавані."}
article = "3"
addressee = "not named in the text"
force = "proposal"
subjects = ["north"]
source = "own words, for the test"
verified = true
[[obligation.part]]
name = "fire"
test = "no_event"
indicators = ["fire"]
window = 30
looked_for = "look"
stale_after = 60

[[obligation]]
id = "D"
text = {en = "At most three visits a year.", uk = "Не більше трьох відвідин на рік."}
article = "4"
addressee = "each party"
force = "agreement"
from = 2020-01-01
source = "own words, for the test"
verified = true
[[obligation.part]]
name = "visits"
test = "count_in_year"
indicator = "visit"
at_most = 3
year_starts = "03-01"

[[contest]]
obligation = "A"
subject = "north"
by = "south"
from = 2021-05-01
claim = "Thirty boats were not counted."
source = "own words, for the test"
verified = true
"""

COLUMNS = (
    "id", "indicator", "subject", "date", "end", "value", "given", "known_on", "text", "channel", "source",
    "reliability", "credibility", "claims", "verified",
)  # fmt: skip

ROWS: list[dict[str, str]] = [
    {
        "id": "a1", "indicator": "boats", "subject": "north", "date": "2019-02-01", "value": "80",
        "known_on": "2019-03-01", "text": "eighty boats", "channel": "treaty exchange",
        "source": "register https://example.org/a1", "reliability": "A", "credibility": "2", "verified": "yes",
    },
    {
        "id": "a2", "indicator": "boats", "subject": "north", "date": "2020-01-15", "value": "99",
        "known_on": "2020-02-01", "text": "ninety-nine boats", "channel": "treaty exchange", "source": "register",
        "reliability": "B", "credibility": "2", "verified": "no",
    },
    {
        "id": "a3", "indicator": "boats", "subject": "north", "date": "2021-08-01", "value": "120",
        "known_on": "2022-01-10", "text": 'a hundred and twenty, "some say"', "channel": "inspected",
        "source": "register", "reliability": "A", "credibility": "1",
        "claims": "south: they hide more | north: it was a festival", "verified": "yes",
    },
    {
        "id": "a4", "indicator": "boats", "subject": "south", "date": "2019-06-01", "value": "70",
        "text": "seventy boats", "channel": "declared", "source": "register", "reliability": "B",
        "credibility": "3", "verified": "yes",
    },
    {
        "id": "a5", "indicator": "boats", "subject": "south", "date": "2022-07-01", "given": "no",
        "known_on": "2022-07-15", "text": "asked for", "channel": "treaty exchange", "source": "register",
        "reliability": "B", "credibility": "2", "verified": "yes",
    },
    {
        "id": "b1", "indicator": "report", "subject": "north", "date": "2019-03-01", "end": "2019-03-05",
        "value": "1", "known_on": "2019-03-06", "text": "a report", "channel": "declared", "source": "register",
        "reliability": "B", "credibility": "2", "verified": "yes",
    },
    {
        "id": "b2", "indicator": "report", "subject": "south", "date": "2022-07-01", "given": "no",
        "known_on": "2022-07-02", "text": "no report came", "channel": "treaty exchange", "source": "register",
        "reliability": "A", "credibility": "1", "verified": "yes",
    },
    {
        "id": "c1", "indicator": "fire", "subject": "north", "date": "2021-03-10", "value": "1",
        "known_on": "2021-03-11", "text": "shots", "channel": "press", "source": "paper", "reliability": "C",
        "credibility": "3", "claims": "south: it was the north", "verified": "yes",
    },
    {
        "id": "c2", "indicator": "fire", "subject": "north", "date": "2022-02-20", "value": "1",
        "known_on": "2022-02-21", "text": "shots seen", "channel": "inspected", "source": "inspectors",
        "reliability": "A", "credibility": "1", "verified": "yes",
    },
    {
        "id": "c3", "indicator": "look", "subject": "north", "date": "2022-05-01", "known_on": "2022-05-02",
        "text": "looked", "channel": "inspected", "source": "inspectors", "reliability": "A", "credibility": "1",
        "verified": "yes",
    },
    {
        "id": "d1", "indicator": "visit", "subject": "north", "date": "2020-04-01", "value": "4",
        "known_on": "2020-04-02", "text": "four visits", "channel": "treaty exchange", "source": "register",
        "reliability": "A", "credibility": "1", "verified": "yes",
    },
]  # fmt: skip


def write_material(folder: Path) -> tuple[Path, Path]:
    """Write the regime and the table; return their paths."""
    regime, table = folder / "small.toml", folder / "small.csv"
    regime.write_text(REGIME, encoding="utf-8")
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(ROWS)
    return regime, table

"""Regimes and observations that the tests share: written as files are, read as files are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from oberih.regimes.observation import Observation
from oberih.regimes.read.regime_file import load_regime
from oberih.regimes.regime import Regime

REGIME = """\
schema = "oberih/regime/1"
id = "yard"
version = "1"
subjects = ["A", "B"]
title = {en = "Yard", uk = "Двір"}
text = {en = "A yard.", uk = "Двір."}

[[span]]
from = 2011-02-05
to = 2026-02-05
source = "https://example.org/span"
verified = true

[[suspension]]
subject = "B"
from = 2023-02-28
disputed_by = ["A"]
source = "https://example.org/suspension"
verified = true

[[area]]
name = "zone"
site = "zaporizhzhia"
radius_m = 30000
source = "https://example.org/area"
verified = true

[[obligation]]
id = "Y1"
text = {en = "Few tubs.", uk = "Мало діжок."}
article = "1"
addressee = "each party"
force = "treaty"
from = 2018-02-05
source = "https://example.org/1"
verified = true
[[obligation.part]]
name = "tubs"
test = "at_most"
indicator = "tubs"
limit = 800
near = 0.02
stale_after = 215

[[obligation]]
id = "Y2"
text = {en = "Tubs are told.", uk = "Про діжки кажуть."}
article = "2"
addressee = "each party"
force = "treaty"
source = "https://example.org/2"
verified = true
[[obligation.part]]
name = "told"
test = "reported_within"
indicator = "tubs"
days = 215
channels = ["treaty exchange"]

[[obligation]]
id = "Y3"
text = {en = "No stones near the yard, and water.", uk = "Без каміння біля двору, і вода."}
article = "3"
addressee = "each party"
force = "resolution"
source = "https://example.org/3"
verified = false
[[obligation.part]]
name = "stones"
test = "no_event"
indicators = ["stone"]
window = 30
looked_for = "look"
area = "zone"
[[obligation.part]]
name = "water"
test = "state_is"
indicator = "water"
holds = ["runs"]
at_risk = ["drips"]
compromised = ["dry"]
stale_after = 60

[[obligation]]
id = "Y4"
text = {en = "All of it.", uk = "Усе це."}
article = "4"
addressee = "not named in the text"
force = "political"
source = "https://example.org/4"
verified = true
[[obligation.part]]
name = "all"
test = "derived"
from = ["Y1", "Y3"]

[[contest]]
obligation = "Y1"
subject = "A"
by = "B"
from = 2018-02-05
claim = "There are 101 more."
source = "https://example.org/contest"
verified = true
"""


def regime_file(folder: Path, text: str = REGIME) -> Path:
    """Write a regime's text to a file."""
    path = folder / "yard.toml"
    path.write_text(text, encoding="utf-8")
    return path


def regime(folder: Path, text: str = REGIME) -> Regime:
    """Read a regime from its text."""
    return load_regime(regime_file(folder, text))


def seen(
    id: str, indicator: str, day: str, value: float | str | None = None, *, subject: str = "A", given: bool = True,
    channel: str = "treaty exchange", known_on: str | None = None, **further: object,
) -> Observation:  # fmt: skip
    """One observation, shortly."""
    return Observation(
        id, indicator, subject, date.fromisoformat(day), value, given, channel=channel,
        known_on=None if known_on is None else date.fromisoformat(known_on), **further,  # type: ignore[arg-type]
    )  # fmt: skip

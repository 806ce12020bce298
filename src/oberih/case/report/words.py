"""How does a report say a number, a direction, a dose?

`Speech` says everything in one language: sentences from the catalogue with their values put in as runs, numbers with
the language's decimal mark and grouping, units and directions by their names there.  No more digits than are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from oberih.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from oberih.language.catalogue import catalogue
from oberih.picture.report import Run, Text, clean
from oberih.units import kilometres, millisieverts
from oberih.zone.criterion import ACTIONS, Criterion

__all__ = ["THIN", "Speech"]

THIN = "\u00a0"
"""Between a number and its unit, and between thousands."""

_NAME = re.compile(r"\{(\w+)\}")

_FUEL = (
    (re.compile(r"core of unit (?P<unit>.+) \((?P<type>.+), at power\)"), "fuel-core-power"),
    (re.compile(r"core of unit (?P<unit>.+) \((?P<type>.+), shut down (?P<day>\d{4}-\d\d-\d\d)\)"), "fuel-core-shut"),
    (re.compile(r"pool of unit site"), "fuel-pool-site"),
    (re.compile(r"pool of unit (?P<unit>.+)"), "fuel-pool"),
    (re.compile(r"one cask of (?P<count>\d+) assemblies"), "fuel-cask"),
    (re.compile(r"as published"), "fuel-published"),
)
"""Of `oberih.case.reach.sources.Released.fuel`, and the message that says the same."""


@dataclass(frozen=True)
class Speech:
    """One language.

    Parameters
    ----------
    language : str
    """

    language: str

    def word(self, key: str, **values: str) -> str:
        """Say a message of the report as plain text."""
        return "".join(run.text for run in self.say(key, **values))

    def say(self, key: str, **values: str | Run | Text) -> Text:
        """Say a message, of the report where no other subject is named; values may be runs, such as figures."""
        template = catalogue(self.language)[key if "." in key else f"report.{key}"]
        runs: list[Run] = []
        at = 0
        for found in _NAME.finditer(template):
            runs.append(Run(template[at : found.start()]))
            value = values[found[1]]
            runs += [Run(value)] if isinstance(value, str) else [value] if isinstance(value, Run) else list(value)
            at = found.end()
        runs.append(Run(template[at:]))
        return tuple(run for run in runs if run.text)

    def choose(self, english: str, ukrainian: str, *, limit: int = 300) -> Run:
        """Take the text of the language; where there is none, the English one, marked as such."""
        if self.language == "en" or not ukrainian:
            return self.foreign(english, limit=limit)
        return Run(clean(ukrainian, limit))

    def foreign(self, english: str, *, limit: int = 300) -> Run:
        """Give a text that exists in English only."""
        return Run(clean(english, limit), "" if self.language == "en" else "foreign")

    def number(self, value: float, digits: int = 3) -> str:
        """Say a number to so many significant digits; thousands are grouped from 10,000 on."""
        if value == 0.0:
            return "0"
        rounded = float(f"{value:.{digits}g}")
        if abs(rounded) >= 1e7 or abs(rounded) < 1e-3:
            mantissa, _, exponent = f"{rounded:.{digits - 1}e}".partition("e")
            return self._marked(f"{float(mantissa):g}") + f"·10{_raised(int(exponent))}"
        text = f"{rounded:,.10f}".rstrip("0").rstrip(".")
        whole, _, part = text.partition(".")
        grouped = whole.replace(",", "" if abs(rounded) < 10_000 else THIN)
        return self._marked(f"{grouped}.{part}" if part else grouped)

    def count(self, value: int) -> str:
        """Say a whole number with every digit."""
        return f"{value:,}".replace(",", THIN) if abs(value) >= 10_000 else str(value)

    def people(self, value: int) -> str:
        """Say how many people, to three digits: no census is known better."""
        if value >= 1_000_000:
            return f"{self.number(value / 1e6)}{THIN}{self.word('million')}"
        return self.number(float(value))

    def km(self, metres: float) -> str:
        """Say a distance in kilometres, without the unit."""
        return self.number(kilometres(metres), 3 if metres >= 1000.0 else 2)

    def distance(self, metres: float, *, beyond: bool = False) -> str:
        """Say a distance with its unit; nowhere where it is 0."""
        if metres <= 0.0:
            return self.word("nowhere")
        return f"{'>' + THIN if beyond else ''}{self.km(metres)}{THIN}{self.word('km')}"

    def band(self, low: float | None, high: float | None) -> str:
        """Say a band in kilometres, without the unit; empty where there is none."""
        if low is None or high is None or high <= 0.0:
            return ""
        return f"{self.km(low)}–{self.km(high)}"

    def percent(self, share: float, digits: int = 3) -> str:
        """Say a share [1] in per cent."""
        return f"{self.number(100.0 * share, digits)}{THIN}%"

    def level(self, level: float, unit: str) -> str:
        """Say a dose level [Sv or Gy] in thousandths."""
        return f"{self.number(millisieverts(level))}{THIN}{self.word('m' + unit)}"

    def duration(self, seconds: float) -> str:
        """Say a time span in its usual unit."""
        for unit, length in (("y", SECONDS_PER_YEAR), ("d", SECONDS_PER_DAY)):
            if seconds >= length:
                count = seconds / length
                return f"{self.number(count)}{THIN}{self.word('time-' + unit).split()[_form(count)]}"
        return f"{self.number(seconds / SECONDS_PER_HOUR)}{THIN}{self.word('time-h')}"

    def compass(self, azimuth: float) -> str:
        """Name one of sixteen directions [degrees clockwise from north]."""
        return self.word("compass").split()[round(azimuth / 22.5) % 16]

    def direction(self, azimuth: float) -> str:
        """Name a direction with its angle."""
        return f"{self.compass(azimuth)} {azimuth % 360.0:.0f}°"

    def day(self, time: int | float) -> str:
        """Say a day [seconds since 1970, UTC]."""
        at = datetime.fromtimestamp(time, UTC)
        return f"{at.day}{THIN}{self.word('months').split()[at.month - 1]} {at.year}"

    def stamp(self, time: int | float) -> str:
        """Say a time [seconds since 1970, UTC]."""
        return f"{self.day(time)}, {datetime.fromtimestamp(time, UTC):%H:%M}{THIN}UTC"

    def action(self, criterion: Criterion) -> str:
        """Name an action, with its tier."""
        name = ACTIONS[criterion.action][0 if self.language == "en" else 1]
        return name + (f" ({self.word('tier-' + criterion.tier)})" if criterion.tier else "")

    def quantity(self, criterion: Criterion) -> str:
        """Say which dose a criterion asks for."""
        organ = self.word(f"organ-{criterion.organ}")
        if criterion.nuclides == "radioiodine":
            organ += f" ({self.word('radioiodine')})"
        return f"{organ}, {self.word('age-' + criterion.age)}, {self.duration(criterion.window)}"

    def fuel(self, text: str) -> Run:
        """Say which fuel a release comes from; what is said in no known way stays English."""
        for pattern, key in _FUEL:
            if found := pattern.fullmatch(text):
                values = {name: clean(value, 60) for name, value in found.groupdict().items()}
                if "day" in values:
                    on = datetime.fromisoformat(values["day"]).replace(tzinfo=UTC)
                    values["day"] = self.day(on.timestamp())
                return Run(self.word(key, **values))
        return self.foreign(text)

    def _marked(self, text: str) -> str:
        return text if self.language == "en" else text.replace(".", ",")


def _form(count: float) -> int:
    """Which of three forms a counted word takes in Ukrainian; English has the same three times."""
    if count % 1.0:
        return 1
    ten, hundred = int(count) % 10, int(count) % 100
    if ten == 1 and hundred != 11:
        return 0
    return 1 if ten in (2, 3, 4) and hundred not in (12, 13, 14) else 2


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))

"""Which column becomes which field of a record, as its owner declares?

A mapping is a TOML file of ``schema = "oberih/mapping/1"`` with one ``[[field]]`` a rule::

    schema = "oberih/mapping/1"
    id = "my-events"
    title = "what these rows are"
    delimiter = ";"                 # "," if left out; encoding = "cp1251" likewise
    null = ["-", "n/a"]             # cells that say nothing, beside the blank one
    keep = "rest"                   # into data: all columns, the rest that no rule reads, or none

    [[field]]
    to = "happened.from"            # a field of the record; data.NAME for anything further
    column = "when"                 # or template = "{when} {time:04}[, {zone}]", or value = "event"
    date = ["%d %B %Y"]             # "iso" and "unix" too; zone = "Z" for times; cut = "month"

    [[field]]
    to = "credibility"
    column = "quality"
    translate = {good = 2, poor = 4}
    otherwise = 6                   # what is not in the table; without it, it is refused

Defines the nouns `Mapping` and `Rule`, checked with pydantic; `load_mapping` finds one by name or reads a file.
In a template ``[…]`` is left out where a column in it says nothing, and ``{time:04}`` fills with zeros to four digits.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from oberih.errors import InputError, UnknownName
from oberih.evidence.read.moments import check_format
from oberih.evidence.record import FIELDS

__all__ = ["LISTS", "MAPPING_SCHEMA", "Mapping", "Rule", "When", "known_mappings", "load_mapping", "read_mapping"]

MAPPING_SCHEMA = "oberih/mapping/1"
"""Form of the files read here."""

LISTS = ("claims", "tags", "rests_on")
"""Fields that several rules fill together; of any other the first rule that finds something wins."""

_TARGETS = frozenset(FIELDS) - {"happened", "place", "source", "data", "attachments"} | {
    "happened.from", "happened.to", "happened.note", "place.name", "place.longitude", "place.latitude",
    "place.uncertainty_m", "source.who", "source.url", "source.channel",
}  # fmt: skip
_LARGEST = 1_000_000

Scalar = str | bool | int | float
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Band = Annotated[tuple[float, Scalar], Strict(False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class When(_Strict):
    """A rule speaks only of rows whose ``column`` is one of ``equals`` or holds one of ``holds``."""

    column: Text
    equals: list[str] = []
    holds: list[Text] = []

    @model_validator(mode="after")
    def _one_of_two(self) -> When:
        if bool(self.equals) == bool(self.holds):
            raise ValueError("give either equals or holds")
        return self


class Rule(_Strict):
    """How one field is filled."""

    to: Text
    column: Text | None = None
    template: Text | None = None
    value: Scalar | None = None
    columns: Annotated[list[Text], Field(min_length=1)] | None = None
    combine: Literal["half-diagonal", "largest"] | None = None
    needed: bool = False
    optional: bool = False
    keep: bool = False
    null: list[str] = []
    when: When | None = None
    split: Annotated[str, Field(min_length=1, max_length=5)] | None = None
    translate: dict[str, Scalar] | None = None
    bands: list[Band] | None = None
    otherwise: Scalar | None = None
    number: Literal["any", "whole"] | None = None
    scale: float | None = None
    date: list[Text] | None = None
    zone: str | None = None
    cut: Literal["year", "month", "day"] | None = None
    attributions: bool = False
    by: Text | None = None

    @model_validator(mode="after")
    def _sound(self) -> Rule:
        wrong = _wrong(self)
        if wrong:
            raise ValueError(wrong)
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that the rule reads."""
        named = [self.column, *(self.columns or []), self.when.column if self.when else None]
        return (*filter(None, named), *names_in(self.template or ""), *names_in(self.by or ""))


class Mapping(_Strict):
    """How every row of a kind of file becomes a record."""

    schema_: Annotated[Literal["oberih/mapping/1"], Field(alias="schema")]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: Text
    source: str = ""
    verified: bool = False
    form: Literal["csv", "json"] | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1, pattern=r'^[^"\r\n]$')] = ","
    encoding: Literal["utf-8", "utf-16", "cp1251", "cp1252", "latin-1"] = "utf-8"
    null: list[str] = []
    keep: Literal["all", "rest", "none"] = "rest"
    direct: bool = False
    field: list[Rule] = []

    @cached_property
    def read(self) -> frozenset[str]:
        """Columns that some rule reads."""
        return frozenset(name for rule in self.field for name in rule.reads)

    @cached_property
    def asked(self) -> frozenset[str]:
        """Columns that a rule keeps as they stand."""
        return frozenset(name for rule in self.field if rule.keep for name in rule.reads)

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        targets = {rule.to for rule in self.field}
        if self.direct and self.field:
            raise ValueError("direct = true takes rows as records: it has no field")
        missing = sorted({"kind", "text"} - targets)
        if missing and not self.direct:
            raise ValueError(f"fills no {missing[0]}, which every record needs")
        return self


_PIECE = re.compile(r"\{([^{}:]+)(?::0(\d{1,2}))?\}")


def names_in(template: str) -> tuple[str, ...]:
    """Columns that a template names.

    Examples
    --------
    >>> names_in("{acq_date} {acq_time:04}[, by {who}]")
    ('acq_date', 'acq_time', 'who')
    """
    return tuple(match[1] for match in _PIECE.finditer(template))


def _wrong(rule: Rule) -> str | None:
    """What is wrong with a rule, in one line."""
    if rule.to not in _TARGETS and not re.fullmatch(r"data\.[^.\s][^.]{0,99}", rule.to):
        return f"to = {rule.to!r} is no field of a record; known: {', '.join(sorted(_TARGETS))}, data.NAME"
    given = [n for n in ("column", "template", "value", "columns") if getattr(rule, n) is not None]
    if len(given) != 1:
        return "needs exactly one of column, template, value, columns"
    if (rule.columns is None) != (rule.combine is None):
        return "columns and combine go together"
    if (rule.to == "claims") != (rule.by is not None):
        return "to = 'claims' needs by (whose claim it is), and nothing else has it"
    if rule.attributions and rule.to != "claims":
        return "attributions are for claims"
    if rule.split is not None and rule.to not in {"tags", "rests_on"} and not rule.to.startswith("data."):
        return f"{rule.to} holds one thing: nothing to split"
    if rule.otherwise is not None and rule.translate is None and rule.bands is None:
        return "otherwise needs a table to translate"
    if (rule.cut or rule.zone) and rule.date is None:
        return "cut and zone need a date"
    for template in (rule.template or "", rule.by or ""):
        rest = _PIECE.sub("", template)
        if re.search(r"[{}\[\]]", re.sub(r"\[[^\[\]{}]*\]", "", rest)):
            return f"has brackets that do not match in {template!r}"
    wrong = (check_format(pattern, rule.zone) for pattern in rule.date or ())
    return next((f"the date format {w}" for w in wrong if w), None)


def known_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with Oberih."""
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def load_mapping(name: str | Path) -> Mapping:
    """Find a mapping by its name, or read one from a file.

    Raises
    ------
    UnknownName
        If it is neither.
    InputError
        If the file is no mapping.

    Examples
    --------
    >>> load_mapping("firms").id
    'firms'
    """
    if str(name) in known_mappings():
        return _load(_folder() / f"{name}.toml")
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        raise UnknownName("mapping", str(name), known=known_mappings(), where="--mapping")
    return _read(path)


def _folder() -> Path:
    return Path(str(files("oberih.evidence"))) / "data" / "mappings"


@lru_cache(maxsize=16)
def _load(path: Path) -> Mapping:
    return _read(path)


def _read(path: Path) -> Mapping:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"is larger than {_LARGEST} bytes", file=path, cure="give a mapping (TOML)")
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure="give the path of a mapping") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", file=path, cure="save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"is not TOML ({error})", file=path, cure="see toml.io, or the mappings that ship") from error
    return read_mapping(table, file=path)


def read_mapping(table: dict[str, Any], *, file: object) -> Mapping:
    """Make a mapping of a table as TOML gives it.

    Raises
    ------
    InputError
        If it is none: the first mistake, the rule by its number and target, and how many more there are.
    """
    try:
        return Mapping.model_validate(table)
    except ValidationError as error:
        raise _as_input_error(error, table, file) from error


def _as_input_error(error: ValidationError, table: dict[str, Any], path: object) -> InputError:
    """The first mistake as one line: the rule by its number and target."""
    first, n = error.errors()[0], error.error_count()
    place = [str(p) for p in first["loc"]]
    if len(place) >= 2 and place[0] == "field" and place[1].isdigit():
        rule = table["field"][int(place[1])]
        to = rule.get("to") if isinstance(rule, dict) else None
        place[:2] = [f"field {int(place[1]) + 1}" + (f" (to = {to})" if isinstance(to, str) else "")]
    said = first["msg"].removeprefix("Value error, ")
    cure = "known names: see docs/importing.md" if first["type"] == "extra_forbidden" else "correct it"
    if first["type"] == "missing":
        said, cure = "is missing", f'as schema = "{MAPPING_SCHEMA}"' if place == ["schema"] else "add it"
    if n > 1:
        cure += f"; {n - 1} more mistake{'s' if n > 2 else ''}"
    return InputError(said, file=path, field=" ".join(place) or "mapping", cure=cure)

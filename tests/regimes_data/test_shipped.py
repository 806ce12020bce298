"""The regimes that ship load, cite, and ask for nothing under a name that nobody knows."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from oberih.regimes.observation import Observation
from oberih.regimes.read.instrument_table import list_instruments, mistakes_in_registry
from oberih.regimes.read.observation_table import read_observations, shipped_observations
from oberih.regimes.read.regime_file import list_regimes, mistakes_in_regime, shipped_regimes
from oberih.regimes.regime import Obligation, Regime
from oberih.regimes.rules import rule_of

DATA = Path(str(files("oberih.regimes"))) / "data"
TABLES = sorted((DATA / "observations").glob("*.csv"))
NINE = {
    "protection-zone", "seven-pillars", "five-principles", "ban-on-attacks", "safety-culture", "safeguards",
    "new-start", "participation", "laboratory",
}  # fmt: skip
OBLIGATIONS = [(r, o) for r in list_regimes() for o in r.obligations]
by_id = pytest.mark.parametrize(("regime", "obligation"), OBLIGATIONS, ids=[f"{r.id}:{o.id}" for r, o in OBLIGATIONS])


def asked(obligation: Obligation) -> set[str]:
    """Every indicator that an obligation looks at."""
    reads = {name for p in obligation.parts for name in rule_of(p.test, p.parameters).reads()}
    return reads | {c.indicator for c in (obligation.requires, obligation.excluded_while) if c is not None}


def not_observed() -> set[str]:
    table = tomllib.loads((DATA / "coding" / "not-observed.toml").read_text(encoding="utf-8"))
    return set(table["indicator"])


def cites(text: str) -> bool:
    """Whether a source says where to read it, or says plainly that it was not checked."""
    return "://" in text or "from memory" in text or "ISO/IEC" in text or "GC(68)" in text or text.startswith("ours:")


def test_the_nine_regimes_ship() -> None:
    assert set(shipped_regimes()) >= NINE


@pytest.mark.parametrize("path", shipped_regimes().values(), ids=shipped_regimes())
def test_every_regime_loads_without_a_mistake(path: Path) -> None:
    assert mistakes_in_regime(path) == ()


def test_the_registry_of_instruments_has_no_mistake() -> None:
    assert mistakes_in_registry(DATA / "instruments.toml") == ()
    assert {i for r in list_regimes() for i in r.instruments} <= {i.id for i in list_instruments()}


@by_id
def test_every_obligation_cites(regime: Regime, obligation: Obligation) -> None:
    assert cites(obligation.source)
    assert not (obligation.verified and "from memory" in obligation.source)
    assert obligation.supports
    assert obligation.compromises
    assert obligation.insufficient


@by_id
def test_every_obligation_speaks_both_languages(regime: Regime, obligation: Obligation) -> None:
    assert any("а" <= c <= "я" or c in "іїєґ" for c in obligation.text["uk"].lower())
    assert not any("а" <= c <= "я" for c in obligation.text["en"].lower())


@by_id
def test_what_is_recorded_only_never_keeps_a_finding_from_holding(regime: Regime, obligation: Obligation) -> None:
    """Unknown is worse than holds, so a part that is never scored stands in an obligation of its own."""
    assert len({p.test == "recorded_only" for p in obligation.parts}) == 1


@by_id
def test_every_indicator_asked_for_is_observed_or_declared_missing(regime: Regime, obligation: Obligation) -> None:
    observed = {o.indicator for o in shipped_observations()}
    assert asked(obligation) <= observed | not_observed()


def test_what_is_declared_missing_is_asked_for_and_missing() -> None:
    observed = {o.indicator for o in shipped_observations()}
    wanted = {name for _, o in OBLIGATIONS for name in asked(o)}
    assert not_observed() & observed == set()
    assert not_observed() - wanted == set()


def test_every_observation_is_asked_for_by_some_regime() -> None:
    wanted = {(s, name) for r, o in OBLIGATIONS for s in (o.subjects or r.subjects) for name in asked(o)}
    wanted_names = {name for _, name in wanted}
    assert {o.id for o in shipped_observations() if o.indicator not in wanted_names} == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda p: p.stem)
def test_every_observation_cites_and_says_what_it_says(table: Path) -> None:
    for o in read_observations(table):
        assert cites(o.source), o.id
        assert len(o.text) >= 10, o.id
        assert not (o.verified and "from memory" in o.source), o.id


def test_every_word_of_a_state_is_known_to_the_rules_that_read_it() -> None:
    """A slip in a word would read as unknown for ever."""
    lists = ("holds", "at_risk", "compromised")
    for regime, obligation in OBLIGATIONS:
        for part in (p for p in obligation.parts if p.test == "state_is"):
            known = {w for name in lists for w in part.parameters.get(name, [])}
            said = {
                str(o.value) for o in shipped_observations()
                if o.given and o.indicator == part.parameters["indicator"]
                and o.subject in (obligation.subjects or regime.subjects)
            }  # fmt: skip
            aliases = {"proposed"} if part.parameters["indicator"] == "zone-agreement" else set()
            assert said <= known | aliases, (regime.id, obligation.id, part.name, said - known)


def test_nobody_is_named_guilty_in_what_is_stated_as_fact() -> None:
    """Who did it stands in claims; the sentence of a strike, shelling or cut line names no author."""
    acts = {"site-struck", "structure-damaged", "struck-near", "line-cut-by-attack", "essential-attacked", "line-lost"}
    for o in (o for o in shipped_observations() if o.indicator in acts):
        said = o.text.lower()
        assert not any(w in said for w in ("russian", "ukrainian", "russia ", "by ukraine", "troops")), o.id


def test_no_person_is_stored_by_name() -> None:
    """Offices and organisations speak; the one who was detained is named in no address either."""
    for path in sorted(DATA.rglob("*.*")):
        assert "murashov" not in path.read_text(encoding="utf-8").lower(), path.name
    for o in shipped_observations():
        said = " ".join([o.text, *(f"{by} {says}" for by, says in o.claims)]).lower()
        assert not any(name in said for name in ("grossi", "putin", "zelensk", "chernichuk", "karchaa")), o.id


def test_the_agencys_own_judgements_are_no_observations() -> None:
    words = ("colour", "fully or partially", "fully or partly", "red/yellow")
    assert [o.id for o in shipped_observations() if any(w in o.text.lower() for w in words)] == []


def test_an_accusation_by_both_sides_confirms_the_event_and_not_its_author() -> None:
    both = [o for o in shipped_observations() if {"UA", "RU"} <= set(o.affirmed_by)]
    assert both
    assert all(o.claims for o in both)


def held(observations: tuple[Observation, ...], indicator: str, subject: str) -> list[Observation]:
    return [o for o in observations if (o.indicator, o.subject) == (indicator, subject)]


def test_the_gaps_in_remote_data_are_those_published() -> None:
    lost = [o for o in held(shipped_observations(), "remote-data", "zaporizhzhia") if o.value == "lost"]
    assert [(o.last - o.date).days + 1 for o in lost] == [13, 6]


def test_figures_that_conflict_stand_side_by_side() -> None:
    assert {o.value for o in held(shipped_observations(), "participants", "tso-2018")} == {220.0, 290.0}

"""Does the fuel give what the tables say?"""

from __future__ import annotations

import json
from itertools import pairwise
from math import exp

import pytest

from oberih.errors import UnknownName
from oberih.nuclide import GROUPS, decay_chain, element_group
from oberih.release.fractions import fraction_tables, multiplier, phases_of, released_between, removal_rates
from oberih.release.inventory import core_inventory
from tests.conftest import SHARED, needs_shared


@needs_shared
def test_one_step_of_the_release_is_the_published_one() -> None:
    vector = json.loads((SHARED / "data/test_vectors/vectors.json").read_text())["V2_core_release_step"]
    phases, verified = phases_of("pwr-core-melt")
    assert verified
    step = released_between(phases, "noble gases", start=45 * 60, end=60 * 60)
    assert step == pytest.approx(vector["answer"], rel=1e-12)
    assert released_between(phases, "halogens", start=0, end=1e9) == pytest.approx(
        vector["also"]["PWR total I (gap+in+ex)"]
    )
    assert released_between(phases, "alkali metals", start=0, end=1e9) == pytest.approx(vector["also"]["PWR total Cs"])


@pytest.mark.parametrize("table", fraction_tables())
def test_no_group_gives_more_than_it_holds_and_steps_add_up(table: str) -> None:
    phases, _ = phases_of(table)
    for group in GROUPS:
        whole = released_between(phases, group, start=0.0, end=1e6)
        assert 0.0 < whole <= 1.0
        steps = sum(released_between(phases, group, start=k * 700.0, end=(k + 1) * 700.0) for k in range(60))
        assert steps == pytest.approx(whole, rel=1e-12)


def test_volatile_groups_come_out_before_refractory_ones() -> None:
    phases, _ = phases_of("pwr-core-melt")
    whole = [released_between(phases, g, start=0.0, end=1e6) for g in GROUPS]
    assert whole[:5] == sorted(whole[:5], reverse=True)
    assert max(whole[5:]) < min(whole[:5]) / 10


def test_spent_fuel_tables_say_that_they_are_unverified() -> None:
    assert {t: phases_of(t)[1] for t in fraction_tables() if t.startswith("spent")} == {
        "spent-fuel-cold-gap": False, "spent-fuel-hot-gap": False, "spent-fuel-cladding-fire": False,
    }  # fmt: skip


def test_natural_removal_stops_at_the_published_limit() -> None:
    for mechanism in ("natural", "sprays"):
        steps = removal_rates(mechanism)
        removed = sum(rate * (end - start) for (start, rate), (end, _) in pairwise(steps))
        assert exp(-removed) == pytest.approx(multiplier(f"{mechanism} floor"), rel=1e-9)
        assert steps[-1][1] == 0.0


def test_unknown_tables_and_mechanisms_are_refused() -> None:
    with pytest.raises(UnknownName, match="pwr-core-melt"):
        phases_of("pwr-melt")
    with pytest.raises(UnknownName, match="filters"):
        multiplier("filter")
    with pytest.raises(UnknownName):
        released_between((), "metals", start=0, end=1)


def test_every_nuclide_of_a_core_belongs_to_a_group() -> None:
    core = core_inventory(thermal_power=3e9)
    assert all(element_group(n) in GROUPS for n in decay_chain(core.nuclides).nuclides)

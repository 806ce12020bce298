"""Doses by the hour: the ground's grows as decay and weathering have it, what passes counts when it passes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oberih.atlas.kernels.by_hour import add_lying, shares_of
from oberih.constants import FORMS
from oberih.dose.by_hour import hourly_source, strand_of, strands_of
from oberih.dose.kernels.weathering import integrated_weathering
from oberih.dose.quantity import Quantity
from oberih.dose.response import response
from oberih.nuclide.decay import half_life
from oberih.release import SourceTerm

WEEK = Quantity("effective", "adult", 7 * 86400.0)


def term(*nuclides: str, hours: int = 1) -> SourceTerm:
    activity = np.zeros((hours, len(nuclides), len(FORMS)))
    activity[:, :, FORMS.index("aerosol")] = 1e12
    return SourceTerm("made up", "made up", nuclides, activity, np.full(hours, 30.0), np.zeros(hours))


def on_ground(source_term: SourceTerm, quantity: Quantity, hours: int = 48) -> np.ndarray:
    """Dose until each whole hour of fresh deposit of the first release hour, aerosol."""
    strand = strand_of(quantity, quantity.pathways[0])
    return hourly_source(source_term, [strand], hours=hours).ground[0, 0, 0, 0]


@pytest.mark.parametrize("nuclide", ["Cs-137", "I-131", "I-133"])
def test_the_dose_from_the_ground_grows_as_decay_and_weathering_have_it(nuclide: str) -> None:
    grown = on_ground(term(nuclide), dataclasses.replace(WEEK, pathways=("ground",)))
    rate = np.log(2.0) / half_life(nuclide)
    until = np.array([1.0, 6.0, 24.0, 48.0]) * 3600.0
    known = integrated_weathering(until, decay_constant=rate)
    shares = grown[[1, 6, 24, 48]] / grown[48]
    progeny = 0.02 if nuclide != "I-131" else 1e-3  # Ba-137m and Xe-133 grow in within the first hours
    assert shares == pytest.approx(known / known[-1], rel=progeny, abs=2e-3)


def test_the_last_of_the_sums_is_the_dose_of_the_window() -> None:
    week = dataclasses.replace(WEEK, pathways=("resuspension",))
    source_term = term("Cs-137", "I-131")
    grown = on_ground(source_term, week, hours=168)
    whole = response(source_term, strand_of(week, "resuspension")).deposit[0, 1, 0]
    assert grown[-1] == pytest.approx(whole, rel=1e-6)
    assert grown[168] == pytest.approx(whole, rel=1e-5), "two ways to integrate the falling factor"
    assert np.all(np.diff(grown) >= 0.0)


def test_a_window_shorter_than_the_hours_ends_the_dose() -> None:
    grown = on_ground(term("Cs-137"), Quantity("red_marrow", "adult", 36000.0, pathways=("ground",)))
    assert grown[10] == pytest.approx(grown[-1], rel=1e-6) and grown[20] == grown[10] > grown[9]


def test_strands_that_quantities_share_are_made_once() -> None:
    thyroid = Quantity("thyroid", "adult", 7 * 86400.0)
    assert len(strands_of([WEEK, thyroid])) == 7, "cloud and ground are shared; the thyroid's iodine is one more"
    assert [s.pathways[0] for s in strands_of([WEEK])] == ["cloud", "inhalation", "ground", "resuspension"]


def test_shares_of_hours_add_up_and_follow_what_was_booked() -> None:
    booked = np.zeros((6, 2, 12))
    booked[[1, 2, 4], 0, 0] = 3.0, 6.0, 1.0
    shares = np.zeros(6)
    shares_of(booked, 6, 0, 0, 1, 99.0, shares)
    assert shares.tolist() == pytest.approx([0.0, 0.3, 0.6, 0.0, 0.1, 0.0])


def test_where_nothing_was_booked_all_passes_at_the_mean_age() -> None:
    shares = np.ones(6)
    shares_of(np.zeros((6, 2, 12)), 6, 1, 0, 1, 3.4, shares)
    assert shares.tolist() == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("arrival", [0.5, 2.0, 3.7, 7.99, 8.0, 30.0])
def test_what_lies_counts_from_its_arrival_and_in_all_as_much_as_the_window(arrival: float) -> None:
    until = np.append(1.0 - np.exp(-np.arange(9) / 5.0), 1.0)
    row = np.zeros(9, dtype=np.float32)
    add_lying(row, arrival, until, 0.5)
    assert row.sum() == pytest.approx(0.5)
    assert not row[: min(int(arrival), 8)].any() and np.all(row >= 0.0)
    if arrival == 2.0:
        assert row[2:8] == pytest.approx(0.5 * np.diff(until[:7]), rel=1e-5)

import pytest

from oberih.errors import UnknownName
from oberih.zone.planning import PARTS, compare, planning_sizes


def test_every_size_has_a_source_and_a_rising_span():
    for size in planning_sizes():
        assert 0.0 < size.near <= size.far <= 300e3 and size.source and size.part in PARTS
        assert size.url or not size.verified


def test_sizes_of_the_iaea_are_those_quoted_and_marked_unverified():
    found = {s.part: (s.near, s.far, s.verified) for s in planning_sizes() if s.authority == "IAEA 2013"}
    assert found == {
        "PAZ": (3e3, 5e3, False), "UPZ": (15e3, 30e3, False), "EPD": (100e3, 100e3, False),
        "ICPD": (300e3, 300e3, False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("distance", "verdict"), [(2e3, "nearer"), (3e3, "within"), (5e3, "within"), (5.1e3, "farther")]
)
def test_a_distance_stands_nearer_within_or_farther(distance, verdict):
    row = next(r for r in compare(distance, part="PAZ") if r.size.authority == "IAEA 2013")
    assert row.verdict == verdict and row.ratio == pytest.approx(distance / 5e3)
    assert "unverified" in row.text and verdict in row.text


def test_a_band_that_touches_the_span_counts_as_within():
    row = next(r for r in compare(8e3, part="PAZ", low=4e3, high=9e3) if r.size.authority == "IAEA 2013")
    assert row.verdict == "within"


def test_another_countrys_sizes_can_be_left_out():
    assert {r.size.country for r in compare(1e4, part="UPZ", country="UA")} == {""}
    assert {r.size.country for r in compare(1e4, part="UPZ")} == {"", "DE", "CH"}
    (plan,) = compare(40e3, part="resettlement", country="UA")
    assert plan.size.far == 50e3 and plan.size.verified


def test_an_unknown_part_names_the_nearest():
    with pytest.raises(UnknownName, match="UPZ"):
        compare(1e4, part="UPS")

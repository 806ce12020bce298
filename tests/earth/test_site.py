"""The laws of sites and of their files."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.earth.site import list_sites, load_site
from oberih.errors import InputError, UnknownName
from tests.conftest import SHARED, needs_shared

GOOD = """
id = "mine"
name = "My plant"
country = "UA"
latitude = 47.51
longitude = 34.59
timezone = "Europe/Kyiv"
roughness_length = 0.1
building_height = 60
building_width = 50

[[unit]]
id = "1"
type = "PWR"
thermal_power_MW = 3000
electric_power_MW = 1000
burnup_MWd_t = 30000
shutdown = 2022-09-11T03:41:00+03:00
unverified = ["burnup"]

[[pool]]
unit = "1"
batch = [{ core_fraction = 0.25, discharged = 2019-06-01T00:00:00Z },
         { core_fraction = 0.25, discharged = 2021-06-01T00:00:00Z }]
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_user_adds_a_site_with_a_file(tmp_path: Path) -> None:
    site = load_site(written(tmp_path, GOOD))
    assert (site.id, site.name, site.name_uk) == ("mine", "My plant", "My plant")
    assert site.units[0].thermal_power == 3.0e9
    assert site.units[0].verified is False


def test_times_are_kept_in_utc(tmp_path: Path) -> None:
    shutdown = load_site(written(tmp_path, GOOD)).units[0].shutdown
    assert shutdown == int(datetime(2022, 9, 11, 0, 41, tzinfo=UTC).timestamp())


def test_the_latest_batch_comes_first(tmp_path: Path) -> None:
    years = [
        datetime.fromtimestamp(b.discharged, UTC).year for b in load_site(written(tmp_path, GOOD)).pools[0].batches
    ]
    assert years == [2021, 2019]


@pytest.mark.parametrize(
    ("instead", "of", "field", "says"),
    [
        ("latitude = 475.1", "latitude = 47.51", "latitude = 475.1", "-90..90"),
        ("latitude = nan", "latitude = 47.51", "latitude", "not a number"),
        ('latitude = "47.51 N"', "latitude = 47.51", "latitude", "not a number"),
        ("latitude = true", "latitude = 47.51", "latitude", "not a number"),
        ("thermal_power_MW = -3000", "thermal_power_MW = 3000", "unit[1].thermal_power_MW = -3000", "0.001..10000"),
        ("thermal_power_MW = 3e9", "thermal_power_MW = 3000", "unit[1].thermal_power_MW", "0.001..10000"),
        ("shutdown = 2022-09-11T03:41:00", "shutdown = 2022-09-11T03:41:00+03:00", "unit[1].shutdown", "no time zone"),
        ('shutdown = "2022-09-11"', "shutdown = 2022-09-11T03:41:00+03:00", "unit[1].shutdown", "without quotes"),
        ("shutdown = 2022-09-11", "shutdown = 2022-09-11T03:41:00+03:00", "unit[1].shutdown", "not a date and time"),
        ("operating = true\nshutdown = 2022-09-11T00:00:00Z", "shutdown = 2022-09-11T03:41:00+03:00",
         "unit[1].shutdown", "not both"),
        ("", "shutdown = 2022-09-11T03:41:00+03:00", "unit[1].shutdown", "operating = true"),
        ('roughness_lenght = 0.1\ncountry = "UA"', 'country = "UA"', "roughness_lenght",
         "did you mean roughness_length"),
        ('timezone = "Europe/Kiew"', 'timezone = "Europe/Kyiv"', "timezone", "Europe/Kiev"),
        ('unverified = ["burn"]', 'unverified = ["burnup"]', "unit[1].unverified", "burnup"),
        ("roughness_length = 100", "roughness_length = 0.1", "roughness_length = 100", "metres"),
        ('unit = "7"', 'unit = "1"', "pool.unit", "no such unit"),
        ("core_fraction = -0.25", "core_fraction = 0.25", "pool[1].batch[1].core_fraction", "0..20"),
        ("", 'country = "UA"', "country", "is missing"),
        ('country = ""', 'country = "UA"', "country", "not a text"),
        ("name = [", 'name = "My plant"', "mine.toml", "not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_in_one_line(tmp_path: Path, instead: str, of: str, field: str, says: str) -> None:
    assert GOOD.count(of) >= 1
    file = written(tmp_path, GOOD.replace(of, instead, 1))
    with pytest.raises(InputError) as caught:
        load_site(file)
    line = str(caught.value)
    assert "\n" not in line
    assert field in line
    assert says in line
    assert caught.value.exit_code == 2
    assert line.startswith(str(file))


def test_two_units_of_one_name_are_refused(tmp_path: Path) -> None:
    unit = GOOD[GOOD.index("[[unit]]") : GOOD.index("[[pool]]")]
    with pytest.raises(InputError, match="two units have the id 1"):
        load_site(written(tmp_path, GOOD + unit))


def test_a_site_without_a_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no unit"):
        load_site(written(tmp_path, GOOD[: GOOD.index("[[unit]]")]))


@given(st.text(max_size=300))
def test_any_text_is_a_site_or_is_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("any") / "any.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_site(file)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_site(tmp_path / "absent.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(GOOD.replace("My plant", "Моя").encode("utf-16"))
    with pytest.raises(InputError, match="UTF-8"):
        load_site(file)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("zaporizhia", "zaporizhzhia"), ("Zaporozhye", "zaporizhzhia"), ("Енергодар", "zaporizhzhia"),
     ("chernobyl", "chornobyl"), ("rovno", "rivne"), ("khmelnitsky", "khmelnytskyi")],
)  # fmt: skip
def test_an_unknown_name_leads_to_the_nearest(name: str, meant: str) -> None:
    with pytest.raises(UnknownName, match=meant):
        load_site(name)


@pytest.mark.parametrize("name", ["ZNPP", "Запорізька АЕС", "zaporizhzhia npp", "Zaporizhzhia"])
def test_a_site_answers_to_its_names(name: str) -> None:
    assert load_site(name).id == "zaporizhzhia"


def test_no_two_sites_share_a_name() -> None:
    names = [n.lower() for s in list_sites() for n in (s.id, s.name, s.name_uk, *s.aliases, *s.spellings)]
    assert len(names) == len(set(names))


def test_every_site_of_ukraine_is_there() -> None:
    assert {s.id for s in list_sites()} == {
        "zaporizhzhia", "rivne", "khmelnytskyi", "south-ukraine", "chornobyl", "generic"
    }  # fmt: skip


def test_zaporizhzhia_is_shut_down_since_september_2022() -> None:
    site = load_site("zaporizhzhia")
    assert [u.thermal_power for u in site.units] == [3.0e9] * 6
    latest = int(datetime(2022, 9, 12, tzinfo=UTC).timestamp())
    assert all(u.shutdown is not None and u.shutdown < latest for u in site.units)
    assert (site.latitude, site.longitude) == (47.51, 34.59)
    assert {p.unit for p in site.pools} == {u.id for u in site.units}
    assert site.dry_storage is not None


def test_no_fuel_was_discharged_after_the_shutdown_of_its_unit() -> None:
    for site in list_sites():
        for pool in site.pools:
            shutdown = site.unit(pool.unit).shutdown if pool.unit else None
            assert all(shutdown is None or b.discharged <= shutdown for b in pool.batches), site.id


def test_every_site_says_where_its_numbers_come_from() -> None:
    assert all(len(site.sources) >= 3 for site in list_sites())


@needs_shared
def test_positions_and_powers_are_those_of_the_public_list() -> None:
    with (SHARED / "data/geo_nuclear_plants/nuclear_power_plants.csv").open(encoding="utf-8") as file:
        rows = {r["IAEAId"]: r for r in csv.DictReader(file) if r["CountryCode"] == "UA"}
    compared = 0
    for site in list_sites():
        ids = re.findall(r"\b5\d\d\b", next((s for s in site.sources if "IAEA" in s), ""))
        for row in (rows[i] for i in ids if i in rows):
            number = row["Name"].rsplit("-", 1)[1]
            assert site.unit(number).electric_power == pytest.approx(1e6 * float(row["Capacity"]))
            assert site.latitude == pytest.approx(float(row["Latitude"]), abs=0.005)
            assert site.longitude == pytest.approx(float(row["Longitude"]), abs=0.05)
            compared += 1
    assert compared == 19

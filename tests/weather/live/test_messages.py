"""Laws of indexes and messages: what an index does not name is missing, and no wrong message passes."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("eccodes")

from oberih.errors import StoreFull
from oberih.far.deadline import Stopped
from oberih.weather.live.assemble import at_steps, means_of_steps, specific_humidity
from oberih.weather.live.bundle import told_apart
from oberih.weather.live.ecmwf import ECMWF
from oberih.weather.live.gfs import GFS, SPELT, lines_of
from oberih.weather.live.message import Fault, read_message
from oberih.weather.live.message_apart import message_apart
from oberih.weather.live.order import area_around
from oberih.weather.live.pieces import wanted_of
from oberih.weather.live.run import SOURCES
from oberih.weather.live.wanted import Field, Wanted
from oberih.weather.read import decoder
from tests.weather.live.conftest import RUN
from tests.weather.live.made_grib import CODES, Lattice, message
from tests.weather.live.simulator import ecmwf_file, gfs_file

LATTICE = Lattice()
AREA = area_around(47.5, 34.6)
U = next(f for f in GFS.fields if f.name == "u")
RAIN = next(f for f in GFS.fields if f.name == "prate")


def lines(entries: list[tuple[str, str, str]], lengths: list[int]) -> str:
    """An index of wgrib2's form."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return "".join(
        f"{i}:{starts[i - 1]}:d=2026112606:{name}:{level}:{when}:\n" for i, (name, level, when) in enumerate(entries, 1)
    )


WHEN = st.one_of(
    st.just("anl"), st.integers(1, 384).map(lambda h: f"{h} hour fcst"), st.just("0-1 day acc fcst"),
    st.tuples(st.integers(0, 380), st.integers(1, 6)).map(lambda p: f"{p[0]}-{p[0] + p[1]} hour ave fcst"),
)  # fmt: skip
ENTRY = st.tuples(
    st.sampled_from([*SPELT.values(), "4LFTX", "U-GWD"]),
    st.sampled_from(["850 mb", "surface", "PV=2e-06 (Km^2/kg/s) surface", "0.33-1 sigma layer", "2 m above ground"]),
    WHEN,
)


@given(entries=st.lists(ENTRY, min_size=1, max_size=12), lengths=st.data())
@settings(deadline=None)
def test_a_message_ends_where_the_next_begins(entries: list[tuple[str, str, str]], lengths: st.DataObject) -> None:
    sizes = lengths.draw(st.lists(st.integers(1, 10**6), min_size=len(entries), max_size=len(entries)), label="lengths")
    read = lines_of(lines(entries, sizes))
    assert [(line.field, line.level) for line in read] == [e[:2] for e in entries]
    assert [line.end - line.start for line in read[:-1] if line.end is not None] == sizes[:-1]
    assert read[-1].end is None


@given(text=st.text(alphabet=":0123456789 d=TMPmbhourfcst\n-", max_size=300))
@settings(deadline=None)
def test_any_text_is_read_or_passed_over(text: str) -> None:
    for line in lines_of(text):
        assert line.start >= 0 and (line.end is None or line.end > line.start)


def test_two_fields_of_one_message_end_together() -> None:
    """Older files hold both winds in one message: lines 4.1 and 4.2 with the same first byte."""
    text = "".join(
        f"{n}:d=2026112606:{f}:850 mb:anl:\n" for n, f in (("4.1:100", "U"), ("4.2:100", "V"), ("5:300", "T"))
    )
    assert [(line.start, line.end) for line in lines_of(text)] == [(100, 300), (100, 300), (300, None)]


@given(kept=st.sets(st.integers(0, 200)))
@settings(deadline=None)
def test_what_an_index_of_the_gfs_does_not_name_is_missing(kept: set[int]) -> None:
    wanted = wanted_of(GFS, 3)
    _, index = gfs_file(RUN, 3)
    part = "\n".join(line for i, line in enumerate(index.splitlines()) if i in kept)
    found, missing = GFS.places("http://x", RUN, wanted, lambda url: part.encode())
    assert {*found} | {*missing} == {*wanted} and not {*found} & {*missing}
    for one in missing:
        assert f":{SPELT[one.field.name]}:{one.level or ''}" not in part or one.field.surface != 100


@given(kept=st.sets(st.integers(0, 60)), junk=st.text(max_size=40))
@settings(deadline=None)
def test_what_an_index_of_ecmwf_does_not_name_is_missing(kept: set[int], junk: str) -> None:
    wanted = wanted_of(ECMWF, 3)
    _, index = ecmwf_file(RUN, 3, "oper")
    part = [line for i, line in enumerate(index.splitlines()) if i in kept]
    text = "\n".join([junk.replace("\n", " "), *part, "[]", "{}", "null", '{"_offset": "x"}'])
    found, missing = ECMWF.places("http://x", RUN, wanted, lambda url: text.encode())
    assert {*found} | {*missing} == {*wanted} and not {*found} & {*missing}
    assert len(found) == sum(json.loads(line)["param"] in ("u", "v", "t", "q", "w", "sp", "10u", "10v", "2t", "tp",
                             "ewss", "nsss") for line in part)  # fmt: skip


def test_an_index_of_another_run_names_nothing() -> None:
    for source, text in ((GFS, gfs_file(RUN - 21600, 3)[1]), (ECMWF, ecmwf_file(RUN - 21600, 3, "oper")[1])):
        wanted = wanted_of(source, 3)
        found, missing = source.places("http://x", RUN, wanted, lambda url, text=text: text.encode())
        assert found == {} and missing == wanted


def test_every_source_asks_for_what_the_air_needs() -> None:
    for source in SOURCES.values():
        needed = {f.name for f in source.fields if f.needed}
        assert {"u", "v", "t", "sp", "u10", "v10", "t2m", "prate"} <= needed
        assert len({f.name for f in source.fields}) == len(source.fields)
        assert {"q", "r"} & needed


def made(**changed: object) -> bytes:
    facts: dict[str, object] = {"level": 850, "run": RUN, "step": 6, "lattice": LATTICE} | changed
    return message("gfs", "u", **facts)  # type: ignore[arg-type]


def test_the_message_that_was_wanted_passes() -> None:
    read = message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA)
    assert read.values.shape == (len(read.y), len(read.x)) and (read.begin, read.end) == (21600, 21600)
    assert AREA[0] <= read.x[0] <= read.x[-1] <= AREA[2] and AREA[1] <= read.y[0] <= read.y[-1] <= AREA[3]


@pytest.mark.parametrize(("changed", "said"), [
    ({"run": RUN - 21600}, "another run"), ({"run": RUN + 86400}, "another run"), ({"step": 9}, "another step"),
    ({"level": 925}, "another level"), ({"begin": 0}, "a span"),
    ({"lattice": Lattice(north=30.0, south=10.0)}, "does not cover the area"),
])  # fmt: skip
def test_no_other_message_passes(changed: dict[str, object], said: str) -> None:
    with pytest.raises(Fault, match=said):
        message_apart(made(**changed), Wanted(U, 850, 6), run=RUN, area=AREA)


@pytest.mark.parametrize("name", [n for n in CODES if CODES[n][1] == 100 and n != "u"])
def test_no_other_field_passes(name: str) -> None:
    data = message("gfs", name, level=850, run=RUN, step=6, lattice=LATTICE)
    with pytest.raises(Fault, match="another field"):
        message_apart(data, Wanted(U, 850, 6), run=RUN, area=AREA)


def test_rain_in_a_unit_that_is_not_known_does_not_pass() -> None:
    wanted = dataclasses.replace(RAIN, codes=((0, 1, 7), (0, 1, 0)))
    data = message("gfs", "prate", run=RUN, step=6, begin=0, lattice=LATTICE)
    assert message_apart(data, Wanted(wanted, None, 6), run=RUN, area=AREA).end == 21600
    summed = dataclasses.replace(wanted, statistic="sum")
    with pytest.raises(Fault, match="is in kg"):
        message_apart(data, Wanted(summed, None, 6), run=RUN, area=AREA)


def test_a_moment_is_not_taken_for_a_mean() -> None:
    data = message("gfs", "prate", run=RUN, step=6, lattice=LATTICE)
    with pytest.raises(Fault, match="is a moment, not a mean"):
        message_apart(data, Wanted(RAIN, None, 6), run=RUN, area=AREA)


@given(cut=st.integers(0, len(made()) - 1))
@settings(max_examples=60, deadline=None)
def test_no_part_of_a_message_passes(cut: int) -> None:
    with pytest.raises(Fault):
        read_message(made()[:cut], Wanted(U, 850, 6), run=RUN, area=AREA)


@given(at=st.integers(0, len(made()) - 1), bit=st.integers(0, 7))
@settings(max_examples=80, deadline=None)
def test_a_bit_that_flipped_is_refused_or_changes_values_only(at: int, bit: int) -> None:
    """No message of another run, step or level comes of it, and the service lives on."""
    data = bytearray(made())
    data[at] ^= 1 << bit
    try:
        read = message_apart(bytes(data), Wanted(U, 850, 6), run=RUN, area=AREA)
    except Fault:
        return
    assert (read.begin, read.end) == (21600, 21600) and np.isfinite(read.values).all()


def test_messages_of_one_answer_are_told_apart() -> None:
    wanted = wanted_of(GFS, 6)
    body, _ = gfs_file(RUN, 6)
    found = told_apart(body, wanted)
    assert {*found} == {*wanted}
    for one, data in found.items():
        assert read_message(data, one, run=RUN, area=AREA).end == 21600
    shuffled = told_apart(b"".join(reversed([*found.values()])), wanted)
    assert shuffled == found


@given(cut=st.integers(0, 30_000), junk=st.binary(max_size=60))
@settings(deadline=None, max_examples=60)
def test_an_answer_that_is_cut_off_or_no_answer_is_refused(cut: int, junk: bytes) -> None:
    body, _ = gfs_file(RUN, 6)
    cut %= len(body)
    for data in (body[:cut] + b"7777", junk, b"GRIB" + junk + b"7777", body[:cut]):
        try:
            found = told_apart(data, wanted_of(GFS, 6))
        except Fault:
            continue
        assert all(message.startswith(b"GRIB") and message.endswith(b"7777") for message in found.values())


def test_a_reader_runs_nothing_out_of_the_folder_that_we_are_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("oberih.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("oberih.weather.read.decoder._waiting", {})
    assert message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA).end == 21600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="writes to /dev/full")
@pytest.mark.parametrize("where", ["/dev/full", "/nowhere/at/all"])
def test_a_disk_without_room_or_place_is_told_as_that(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path(where)
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **options: place.open("r+b", buffering=0))
    with pytest.raises(StoreFull, match="no room in"):
        message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> subprocess.Popen[bytes]:
    """The one process that reads, so far."""
    monkeypatch.setattr("oberih.weather.live.message_apart._free", threading.Semaphore(1))
    monkeypatch.setattr("oberih.weather.read.decoder._waiting", {})
    message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA)
    ((one,),) = decoder._waiting.values()
    return one.process


def test_a_reader_that_dies_costs_its_message_only(reader: subprocess.Popen[bytes]) -> None:
    reader.send_signal(signal.SIGSTOP)
    end = threading.Timer(0.5, reader.send_signal, [signal.SIGSEGV])
    goes_on = threading.Timer(0.6, reader.send_signal, [signal.SIGCONT])
    end.start()
    goes_on.start()
    with pytest.raises(Fault, match=r"its decoder died, the library crashed on it \(SIGSEGV\)"):
        message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA)
    goes_on.join()
    assert message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA).end == 21600


def test_readers_answer_many_at_once() -> None:
    wrong: list[BaseException] = []

    def ask(step: int) -> None:
        try:
            assert message_apart(made(step=step), Wanted(U, 850, step), run=RUN, area=AREA).end == 3600 * step
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask, args=(step,)) for step in range(0, 36, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_reader_that_hangs_keeps_nobody_who_wants_it_no_more(reader: subprocess.Popen[bytes]) -> None:
    """Neither who waits for its answer nor who waits for his turn."""
    reader.send_signal(signal.SIGSTOP)
    ended = threading.Event()
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            message_apart(made(), Wanted(U, 850, 6), run=RUN, area=AREA, stopped=ended.is_set)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    assert raised == []
    ended.set()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began < 20.0  # a reader that does not answer is else ended after a minute
    assert [type(error) for error in raised] == [Stopped] * 3
    assert reader.poll() == -signal.SIGKILL


RATES = st.lists(st.floats(0.0, 1e-2), min_size=2, max_size=12)


@given(rates=RATES, statistic=st.sampled_from(["mean", "sum"]), anew=st.integers(1, 5))
@settings(deadline=None)
def test_means_and_sums_since_a_start_become_the_means_they_were_made_of(
    rates: list[float], statistic: str, anew: int
) -> None:
    """As the GFS begins anew every two steps, and ECMWF never."""
    values, spans = [], []
    for i in range(len(rates)):
        first = i // anew * anew
        total = sum(10800.0 * r for r in rates[first : i + 1])
        spans.append((10800 * first, 10800 * (i + 1)))
        values.append(np.float32([total / (10800.0 * (i + 1 - first)) if statistic == "mean" else total]))
    means, own = means_of_steps(values, spans, statistic)
    assert [end - begin for begin, end in own] == [10800] * len(rates)
    assert [float(m[0]) for m in means] == pytest.approx(rates, abs=2e-8 * 10 if statistic == "mean" else 2e-7)


@given(rates=RATES)
@settings(deadline=None)
def test_values_at_the_steps_hold_what_the_means_held(rates: list[float]) -> None:
    means = [np.float32([r]) for r in rates]
    at = at_steps(means, first=True)[:, 0]
    assert len(at) == len(rates) + 1
    total = float(np.sum(0.5 * (at[1:] + at[:-1])))
    assert total == pytest.approx(sum(rates), rel=1e-5, abs=1e-9)
    assert at.min() >= 0.0


def test_humidity_is_that_of_the_tables() -> None:
    """Saturated air of 20 °C at 1000 hPa holds 14.7 g/kg, of 0 °C 3.8 g/kg (WMO tables; Bolton's formula, 0.5 %)."""
    warm, cold = (specific_humidity(np.float32([1.0]), np.float32([t]), np.array([1e5])) for t in (293.15, 273.15))
    assert float(warm[0]) == pytest.approx(0.0147, rel=0.01)
    assert float(cold[0]) == pytest.approx(0.0038, rel=0.01)


@given(latitude=st.floats(-70.0, 70.0), longitude=st.floats(-180.0, 360.0))
@settings(deadline=None)
def test_a_plume_of_a_thousand_kilometres_stays_inside_the_area(latitude: float, longitude: float) -> None:
    west, south, east, north = area_around(latitude, longitude)
    assert (latitude - south) * 111.2e3 > 1000e3 and (north - latitude) * 111.2e3 > 1000e3
    narrow = np.cos(np.radians(latitude))
    assert (longitude - west) * 111.2e3 * narrow > 1000e3 and (east - longitude) * 111.2e3 * narrow > 1000e3


def test_fields_are_wanted_once_a_level() -> None:
    assert len(wanted_of(GFS, 3)) == len({*wanted_of(GFS, 3)})
    assert all(w.field.statistic == "instant" for w in wanted_of(GFS, 0))
    assert isinstance(U, Field)

"""Laws of the store of what is handed in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oberih.case.reach.uploads import Uploads, scenario_named
from oberih.earth.site import load_site
from oberih.errors import InputError, UnknownName

SITE = load_site("zaporizhzhia")


def table(activity: float) -> bytes:
    return f"hour,nuclide,activity_TBq\n0,Cs-137,{activity}\n".encode() + b"# " + b"x" * 4000 + b"\n"


def test_the_oldest_makes_room_for_the_newest(tmp_path: Path) -> None:
    store = Uploads(tmp_path, room=14_000)
    ids = []
    for age, activity in enumerate((1.0, 2.0, 3.0)):
        ids.append(store.take("source-term", table(activity), site=SITE).id)
        os.utime(tmp_path / "uploads" / ids[-1], (age, age))
    store.take("source-term", table(1.0), site=SITE)  # handed in again: it is the newest now
    store.take("source-term", table(4.0), site=SITE)
    assert store.get(ids[0]).id == ids[0]
    with pytest.raises(UnknownName, match="hand it in again"):
        store.get(ids[1])


def test_a_source_term_is_a_scenario_by_its_id(tmp_path: Path) -> None:
    store = Uploads(tmp_path)
    upload = store.take("source-term", table(7.0), site=SITE, name="leak.csv")
    scenario = scenario_named(f"upload:{upload.id}", store)
    assert scenario.title == {"en": "leak.csv", "uk": "leak.csv"}
    assert [(r.nuclide, r.activity) for r in scenario.rows] == [("Cs-137", 7e12)]


@pytest.mark.parametrize("name", ["../secret.toml", "/etc/passwd", "upload:../../x", "upload:" + "0" * 16, "cask.csv"])
def test_no_name_from_the_network_is_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownName):
        scenario_named(name, Uploads(tmp_path))


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    store = Uploads(tmp_path)
    with pytest.raises(InputError):
        store.take("source-term", b"hour,nuclide\n", site=SITE)
    assert list((tmp_path / "uploads").iterdir()) == []

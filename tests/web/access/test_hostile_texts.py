"""The material for tests of pages is what it says, and what is refused at the door stays out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from oberih.case.prove.keeping import Keeping
from oberih.earth.site import load_site
from oberih.web.access.accounts import accounts
from tests.web.access.people import PASSWORD, House
from tests.web.hostile import HOSTILE, hostile_accounts, hostile_site, store_hostile

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)


def test_hostile_texts_are_kept_as_they_are_and_given_as_data(people: House, tmp_path: Path) -> None:
    keeping = people.settings.keeping
    assert store_hostile(keeping, now=NOW) == len(HOSTILE)
    client = people.signed_in("reader")
    answer = client.get("/api/v1/evidence/records?limit=50")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.status_code == 200


def test_a_hostile_site_can_be_read(tmp_path: Path) -> None:
    assert load_site(str(hostile_site(tmp_path))).name == HOSTILE[1]


def test_hostile_descriptions_of_accounts_are_kept_as_data(people: House) -> None:
    names = hostile_accounts(people.porter, PASSWORD)
    with people.porter.file.reading() as connection:
        kept = {one.name: one.about for one in accounts(connection)}
    assert len(names) >= 10 and all("<" in kept[name] or "'" in kept[name] or ":" in kept[name] or "{" in kept[name]
                                    for name in names)  # fmt: skip
    shown = people.signed_in("administrator").get("/api/v1/accounts")
    assert shown.headers["content-type"] == "application/json"
    assert "<script>" not in people.signed_in("administrator").get("/account").text.replace("<script type", "")


def test_the_record_is_elsewhere_than_the_accounts(people: House) -> None:
    assert isinstance(people.settings.keeping, Keeping)
    assert Path(people.settings.keeping.store) != people.settings.users

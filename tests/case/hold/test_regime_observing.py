"""What our own record says counts as it was recorded, and as it was corrected."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from oberih.case.hold.observing import observation_of, observations_in
from oberih.case.hold.regime import Asked, evidence_for, judge_regime
from oberih.errors import InputError
from oberih.evidence.keys import new_key_file
from oberih.evidence.log import Log
from oberih.evidence.record import Record, read_record
from tests.case.regime_material import write_material

NOW = datetime(2022, 7, 20, 12, tzinfo=UTC)


def record(name: str, **more: Any) -> Record:
    fields: dict[str, Any] = {
        "id": name, "kind": "observation", "text": "boats counted", "happened": {"from": "2022-07-10"},
        "known_on": "2022-07-11", "source": {"who": "harbour office", "channel": "inspected"},
        "data": {"indicator": "boats", "subject": "north", "value": 60},
    }  # fmt: skip
    return read_record({**fields, **more}, now=NOW)


def keep(folder: Path, *records: Record, at: datetime = NOW) -> str:
    where, key = folder / "record.sqlite", folder / "key.pem"
    signer = new_key_file(key, name="custodian", passphrase=None)
    with closing(Log(str(where), create=True)) as log:
        log.append(records, signer=signer, now=at)
    return str(where)


def test_every_field_of_a_record_reaches_its_observation() -> None:
    seen = observation_of(record(
        "r1", happened={"from": "2022-06"}, known_on="2022-07", reliability="B", credibility=2,
        claims=[{"by": "south", "says": "there are more"}],
        place={"longitude": 34.5, "latitude": 47.5, "uncertainty_m": 500},
        data={"indicator": "boats", "subject": "north", "value": 60, "affirmed_by": ["a", "b"], "verified": False},
    ))  # fmt: skip
    assert (seen.date, seen.end, seen.known_on) == (date(2022, 6, 1), date(2022, 6, 30), date(2022, 7, 31))
    assert (seen.value, seen.given, seen.channel, seen.source) == (60.0, True, "inspected", "harbour office")
    assert (seen.reliability, seen.credibility, seen.affirmed_by) == ("B", 2, ("a", "b"))
    assert (seen.claims, seen.verified) == ((("south", "there are more"),), False)
    assert (seen.longitude, seen.latitude, seen.uncertainty) == (34.5, 47.5, 500.0)


def test_asked_and_not_given_is_an_observation() -> None:
    seen = observation_of(record("r1", data={"indicator": "boats", "subject": "north", "given": False}))
    assert (seen.given, seen.value) == (False, None)


@pytest.mark.parametrize(
    ("data", "field"),
    [({"subject": "north", "value": 1}, "data.indicator"), ({"indicator": "boats", "value": 1}, "data.subject"),
     ({"indicator": "boats", "subject": "north"}, "data.value"),
     ({"indicator": "boats", "subject": "north", "value": [1]}, "data.value"),
     ({"indicator": "boats", "subject": "north", "value": True}, "data.value"),
     ({"indicator": "boats", "subject": "north", "value": 1, "given": False}, "data.value"),
     ({"indicator": "boats", "subject": "north", "given": "no"}, "data.given"),
     ({"indicator": 7, "subject": "north", "value": 1}, "data.indicator"),
     ({"indicator": "boats", "subject": "north", "value": 1, "affirmed_by": "a"}, "data.affirmed_by")],
)  # fmt: skip
def test_what_cannot_be_an_observation_is_refused_with_its_record_and_field(data: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        observation_of(record("r9", data=data))
    assert (refused.value.file, refused.value.field) == ("record r9", field)


def test_an_observation_without_a_date_is_refused() -> None:
    with pytest.raises(InputError, match=r"record r9: happened.from: is missing"):
        observation_of(record("r9", happened=None))


def test_other_kinds_of_records_are_no_observations(tmp_path: Path) -> None:
    where = keep(tmp_path, record("r1"), read_record({"id": "e1", "kind": "event", "text": "a siren"}, now=NOW))
    with closing(Log(where)) as log:
        assert [o.id for o in observations_in(log.entries())] == ["r1"]


def test_a_record_that_says_not_when_it_became_known_was_known_when_it_was_written(tmp_path: Path) -> None:
    where = keep(tmp_path, record("r1", known_on=None))
    with closing(Log(where)) as log:
        (seen,) = observations_in(log.entries())
    assert seen.known_on == NOW.date()


def test_a_corrected_record_no_longer_counts_and_says_by_what(tmp_path: Path) -> None:
    better = record("r2", corrects="r1", data={"indicator": "boats", "subject": "north", "value": 130})
    asked = Asked(str(write_material(tmp_path)[0]), date(2022, 7, 21), record=keep(tmp_path, record("r1"), better))
    finding = next(f for f in judge_regime(asked).findings if (f.obligation, f.subject) == ("A", "north"))
    assert (finding.status, finding.counted) == ("compromised", ("r2",))
    assert ("r1", "is corrected by r2") in finding.set_aside


def test_a_correction_counts_only_from_when_it_was_known(tmp_path: Path) -> None:
    better = record("r2", corrects="r1", known_on="2022-07-19",
                    data={"indicator": "boats", "subject": "north", "value": 130})  # fmt: skip
    where, (regime, _) = keep(tmp_path, record("r1"), better), write_material(tmp_path)
    for known_by, status in ((date(2022, 7, 15), "holds"), (date(2022, 7, 19), "compromised")):
        asked = Asked(str(regime), date(2022, 7, 21), known_by=known_by, record=where)
        finding = next(f for f in judge_regime(asked).findings if (f.obligation, f.subject) == ("A", "north"))
        assert finding.status == status


def test_a_withdrawal_takes_its_observation_out(tmp_path: Path) -> None:
    gone = read_record({"id": "w1", "kind": "correction", "text": "counted wrongly", "corrects": "r1"}, now=NOW)
    where, (regime, _) = keep(tmp_path, record("r1"), gone), write_material(tmp_path)
    finding = judge_regime(Asked(str(regime), date(2022, 7, 21), record=where)).findings[0]
    assert (finding.status, finding.set_aside) == ("unknown", (("r1", "is corrected by w1"),))


def test_a_withdrawal_that_became_known_later_takes_nothing_out_before(tmp_path: Path) -> None:
    gone = read_record({"id": "w1", "kind": "correction", "text": "counted wrongly", "corrects": "r1",
                        "known_on": "2022-07-19"}, now=NOW)  # fmt: skip
    where, (regime, _) = keep(tmp_path, record("r1"), gone), write_material(tmp_path)
    for known_by, counted in ((date(2022, 7, 18), ("r1",)), (date(2022, 7, 19), ())):
        asked = Asked(str(regime), date(2022, 7, 21), known_by=known_by, record=where)
        assert judge_regime(asked).findings[0].counted == counted


def test_an_observation_that_cannot_be_read_is_healed_by_its_correction(tmp_path: Path) -> None:
    broken, better = record("r1", data={"indicator": "boats"}), record("r2", corrects="r1")
    where = keep(tmp_path, broken, better)
    with closing(Log(where)) as log:
        assert [o.id for o in observations_in(log.entries())] == ["r2"]
    alone = tmp_path / "alone"
    alone.mkdir()
    with pytest.raises(InputError, match="record r1"):
        evidence_for(Asked("new-start", date(2022, 7, 21), record=keep(alone, broken)))


def test_a_page_names_the_store_without_its_folder_or_password(tmp_path: Path) -> None:
    evidence = evidence_for(Asked("new-start", date(2022, 7, 21), record=keep(tmp_path, record("r1"))))
    assert evidence.rests_on[-1] == ("own record", "record.sqlite", 1)


def test_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        evidence_for(Asked("new-start", date(2022, 7, 21), record=str(tmp_path / "none.sqlite")))

"""What the board's addresses give is what the stories and the terminal give."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oberih.case.hold import findings_export, regime_board
from oberih.case.hold.findings_export import recompute_export
from oberih.case.hold.judgement import Judgement
from oberih.case.hold.oscal import as_oscal
from oberih.case.hold.regime import Asked, judge_regime
from oberih.case.hold.regime_words import WORDS
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import correct, record_one
from oberih.language.catalogue import LANGUAGES, catalogue
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings

BASE = "/api/v1/regimes"
NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
LINES: dict[str, Any] = {
    "kind": "observation", "id": "lines-now", "text": "two lines carry power", "happened": {"from": "2026-03-01"},
    "known_on": "2026-03-02", "source": {"who": "a mission", "channel": "inspected"},
    "data": {"indicator": "offsite-lines", "subject": "zaporizhzhia", "value": 2},
}  # fmt: skip


def client_of(kept: Keeping) -> TestClient:
    app = create_app(ServeSettings(keeping=kept), clock=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture
def kept(tmp_path: Path) -> Keeping:
    return Keeping(str(tmp_path / "secret-folder" / "record.sqlite"), key=tmp_path / "key.pem", environment={})


@pytest.fixture
def asked(kept: Keeping) -> TestClient:
    return client_of(kept)


def test_every_regime_that_ships_is_on_the_list_with_its_worst_state(asked: TestClient) -> None:
    said = asked.get(BASE).json()
    assert said["own_record"] is False and said["as_of"] == "2026-03-04"
    for row in said["regimes"]:
        judgement = judge_regime(Asked(row["id"], NOW.date()))
        assert (row["worst"], row["statuses"]) == (judgement.worst(), judgement.statuses())
        assert sum(row["statuses"].values()) + row["apart"] == len(judgement.findings)


@pytest.mark.parametrize("day", ["2022-09-02", "2024-04-08"])
def test_the_board_of_a_day_is_what_the_rules_give(asked: TestClient, day: str) -> None:
    said = asked.get(f"{BASE}/seven-pillars?as_of={day}&known_by={day}").json()
    found = judge_regime(Asked("seven-pillars", date.fromisoformat(day), date.fromisoformat(day))).findings
    assert [(f["obligation"], f["subject"], f["status"], f["why"], f["inputs_sha256"]) for f in said["findings"]] == [
        (f.obligation, f.subject, f.status, f.why, f.inputs_sha256) for f in found
    ]


def test_texts_come_in_the_language_asked_for(asked: TestClient) -> None:
    english, ukrainian = (asked.get(f"{BASE}/seven-pillars?lang={lang}").json() for lang in LANGUAGES)
    assert english["regime"]["title"].startswith("Seven") and ukrainian["regime"]["title"].startswith("Сім")
    assert english["findings"] == ukrainian["findings"]


def test_an_observation_of_the_own_record_counts_and_leads_to_its_record(kept: Keeping, asked: TestClient) -> None:
    before = asked.get(f"{BASE}/seven-pillars/obligations/P4").json()
    record_one(kept, LINES, now=NOW)
    after = asked.get(f"{BASE}/seven-pillars/obligations/P4").json()
    own = [o for o in after["observations"] if o["recorded"]]
    assert [o["id"] for o in own] == ["lines-now"] and not any(o["recorded"] for o in before["observations"])
    finding = next(f for f in after["board"]["findings"] if f["subject"] == "zaporizhzhia")
    assert "lines-now" in finding["counted"] and finding["unknown_parts"] == 1
    assert asked.get(f"/api/v1/evidence/record?id={own[0]['id']}").status_code == 200


def test_a_correction_is_seen_at_once_and_what_was_known_before_stays(kept: Keeping, asked: TestClient) -> None:
    record_one(kept, LINES, now=NOW)
    assert asked.get(BASE).json()["own_record"] is True
    new = correct(kept, "lines-now", {"data": {"value": 0}, "known_on": "2026-03-04"}, now=NOW)

    def counted(query: str) -> list[str]:
        said = asked.get(f"{BASE}/seven-pillars/obligations/P4{query}").json()
        return next(f for f in said["board"]["findings"] if f["subject"] == "zaporizhzhia")["counted"]  # type: ignore[no-any-return]

    assert new.records[0][1] in counted("") and "lines-now" not in counted("")
    assert "lines-now" in counted("?known_by=2026-03-03") and new.records[0][1] not in counted("?known_by=2026-03-03")


def test_an_obligation_names_what_was_set_aside_and_why(asked: TestClient) -> None:
    said = asked.get(f"{BASE}/seven-pillars/obligations/P4?as_of=2024-01-01").json()
    known = {o["id"] for o in said["observations"]}
    for finding in said["board"]["findings"]:
        assert {*finding["counted"], *(a["id"] for a in finding["set_aside"])} <= known
        assert all(a["why"] for a in finding["set_aside"])
    assert [o["id"] for o in said["board"]["obligations"]] == ["P4"]


def test_stretches_of_a_history_cover_every_day_once(asked: TestClient) -> None:
    said = asked.get(f"{BASE}/seven-pillars/history?start=2022-01-01&end=2024-12-31").json()
    for line in said["lines"]:
        day = date(2022, 1, 1)
        for stretch in line["stretches"]:
            assert date.fromisoformat(stretch["start"]) == day
            day = date.fromisoformat(stretch["end"]) + timedelta(1)
        assert day == date(2025, 1, 1)


@pytest.mark.parametrize("day", ["2022-10-20", "2023-06-01", "2024-04-08"])
def test_a_history_says_of_a_day_what_the_board_of_that_day_says(asked: TestClient, day: str) -> None:
    lines = asked.get(f"{BASE}/seven-pillars/history?end={day}").json()["lines"]
    board = asked.get(f"{BASE}/seven-pillars?as_of={day}").json()["findings"]
    last = {(row["obligation"], row["subject"]): row["stretches"][-1]["status"] for row in lines}
    assert last == {(f["obligation"], f["subject"]): f["status"] for f in board}


def test_a_history_that_would_take_too_long_is_refused(asked: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regime_board, "MOST_DAYS", 10)
    answer = asked.get(f"{BASE}/seven-pillars/history")
    assert answer.status_code == 422 and "shorter" in answer.json()["detail"]


def test_the_same_question_is_judged_once(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, judged = client_of(kept), []

    def counted(question: Asked) -> Judgement:
        judged.append(question)
        return judge_regime(question)

    monkeypatch.setattr(regime_board, "judge_regime", counted)
    first = asked.get(f"{BASE}/new-start").content
    assert asked.get(f"{BASE}/new-start").content == first and len(judged) == 1
    record_one(kept, LINES, now=NOW)
    asked.get(f"{BASE}/new-start")
    assert len(judged) == 2


def test_exports_are_those_of_the_terminal_and_can_be_computed_again(asked: TestClient) -> None:
    day = date(2024, 6, 1)
    judgement = judge_regime(Asked("seven-pillars", day))
    at = f"{BASE}/seven-pillars/export"
    data = asked.get(f"{at}/json?as_of={day}")
    assert data.content == findings_export.as_json(judgement)
    assert data.headers["content-disposition"] == 'attachment; filename="seven-pillars-2024-06-01.json"'
    assert recompute_export(data.content, "seven-pillars") == (14, 14)
    assert asked.get(f"{at}/csv?as_of={day}").content == findings_export.as_csv(judgement)
    assert asked.get(f"{at}/oscal?as_of={day}").content == as_oscal(judgement).data
    assert asked.get(f"{at}/md?as_of={day}&lang=uk").text.startswith("# Сім")
    one = asked.get(f"{at}/json?as_of={day}&obligation=P4").content
    assert {f["obligation"] for f in json.loads(one)["findings"]} == {"P4"}
    for form in ("json", "csv", "md"):
        assert asked.get(f"{BASE}/new-start/history/export/{form}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404), ("/..%2f..%2fetc%2fpasswd", 404), ("/seven-pillars/obligations/P99", 404),
        ("/seven-pillars?as_of=2030-01-01", 422), ("/seven-pillars?as_of=1200-01-01", 422),
        ("/seven-pillars?as_of=yesterday", 422), ("/seven-pillars?known_by=2030-01-01", 422),
        ("/seven-pillars/history?start=2026-01-01&end=2025-01-01", 422), ("/seven-pillars/export/exe", 422),
        ("/seven-pillars/history?obligation=P99", 404), ("?lang=ru", 422),
        ("/seven-pillars/history?start=1000-01-01", 422),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_a_problem(asked: TestClient, path: str, status: int) -> None:
    answer = asked.get(BASE + path)
    assert answer.status_code == status, answer.text


def test_no_file_that_a_stranger_names_is_judged(asked: TestClient, tmp_path: Path) -> None:
    (tmp_path / "evil.toml").write_text("id = 1")
    assert asked.get(f"{BASE}/{str(tmp_path / 'evil.toml').replace('/', '%2F')}").status_code == 404
    assert asked.get(f"{BASE}/evil.toml").status_code == 404


def test_an_observation_that_no_rule_can_read_is_told_without_the_place_of_the_store(
    kept: Keeping, asked: TestClient
) -> None:
    bad = {**LINES, "id": "bad", "data": {"indicator": "offsite-lines", "subject": "zaporizhzhia"}}
    record_one(kept, bad, now=NOW)
    answer = asked.get(BASE)
    assert answer.status_code == 422 and "record bad" in answer.json()["detail"]
    assert "secret-folder" not in answer.text


def test_the_page_says_states_in_the_terminal_s_words() -> None:
    for at, language in enumerate(LANGUAGES):
        said = {k.removeprefix("regimes.word-"): v for k, v in catalogue(language).items() if "regimes.word-" in k}
        known = {k.replace(" ", "-"): v[at] for k, v in WORDS.items() if k != "in force"}
        assert len(said) > 50 and said == {k: known[k] for k in said}


# participation


def test_figures_stand_side_by_side_and_a_conflict_is_told(asked: TestClient) -> None:
    events = asked.get("/api/v1/participation/events").json()
    disputed = [e for e in events if "participants" in e["conflicts"]]
    assert disputed
    for event in disputed:
        assert len({f["value"] for f in event["figures"] if f["what"] == "participants"}) > 1
        assert len({f["by"] for f in event["figures"] if f["what"] == "participants"}) > 1


def test_votes_lead_to_those_who_cast_them_and_back(asked: TestClient) -> None:
    positions = asked.get("/api/v1/participation/positions").json()
    named = next(p for p in positions if asked.get(f"/api/v1/participation/positions/{p['id']}").json()["votes"])
    vote = asked.get(f"/api/v1/participation/positions/{named['id']}").json()["votes"][0]
    actor = asked.get(f"/api/v1/participation/actors/{vote['actor']}").json()
    assert {"position": named["id"], "vote": vote["vote"]}.items() <= actor["votes"][0].items() or any(
        v["position"] == named["id"] and v["vote"] == vote["vote"] for v in actor["votes"]
    )


def test_what_was_not_public_yet_is_not_there(asked: TestClient) -> None:
    early = asked.get("/api/v1/participation/events?as_of=2010-01-01").json()
    everything = asked.get("/api/v1/participation/events").json()
    late = next(e["id"] for e in everything if e["id"] not in {one["id"] for one in early})
    assert 0 < len(early) < len(everything)
    assert asked.get(f"/api/v1/participation/events/{late}?as_of=2010-01-01").status_code == 404
    assert asked.get("/api/v1/participation/actors/Atlantis").status_code == 404
    assert asked.get("/api/v1/participation/positions/none").status_code == 404

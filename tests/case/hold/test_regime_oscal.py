"""What goes out as OSCAL is not bent on the way."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.oscal import as_oscal, expressible
from oberih.case.hold.regime import Asked, judge_regime
from oberih.regimes.read.regime_file import list_regimes
from tests.case.regime_material import write_material

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def judgement(tmp_path: Path) -> Judgement:
    regime, table = write_material(tmp_path)
    return judge_regime(Asked(str(regime), date(2022, 5, 15), tables=(table,)))


def result_of(judgement: Judgement) -> dict[str, Any]:
    results: dict[str, Any] = json.loads(as_oscal(judgement).data)["assessment-results"]["results"][0]
    return results


def values(item: dict[str, Any], name: str) -> list[str]:
    return [p["value"] for p in item["props"] if p["name"] == name]


def test_every_finding_goes_out_exactly_once(judgement: Judgement) -> None:
    result = result_of(judgement)
    said = [(values(f, "obligation")[0], values(f, "subject")[0]) for f in result["findings"]]
    unsaid = [
        (values(o, "obligation")[0], values(o, "subject")[0])
        for o in result["observations"] if o.get("types") == ["finding"]
    ]  # fmt: skip
    assert sorted(said + unsaid) == sorted((f.obligation, f.subject) for f in judgement.findings)


def test_only_what_two_states_can_say_becomes_a_finding(judgement: Judgement) -> None:
    states = {values(f, "status")[0]: f["target"]["status"]["state"] for f in result_of(judgement)["findings"]}
    assert states == {"holds": "satisfied"}
    contested = next(f for f in judgement.findings if f.contested_by)
    assert contested.status == "compromised" and not expressible(contested)
    for regime in list_regimes():
        for finding in judge_regime(Asked(regime.id, date(2023, 4, 15))).findings:
            wanted = (
                finding.status in {"holds", "compromised"} and finding.applicability == "in-force"
                and not finding.contested_by
            )  # fmt: skip
            assert expressible(finding) == wanted


def test_a_breach_that_nobody_contests_is_not_satisfied() -> None:
    result = result_of(judge_regime(Asked("new-start", date(2023, 4, 15))))
    states = {(values(f, "obligation")[0], values(f, "status")[0]): f["target"]["status"] for f in result["findings"]}
    assert states["NS-D1", "compromised"] == {"state": "not-satisfied", "reason": "fail"}


def test_the_document_says_how_many_could_not_be_said(judgement: Judgement) -> None:
    export, result = as_oscal(judgement), result_of(judgement)
    assert export.as_findings + export.as_observations == len(judgement.findings)
    assert values(result, "findings-as-observations") == [str(export.as_observations)]
    assert result["remarks"].startswith(f"{export.as_observations} of {len(judgement.findings)} findings")


def test_the_same_judgement_gives_the_same_bytes_and_its_day_as_time(judgement: Judgement) -> None:
    assert as_oscal(judgement).data == as_oscal(judgement).data
    document = json.loads(as_oscal(judgement).data)["assessment-results"]
    assert document["metadata"]["last-modified"] == "2022-05-15T00:00:00Z"


def test_identifiers_are_unique_and_every_reference_is_there(judgement: Judgement) -> None:
    document = json.loads(as_oscal(judgement).data)["assessment-results"]
    result = document["results"][0]
    resource = document["back-matter"]["resources"][0]
    named = [document["uuid"], result["uuid"], resource["uuid"]]
    named += [item["uuid"] for item in (*result["findings"], *result["observations"])]
    assert len(set(named)) == len(named)
    assert all(UUID.fullmatch(name) for name in named)
    assert document["import-ap"]["href"] == f"#{resource['uuid']}"
    seen = {o["uuid"] for o in result["observations"]}
    assert {r["observation-uuid"] for f in result["findings"] for r in f.get("related-observations", [])} <= seen
    reviewed = {c["control-id"] for c in result["reviewed-controls"]["control-selections"][0]["include-controls"]}
    assert {f["target"]["target-id"] for f in result["findings"]} <= reviewed


def test_no_claim_is_told_as_a_fact(tmp_path: Path) -> None:
    regime, table = write_material(tmp_path)
    result = result_of(judge_regime(Asked(str(regime), date(2022, 8, 1), tables=(table,))))
    a3 = next(o for o in result["observations"] if o["title"] == "a3")
    assert "festival" not in a3["description"]
    assert a3["remarks"] == "Claims, kept as claims: south says: they hide more | north says: it was a festival"

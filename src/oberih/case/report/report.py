"""How is an answer told to those who decide, and to those who must defend it?

The story of the report: a plan is made, or a kept one is read and held against its digests; what moves the distance is
added; and the same facts become two pages and annexes in each language, as PDF and as HTML, by the same `Report`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oberih.case.progress import Progress
from oberih.case.reach.answer import Answer
from oberih.case.reach.plan import planned
from oberih.case.reach.products import check_paths, distances_csv
from oberih.case.reach.request import PlanRequest
from oberih.case.reach.sources import Released, released
from oberih.case.report.facts import Facts, facts_from, facts_of
from oberih.case.report.laid_out import laid_out
from oberih.case.report.sensitivity import sensitivity
from oberih.earth.grid import Grid
from oberih.earth.places import places_near
from oberih.earth.site import Site, load_site
from oberih.errors import CorruptStore, InputError
from oberih.evidence.check import check_products
from oberih.evidence.digest import sha256_of_array, sha256_of_file, sha256_of_value
from oberih.evidence.keep import RESULT, keep_products
from oberih.evidence.provenance import Provenance, software_versions
from oberih.language.catalogue import LANGUAGES
from oberih.picture.report import plain
from oberih.picture.report_html import draw_report_html
from oberih.picture.report_pdf import draw_pdf, typst_version
from oberih.release import load_scenario
from oberih.zone.criteria import load_criteria
from oberih.zone.geojson import collection_geojson

__all__ = ["FORMS", "documents", "printed", "report", "report_from", "report_tag"]

FORMS = ("pdf", "html")
"""In which a report is written."""


def report(
    request: PlanRequest, *, languages: Sequence[str] = LANGUAGES, regimes: Mapping[str, Any] | None = None,
    progress: Progress,
) -> Answer:  # fmt: skip
    """Make a plan and its report.

    Parameters
    ----------
    request : PlanRequest
        With a folder to write to.
    languages : sequence of str
        Of `oberih.language.catalogue.LANGUAGES`.
    regimes : mapping, optional
        As `oberih.case.report.regimes.regimes_on`.
    progress : Progress

    Returns
    -------
    Answer
        With the files written: a PDF and a page a language, the zones, the distances and ``result.json``.

    Raises
    ------
    InputError, StoreError, SourceUnavailable
        As `oberih.case.reach.plan.plan`.
    """
    _check(languages)
    made = planned(request, progress=progress)
    progress.stage("what moves the distance")
    moves = sensitivity(made)
    progress.stage("report")
    facts = dataclasses.replace(facts_of(made, moves), regimes=regimes)
    zones = {**collection_geojson(made.features()), "provenance": made.provenance.digest}
    products = {
        "zones.geojson": (json.dumps(zones, ensure_ascii=False, sort_keys=True) + "\n").encode(),
        "distances.csv": distances_csv(made.found), **documents(facts, languages),
    }  # fmt: skip
    return _kept(request.out, products, made.answer, facts, languages, progress)


def report_from(
    folder: Path, *, site: str, out: Path, languages: Sequence[str] = LANGUAGES, scenarios: Sequence[str] = (),
    criteria: str | None = None, cache: Path | None = None, regimes: Mapping[str, Any] | None = None,
    progress: Progress,
) -> Answer:  # fmt: skip
    """Make the report of a kept plan; nothing is computed anew.

    Parameters
    ----------
    folder : Path
        Of ``oberih plan`` or ``oberih report``.
    site : str
        Name or file of its site.
    out : Path
        Another folder: a kept result is not touched.
    languages : sequence of str
    scenarios : sequence of str
        Files of releases that are not known by name.
    criteria : str, optional
        File of a set that is not known by name.
    cache : Path, optional
        Of tables of places.
    regimes : mapping, optional
        In place of those that the result holds.
    progress : Progress

    Raises
    ------
    InputError
        If the folder holds no plan, is to be written into, or names a site, criteria or release other than given.
    CorruptStore
        If a product was changed.
    """
    _check(languages)
    if out.resolve() == folder.resolve():
        raise InputError("would overwrite what was kept", field="--out", value=str(out), cure="choose another folder")
    check_paths(out, None)
    progress.stage("report")
    manifest = check_products(folder)
    facts = _facts_kept(folder, manifest, site=site, scenarios=scenarios, criteria=criteria, cache=cache)
    facts = dataclasses.replace(facts, regimes=regimes or manifest["result"].get("regimes"))
    products = {
        "zones.geojson": (folder / "zones.geojson").read_bytes(),
        "distances.csv": (folder / "distances.csv").read_bytes(), **documents(facts, languages),
    }  # fmt: skip
    answer = Answer(
        title=facts.site.name, weather_label=str(facts.result["weather"]["label"]),
        weather_source=str(facts.result["weather"]["source"]), criteria=facts.criteria.title,
        percentile=facts.percentile, reaches=(), headline=str(facts.result.get("headline", "")),
        data=dict(facts.result),
    )  # fmt: skip
    return _kept(out, products, answer, facts, languages, progress, of=sha256_of_file(folder / RESULT))


def documents(facts: Facts, languages: Sequence[str], forms: Sequence[str] = FORMS) -> dict[str, bytes]:
    """Draw the report of facts, by file name: ``report-uk.pdf`` and so on."""
    found = {}
    for language in dict.fromkeys(languages):
        told = laid_out(facts, language)
        if "pdf" in forms:
            found[f"report-{language}.pdf"] = draw_pdf(told)
        if "html" in forms:
            found[f"report-{language}.html"] = draw_report_html(told).encode()
    return found


def printed(facts: Facts, language: str, form: str) -> bytes:
    """Draw the report of facts in one language and form, of `FORMS`."""
    return next(iter(documents(facts, [language], [form]).values()))


def report_tag(facts: Facts, language: str, form: str) -> str:
    """Say what decides the bytes of a report: the same text, the same bytes."""
    return f"{facts.digest} {facts.again} {language} {form} typst {typst_version()}"


def _check(languages: Sequence[str]) -> None:
    for language in languages:
        if language not in LANGUAGES:
            raise InputError("no such language", field="--language", value=language, cure=" or ".join(LANGUAGES))


def _kept(
    out: Path | None, products: Mapping[str, bytes], answer: Answer, facts: Facts, languages: Sequence[str],
    progress: Progress, *, of: str | None = None,
) -> Answer:  # fmt: skip
    """Write the products; without a folder give the answer alone."""
    result = {
        **facts.result,
        "sensitivity": facts.sensitivity,
        "regimes": facts.regimes,
        "answer": {language: _sentence(facts, language) for language in languages},
        "plan": {name: facts.provenance[name] for name in ("digest", "product", "inputs", "parameters", "software")},
    }
    origin = Provenance(
        "report",
        inputs={**facts.provenance["inputs"], "plan": facts.digest, **({} if of is None else {"result": of})},
        parameters={**facts.parameters, "languages": list(dict.fromkeys(languages)), "regimes": facts.regimes},
        seed=facts.provenance["seed"],
        software={**software_versions(), "typst": typst_version()},
    )  # fmt: skip
    if out is None:
        progress.done()
        return dataclasses.replace(answer, data={"result": result, "provenance": origin.as_dict()})
    manifest = keep_products(out, products, result=result, provenance=origin)
    progress.done()
    return dataclasses.replace(answer, files=tuple(out / n for n in sorted([*products, RESULT])), data=manifest)


def _sentence(facts: Facts, language: str) -> str:
    """The answer in one sentence."""
    first = laid_out(facts, language).first[1]
    return plain(getattr(first, "text", ()))


def _facts_kept(
    folder: Path, manifest: Mapping[str, Any], *, site: str, scenarios: Sequence[str], criteria: str | None,
    cache: Path | None,
) -> Facts:  # fmt: skip
    """Facts of a kept folder: its nouns are loaded anew and held against its digests."""
    result, origin = manifest["result"], dict(manifest["provenance"])
    if origin["product"] == "report":
        origin |= {**result["plan"], "seed": origin["seed"]}
    if origin["product"] != "plan":
        raise InputError("holds no plan", field="--from", value=str(folder), cure="give a folder of oberih plan")
    chosen, digests = origin["parameters"], origin["inputs"]
    place = load_site(site)
    _same("the site", sha256_of_value(place), digests["site"], "name the site, or its file, that the plan was made for")
    rules = load_criteria(criteria or chosen["criteria"])
    _same("the criteria", sha256_of_value(rules), digests["criteria"], "name their file with --criteria")
    releases = _releases(scenarios or chosen["scenarios"], place, chosen, digests)
    features = json.loads((folder / "zones.geojson").read_bytes())["features"]
    near = places_near(place.latitude, place.longitude, within=Grid().outer_radius, cache=cache)
    return facts_from(
        {k: v for k, v in result.items() if k not in ("sensitivity", "regimes", "answer", "plan")}, origin, features,
        (folder / "distances.csv").read_bytes(), site=place, criteria=rules, releases=releases, places=near,
        sensitivity=result.get("sensitivity"),
    )  # fmt: skip


def _releases(
    names: Sequence[str], site: Site, chosen: Mapping[str, Any], digests: Mapping[str, str]
) -> list[Released]:
    found = []
    for name in names:
        release = released(load_scenario(name), site, at=int(chosen["at"]), height=chosen["height"])
        kept = digests.get(f"release {release.scenario.name}")
        cure = "name its file with --scenario"
        _same(f"the release {release.scenario.name}", sha256_of_array(release.source_term.activity), kept, cure)
        found.append(release)
    if [r.scenario.name for r in found] != list(chosen["scenarios"]):
        raise CorruptStore("the releases given are not those of the kept plan, in its order")
    return found


def _same(what: str, found: str, kept: str | None, cure: str) -> None:
    if found != kept:
        reason = f"{what} is not what the kept plan was made from (its SHA-256 differs)"
        raise InputError(reason, field="--from", cure=cure)

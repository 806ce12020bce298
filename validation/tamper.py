"""Is it found out, and is the place named, whatever somebody does to a record?

    python -m validation.tamper [FOLDER]

A record is made, always the same; everything of `validation.tamper_attacks`, `tamper_store`,
`tamper_bundle` and `tamper_further` is done to copies of it, on the live store and on bundles, and each is
verified.  What the holder of the key can do without a trace inside is told apart: there a witness, a timestamp
or a checkpoint kept elsewhere must find it.  FOLDER may hold bundles (``*.zip``) of others; each is
verified and told.  The last line is JSON; the exit code is 0 when all is detected and located, 1
when not, 2 when a FOLDER cannot be read.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from oberih.errors import InputError
from oberih.evidence.bundle import write_bundle
from oberih.evidence.moment import instant
from oberih.evidence.report import Report
from oberih.evidence.verify_bundle import verify_bundle
from validation.door import Words, answering, existing_folder
from validation.tamper_bundle import on_bundles
from validation.tamper_further import further
from validation.tamper_scene import SECOND, Scene, build, checkpoint_over, replace_rows, signed_anew, statement
from validation.tamper_store import on_the_store, verified
from validation.tamper_verdict import Outcome


def everything(folder: Path) -> tuple[list[Outcome], dict[str, dict[str, bool]]]:
    """Every attack on a record made in this folder; and those that need somebody outside."""
    scene = build(folder / "original")
    clean = verified(scene)
    if not clean.holds:
        raise InputError(f"the untouched record does not hold ({clean.faults[0]})", file=scene.store)
    outcomes = [*on_the_store(scene, folder / "stores"), *on_bundles(scene, folder / "bundles")]
    outcomes += further(scene, folder / "further")
    return outcomes, needs_somebody_outside(scene, folder)


def needs_somebody_outside(scene: Scene, folder: Path) -> dict[str, dict[str, bool]]:
    """Two things that whoever holds the key can do without a trace inside.

    The past is written anew from record 103 on, every later checkpoint and the head file signed anew; or the end
    is cut off with all that spoke of it.
    """
    kept = [("a checkpoint kept elsewhere", _checkpoint(scene, 115)), ("the first one", _checkpoint(scene, 123))]
    rewritten, cut = scene.copy(folder / "rewritten"), scene.copy(folder / "cut")
    rows = [e.data for e in scene.entries()]
    when = instant(scene.entries()[103].recorded_at)
    rows[103] = signed_anew(statement(907), seq=103, at=when, by=SECOND)
    replace_rows(rewritten, rows)
    _sign_all_anew(rewritten, [107, 115, 123])
    replace_rows(cut, [e.data for e in scene.entries()][:107])
    with cut.sql() as sql:
        sql.execute("DELETE FROM oberih_checkpoint WHERE size > 107")
    sql.close()
    (cut.folder / "record.sqlite.head").unlink()
    found = {}
    for name, one in (("rewritten by the holder of the key", rewritten), ("cut, every trace removed", cut)):
        found[name] = _inside_and_outside(partial(verified, one), kept)
        for kind, ids in (("bundle", None), ("selection", ["e003", "e090"])):
            path = one.folder / f"{kind}.zip"
            with closing(one.log()) as log:
                write_bundle(path, log, ids=ids)
            found[f"{name}, as a {kind}"] = _inside_and_outside(partial(_bundle, path), kept)
    return found


def _bundle(path: Path, against: Sequence[tuple[str, bytes]]) -> Report:
    return verify_bundle(path, against=against)


def _inside_and_outside(
    look: Callable[[Sequence[tuple[str, bytes]]], Report], kept: Sequence[tuple[str, bytes]]
) -> dict[str, bool]:
    return {"found_inside": not look(()).holds, "found_with_a_checkpoint": not look(kept).holds}


def _checkpoint(scene: Scene, size: int) -> bytes:
    log = scene.log()
    try:
        return next(note for s, note in log.checkpoints() if s == size)
    finally:
        log.close()


def _sign_all_anew(scene: Scene, sizes: Sequence[int]) -> None:
    rows = [e.data for e in scene.entries()]
    with scene.sql() as sql:
        for size in sizes:
            note = checkpoint_over(rows[:size], by=SECOND)
            sql.execute("UPDATE oberih_checkpoint SET note = ? WHERE size = ?", (note, size))
    sql.close()
    (scene.folder / "record.sqlite.head").write_bytes(checkpoint_over(rows, by=SECOND))


def bundles_of_others(place: Path) -> list[dict[str, object]]:
    """What each bundle of a folder comes to."""
    told: list[dict[str, object]] = []
    for path in sorted(place.glob("*.zip")):
        try:
            report = verify_bundle(path)
        except InputError as error:
            told.append({"file": path.name, "holds": False, "faults": [str(error)]})
            continue
        told.append({"file": path.name, "holds": report.holds, "faults": [str(f) for f in report.faults[:10]]})
    if not told:
        raise InputError("holds no bundle (*.zip)", file=place)
    return told


@answering
def main(arguments: Sequence[str]) -> int:
    """Print every attack and the JSON line."""
    words = Words("validation.tamper", __doc__)
    words.add_argument("folder", nargs="?", type=existing_folder, metavar="FOLDER", help="bundles of others")
    given = words.parse_args(arguments).folder
    others = bundles_of_others(given) if given else []
    with tempfile.TemporaryDirectory() as name:
        outcomes, outside = everything(Path(name))
    for o in outcomes:
        verdict = "located" if o.located and o.detected else "detected, NOT LOCATED" if o.detected else "MISSED"
        print(f"{verdict}: {o.name}: {o.said[:300]}")
    for name, found in outside.items():
        print(f"needs somebody outside: {name}: {found}")
    missed = [o.name for o in outcomes if not (o.detected and o.located)]
    places = {p: sum(o.name.startswith(p) for o in outcomes) for p in ("store", "bundle", "selection")}
    passed = not missed and all(f["found_with_a_checkpoint"] for f in outside.values())
    print(json.dumps({
        "tried": len(outcomes), "detected": sum(o.detected for o in outcomes),
        "located": sum(o.located for o in outcomes), "missed": missed, "by_place": places,
        "needs_somebody_outside": outside, "bundles": others, "passed": passed,
    }))  # fmt: skip
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

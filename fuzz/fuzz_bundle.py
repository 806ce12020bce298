"""Can any file make the bundle's reader do anything but read or refuse?

    python fuzz/fuzz_bundle.py [-runs=N] [FOLDER OF SEEDS]

With `atheris` (coverage-guided) where it is installed, else by random changes to a sound bundle, `N` of them (20,000).
A report or an `InputError` is right; anything else is a fault of the reader, and is shown with the file that made
it.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the record that is attacked is made by `validation.tamper_scene`

try:
    import atheris
except ImportError:
    atheris = None

from validation.tamper_scene import build  # noqa: E402

from oberih.errors import InputError  # noqa: E402 - the path above comes first
from oberih.evidence.bundle import write_bundle  # noqa: E402
from oberih.evidence.verify_bundle import verify_bundle  # noqa: E402

PLACE = Path(tempfile.mkdtemp(prefix="oberih-fuzz-"))


def sound_bundle() -> bytes:
    """A bundle that holds."""
    scene = build(PLACE / "scene")
    log = scene.log()
    write_bundle(PLACE / "seed.zip", log, ids=["e003", "e020", "e090"], attachments=scene.attachments)
    log.close()
    return (PLACE / "seed.zip").read_bytes()


def one(data: bytes) -> None:
    """Read one file: a report or a refusal, or an exception that is a fault."""
    path = PLACE / "case.zip"
    path.write_bytes(data)
    try:
        report = verify_bundle(path)
        [str(fault) for fault in report.faults]
    except InputError as error:
        str(error)


def changed(seed: bytes, chance: random.Random) -> bytes:
    """The seed with some bytes changed, in the file or in one of its members before packing."""
    if chance.random() < 0.4:
        return _turned(seed, chance)
    with zipfile.ZipFile(io.BytesIO(seed)) as file:
        members = {n: file.read(n) for n in file.namelist()}
    name = chance.choice(list(members))
    members[name] = _turned(members[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for member, data in members.items():
            file.writestr(member, data)
    return out.getvalue()


def _turned(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not out:
            break
        at = chance.randrange(len(out))
        how = chance.randrange(4)
        if how == 0:
            out[at] = chance.randrange(256)
        elif how == 1:
            del out[at : at + chance.randint(1, 40)]
        elif how == 2:
            out[at:at] = out[chance.randrange(len(out)) :][: chance.randint(1, 40)]
        else:
            out[at:at] = chance.choice([b"0", b"-1", b'"', b"{", b"[", b"null", b"1e999", b"\n", b"\x00", b"9" * 30])
    return bytes(out)


def by_chance(runs: int, seed: bytes) -> None:
    """So many random changes, always the same ones."""
    chance = random.Random(20220304)
    for number in range(runs):
        data = changed(seed, chance)
        try:
            one(data)
        except Exception:
            (PLACE / "fault.zip").write_bytes(data)
            print(f"fault at run {number}: {PLACE / 'fault.zip'}", file=sys.stderr)
            raise
    print(f"{runs} runs, no fault")


def main() -> None:
    """Fuzz."""
    seed = sound_bundle()
    one(seed)
    if atheris is None:
        runs = next((int(a.removeprefix("-runs=")) for a in sys.argv[1:] if a.startswith("-runs=")), 20_000)
        by_chance(runs, seed)
        return
    (PLACE / "seeds").mkdir()
    (PLACE / "seeds" / "sound.zip").write_bytes(seed)
    atheris.instrument_all()
    atheris.Setup([*sys.argv, str(PLACE / "seeds")], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

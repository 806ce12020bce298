"""Can any file make the bundle's reader do anything but read or refuse?

    python fuzz/fuzz_bundle.py [-runs=N] [FOLDER OF SEEDS]

With `atheris` (coverage-guided) where it is installed, else by random changes to a sound bundle, `N` of them (20,000).
Changes are made where they get past the packing: in the members, in the values of their JSON, in what is signed (which
whoever has a key can sign), and in the bytes of the file as it lies.
A report or an `InputError` is right; anything else is a fault of the reader, and is shown with the file that made
it.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import random
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the record that is attacked is made by `validation.tamper_scene`

try:
    import atheris
except ImportError:
    atheris = None

from validation.tamper_scene import FIRST, build  # noqa: E402

from oberih.errors import InputError  # noqa: E402 - the path above comes first
from oberih.evidence.bundle import write_bundle  # noqa: E402
from oberih.evidence.envelope import Envelope, pre_authentication, write_envelope  # noqa: E402
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
    """The seed with something changed, in the file or in one of its members before packing."""
    how = chance.random()
    try:
        with zipfile.ZipFile(io.BytesIO(seed)) as file:
            members = {n: file.read(n) for n in file.namelist()}
    except Exception:  # what was changed before may be no archive any more
        return _turned(seed, chance)
    if how < 0.2 or not members:
        return _turned(seed, chance)
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(members))
        members[name] = (_turned if how < 0.4 else _another_value)(members[name], chance)
    if chance.random() < 0.05:
        members.pop(chance.choice(list(members)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])) as file:
        for member, data in members.items():
            file.writestr(member, data)
    return out.getvalue()


def _another_value(data: bytes, chance: random.Random) -> bytes:
    """One line's JSON with one value of another kind; of a record, often inside what is signed."""
    lines = data.splitlines()
    if not lines:
        return _turned(data, chance)
    at = chance.randrange(len(lines))
    try:
        found = json.loads(lines[at])
    except (ValueError, RecursionError):
        return _turned(data, chance)
    if isinstance(found, dict) and "payload" in found and chance.random() < 0.7:
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            payload = _replaced(json.loads(base64.b64decode(found["payload"])), chance)
            lines[at] = signed(json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
            return b"\n".join(lines) + b"\n"
    with contextlib.suppress(ValueError, RecursionError):
        lines[at] = json.dumps(_replaced(found, chance)).encode()
    return b"\n".join(lines) + b"\n"


def signed(text: str) -> bytes:
    """An envelope that the first custodian signed over this."""
    payload = text.encode(errors="replace")
    return write_envelope(Envelope(payload, FIRST.keyid, FIRST.private.sign(pre_authentication(payload))))


def _replaced(value: Any, chance: random.Random) -> Any:
    """The value, one part of it another."""
    inner = value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}
    if not inner or chance.random() < 0.2:
        return chance.choice(STRANGE)(chance, value)
    key = chance.choice(list(inner))
    other = {**inner, key: _replaced(inner[key], chance)}
    if chance.random() < 0.1:
        other.pop(key)
    return other if isinstance(value, dict) else list(other.values())


def _nested(depth: int) -> Any:
    out: Any = []
    for _ in range(depth):
        out = [out]
    return out


Strange = Callable[[random.Random, Any], Any]
STRANGE: list[Strange] = [
    lambda c, v: None, lambda c, v: True, lambda c, v: [], lambda c, v: {}, lambda c, v: [v], lambda c, v: {"a": v},
    lambda c, v: c.choice([0, -1, 1, 2**31, 2**53, 2**62, 2**64, 10**30, 10**400]), lambda c, v: c.choice([1e308, 0.5]),
    lambda c, v: float("nan"), lambda c, v: "", lambda c, v: "x" * c.choice([1, 200, 2000]), lambda c, v: "\ud800",
    lambda c, v: "\x1b[2J\n", lambda c, v: _nested(c.choice([5, 150, 300, 900])), lambda c, v: str(v),
    lambda c, v: v + 1 if isinstance(v, int) else v, lambda c, v: v[::-1] if isinstance(v, str | list) else v,
    lambda c, v: c.choice(["2022-13-01", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00.5Z"]),
    lambda c, v: c.choice(["key", "revocation", "event"]), lambda c, v: base64.b64encode(FIRST.public).decode(),
]  # fmt: skip


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
    shutil.rmtree(PLACE)
    print(f"{runs} runs, no fault")


def _mutated(data: bytes, max_size: int, seed: int) -> bytes:
    """A change that gets past the packing, as atheris asks for one."""
    return changed(data, random.Random(seed))[:max_size]


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
    atheris.Setup([*sys.argv, str(PLACE / "seeds")], one, custom_mutator=_mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

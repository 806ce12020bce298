"""Notes are those of the standard: the published ones verify, and nothing else passes for them."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.note import (
    COSIGNATURE,
    ED25519,
    LARGEST_NOTE,
    Checkpoint,
    checkpoint_text,
    cosign,
    key_hash,
    note_bytes,
    read_checkpoint,
    read_note,
    read_signature,
    read_vkey,
    sign_note,
    verify_signature,
    vkey,
)

# The example keys and note of the format's first implementation (Go, golang.org/x/mod/sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
PUBLISHED = (TEXT + "\n" + PETER_LINE + ENOCH_LINE).encode()

# The example checkpoint of tlog-cosignature, with the log's line and a witness's.
SOFA_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA = (
    SOFA_TEXT + "\n— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
WITNESS_PUBLIC = WITNESS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
CHECKPOINT = Checkpoint("oberih/record", 54, bytes(range(32)))
SIGNED = sign_note(checkpoint_text(CHECKPOINT), "oberih/record", KEY)


def test_the_published_note_verifies_with_the_published_keys() -> None:
    note = read_note(PUBLISHED)
    assert note.text == TEXT
    assert [s.name for s in note.signatures] == ["PeterNeumann", "EnochRoot"]
    for text in (PETER, ENOCH):
        key = read_vkey(text)
        assert verify_signature(note, key.name, key.public).holds
        assert vkey(key.name, key.public) == text


def test_signing_gives_the_published_bytes() -> None:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_PRIVATE)[1:])
    assert sign_note(TEXT, "PeterNeumann", private) == (TEXT + "\n" + PETER_LINE).encode()


def test_another_implementation_s_note_verifies() -> None:  # the Elixir package signed_note, its README
    key = read_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    line = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    note = read_note(f"This is an example message.\n\n— example.com/foo {line}\n".encode())
    assert verify_signature(note, key.name, key.public).holds


def test_the_published_checkpoint_is_read() -> None:
    note = read_note(SOFA)
    found = read_checkpoint(note.text)
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint_text(found) == note.text
    assert (
        int.from_bytes(note.signatures[1].blob[:8], "big") == 1679315147
    )  # the time that the text of the standard says
    assert note_bytes(note) == SOFA


def test_no_piece_and_no_alteration_of_a_verifier_key_is_one() -> None:
    for i in range(len(PETER) + 1):
        for j in range(i + 1, len(PETER) + 1):
            if (i, j) != (0, len(PETER)):
                with pytest.raises(InputError):
                    read_vkey(PETER[i:j])
    for i, c in enumerate(PETER):
        with pytest.raises(InputError):
            read_vkey(PETER[:i] + chr(ord(c) + 1) + PETER[i + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long, its hash adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # unknown type, its hash adjusted
        PETER.replace("c74f20a3", "C74F20A3"), PETER + "\n", "", "++",
    ],
)  # fmt: skip
def test_malformed_verifier_keys_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_vkey(text)


@pytest.mark.parametrize(
    "data",
    [
        TEXT, TEXT + "\n", TEXT + "\n" + PETER_LINE[:-1], "\x01" + TEXT + "\n" + PETER_LINE,
        TEXT + "\n" + PETER_LINE.replace("PeterNeumann", "Bad Name"), TEXT + "\n" + PETER_LINE + "Unexpected line.\n",
        TEXT + "\n" + PETER_LINE * 101, TEXT + "\n" + PETER_LINE.replace("—", "-"), TEXT + "\r\n\r\n" + PETER_LINE,
        TEXT + "\n" + PETER_LINE.replace("JnAM=", "JnAN="),  # the same bytes in another spelling
        TEXT + "\n" + PETER_LINE.replace("JnAM=", "JnAM"), TEXT + "\n— PeterNeumann x08goA==\n",
        TEXT + "\n— Peter+Neumann " + PETER_LINE.split(" ")[2], TEXT + "\n— Peter\u2003N " + PETER_LINE.split(" ")[2],
        "x" * LARGEST_NOTE + "\n\n" + PETER_LINE,
    ],
)  # fmt: skip
def test_malformed_notes_are_refused(data: str) -> None:
    with pytest.raises(InputError):
        read_note(data.encode())


def test_a_note_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        read_note(b"\xff" + PUBLISHED)


def test_sixteen_signatures_and_more_are_read() -> None:
    assert len(read_note((TEXT + "\n" + PETER_LINE * 100).encode()).signatures) == 100


def test_the_text_may_hold_empty_lines_and_lines_that_look_like_signatures() -> None:
    text = "one\n\n" + PETER_LINE + "\ntwo\n\n"
    assert read_note(sign_note(text, "a", KEY)).text == text


def test_a_signature_of_another_text_does_not_hold() -> None:
    key = read_vkey(PETER)
    note = read_note(PUBLISHED.replace(b"answer", b"Answer"))
    assert verify_signature(note, key.name, key.public).status == "does not hold"


def test_one_bad_line_of_a_known_key_spoils_the_good_one() -> None:
    key, note = read_vkey(PETER), read_note(PUBLISHED)
    bad = replace(note.signatures[0], blob=bytes(64))
    spoilt = replace(note, signatures=(*note.signatures, bad))
    assert verify_signature(spoilt, key.name, key.public).status == "does not hold"


def test_lines_of_unknown_keys_are_kept_and_prove_nothing() -> None:
    note = read_note(PUBLISHED)
    assert verify_signature(note, "PeterNeumann", PUBLIC).status == "is not there"
    assert verify_signature(note, "Somebody", read_vkey(PETER).public).status == "is not there"
    assert note_bytes(note) == PUBLISHED


def test_a_checkpoint_signed_here_verifies_here() -> None:
    note = read_note(SIGNED)
    assert read_checkpoint(note.text) == CHECKPOINT
    assert verify_signature(note, "oberih/record", PUBLIC).holds
    assert note.signatures[0].key_hash == key_hash("oberih/record", PUBLIC, ED25519)


def test_a_witness_s_line_verifies_and_says_when() -> None:
    text = checkpoint_text(CHECKPOINT)
    lines = [cosign(text, "w.example/w1", WITNESS, at) for at in (1679315147, 1679315000)]
    note = read_note(SIGNED + "".join(lines).encode())
    check = verify_signature(note, "w.example/w1", WITNESS_PUBLIC, COSIGNATURE)
    assert (check.holds, check.at) == (True, 1679315000)
    assert verify_signature(note, "w.example/w1", WITNESS_PUBLIC, ED25519).status == "is not there"
    assert verify_signature(note, "oberih/record", PUBLIC).holds


def test_a_witness_signs_the_header_the_time_and_the_whole_text() -> None:
    line = read_signature(cosign(SOFA_TEXT, "w", WITNESS, 1679315147))
    WITNESS.public_key().verify(line.blob[8:], b"cosignature/v1\ntime 1679315147\n" + SOFA_TEXT.encode())


def test_a_witness_s_time_cannot_be_moved() -> None:
    text = checkpoint_text(CHECKPOINT)
    line = read_signature(cosign(text, "w", WITNESS, 1679315147))
    for at in (1679315148, 0, 2**64 - 1):
        moved = replace(line, blob=at.to_bytes(8, "big") + line.blob[8:])
        note = read_note(SIGNED + moved.line.encode())
        assert verify_signature(note, "w", WITNESS_PUBLIC, COSIGNATURE).status == "does not hold"


def test_every_changed_byte_of_a_signed_checkpoint_is_found() -> None:
    for i in range(len(SIGNED)):
        changed = SIGNED[:i] + bytes([SIGNED[i] ^ 1]) + SIGNED[i + 1 :]
        try:
            note = read_note(changed)
        except InputError:
            continue
        assert not verify_signature(note, "oberih/record", PUBLIC).holds


@pytest.mark.parametrize(
    "text",
    [
        "", "a\n1\n", "\n1\n" + "A" * 43 + "=\n", "a\n01\n" + "A" * 43 + "=\n", "a\n-1\n" + "A" * 43 + "=\n",
        "a\n٣\n" + "A" * 43 + "=\n", "a\n9223372036854775808\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n",
        "a\n1\n" + "A" * 43 + "=", "a\n1\n" + "A" * 43 + "=\n\n", "a\n1\n" + "A" * 42 + "B=\n",
    ],
)  # fmt: skip
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_checkpoint(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\x00", "\ud800"])
def test_a_name_that_would_not_be_read_back_is_not_signed_with(name: str) -> None:
    with pytest.raises(InputError):
        sign_note("text\n", name, KEY)


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "cr\r\n", "\ud800\n"])
def test_a_text_that_would_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(InputError):
        sign_note(text, "a", KEY)


def test_a_witness_signs_checkpoints_only_and_at_a_time() -> None:
    with pytest.raises(InputError):
        cosign("any text\n", "w", WITNESS, 0)
    for at in (-1, 2**63):
        with pytest.raises(InputError):
            cosign(SOFA_TEXT, "w", WITNESS, at)


@pytest.mark.parametrize("checkpoint", [Checkpoint("a\n5", 1, bytes(32)), Checkpoint("", 1, bytes(32)),
                                        Checkpoint("a", -1, bytes(32)), Checkpoint("a", 1, bytes(31))])  # fmt: skip
def test_a_checkpoint_that_would_not_be_read_back_is_not_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(InputError):
        checkpoint_text(checkpoint)


@given(
    st.binary(max_size=300) | st.binary(max_size=60).map(lambda b: SIGNED + b) | st.text(max_size=99).map(str.encode)
)
def test_arbitrary_bytes_are_a_note_or_are_refused(data: bytes) -> None:
    try:
        note = read_note(data)
    except InputError:
        return
    assert note_bytes(note) == data


@given(st.text(max_size=120) | st.text(alphabet="a+=/\n0123456789AB", max_size=120))
def test_arbitrary_text_is_a_checkpoint_a_key_a_line_or_is_refused(text: str) -> None:
    for read in (read_checkpoint, read_vkey, read_signature):
        try:
            read(text)  # type: ignore[operator]
        except InputError as error:
            assert "\n" not in str(error)


TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n"), max_size=200)
NAMES = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs", "Z", "C"], exclude_characters="+"),
                min_size=1, max_size=40)  # fmt: skip


@given(TEXTS.map(lambda t: t + "\n"), NAMES)
def test_whatever_is_signed_is_read_back_and_holds(text: str, name: str) -> None:
    note = read_note(sign_note(text, name, KEY))
    assert note.text == text
    assert verify_signature(note, name, PUBLIC).holds


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), NAMES)
def test_every_checkpoint_is_read_back(size: int, at: int, root: bytes, name: str) -> None:
    checkpoint = Checkpoint(name, size, root)
    text = checkpoint_text(checkpoint)
    assert read_checkpoint(text) == checkpoint
    note = read_note(sign_note(text, name, KEY) + cosign(text, name, WITNESS, at).encode())
    assert verify_signature(note, name, WITNESS_PUBLIC, COSIGNATURE).at == at

"""What can happen to a file on its way?  Random damage, for the property tests of readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.weather.series import Weather

SNIPPETS = [
    b"", b"\x00", b"\xff\xfe", b"nan", b"-1e999", b"9" * 40, b",", b"\n", b"{", b'"', b"NaN", b"\xd0\xb0", b"-",
    b"1e400", b"0000", b"9999-99-99", b"null", b"true", b"[[[",
]  # fmt: skip


def damage() -> st.SearchStrategy[Callable[[bytes], bytes]]:
    """A function that spoils bytes: cuts them, or replaces a stretch by something nasty."""

    def cut(part: float) -> Callable[[bytes], bytes]:
        return lambda data: data[: int(part * len(data))]

    def put(where: float, length: int, what: bytes) -> Callable[[bytes], bytes]:
        def spoil(data: bytes) -> bytes:
            at = int(where * len(data))
            return data[:at] + what + data[at + length :]

        return spoil

    fraction = st.floats(0.0, 1.0, exclude_max=True)
    nasty = st.one_of(st.sampled_from(SNIPPETS), st.binary(max_size=6))
    return st.one_of(fraction.map(cut), st.builds(put, fraction, st.integers(0, 40), nasty))


def read_or_refused(read: Callable[[Path], Weather], path: Path, data: bytes) -> str:
    """Write, read: the law is that damage gives possible weather or one clear line, nothing else."""
    path.write_bytes(data)
    try:
        weather = read(path)
    except InputError as error:
        assert "\n" not in str(error)
        return "refused"
    assert np.isfinite(weather.wind_speed).all()
    assert len(weather) == len(weather.wind_direction) > 0
    return "read"

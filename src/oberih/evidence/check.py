"""Is a kept bundle still what was written?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from oberih.errors import CorruptStore, InputError
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.keep import RESULT, SCHEMA

__all__ = ["check_products"]


def check_products(folder: Path) -> dict[str, Any]:
    """Read a bundle's ``result.json`` and hash every product again.

    Parameters
    ----------
    folder : Path
        As given to `oberih.evidence.keep.keep_products`.

    Returns
    -------
    dict
        The content of ``result.json``.

    Raises
    ------
    InputError
        If there is no ``result.json``: the bundle was never finished, or is none.
    CorruptStore
        If it cannot be read, or a product is missing or changed.
    """
    path = folder / RESULT
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"holds no {RESULT}, so no finished result", file=folder) from error
    except (OSError, ValueError) as error:
        raise CorruptStore(f"{path}: cannot be read as JSON; make the result again") from error
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise CorruptStore(f"{path}: not of the form {SCHEMA}")
    for name, entry in manifest["products"].items():
        product = folder / name
        if not product.is_file():
            raise CorruptStore(f"{product}: missing, though {RESULT} lists it; make the result again")
        if sha256_of_file(product) != entry["sha256"]:
            raise CorruptStore(f"{product}: not what was written (its SHA-256 differs); make the result again")
    return manifest

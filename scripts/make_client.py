"""Make the typed Python client of the API, from what the application says of itself.

    python scripts/make_client.py OUT            # OUT/pyproject.toml, OUT/oberih_client/

Nothing is fetched and no server is needed: the description is the application's own ``/openapi.json``.  Whatever the
generator cannot turn into code is an error here, so that no operation is silently missing from the client.  The
client is made, not kept: `tests/web/test_client.py` makes it anew, checks its types and asks a real server with it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from oberih.web.app import create_app
from oberih.web.settings import ServeSettings

PACKAGE = "oberih_client"
_READ_BY_THE_GENERATOR = ("application/octet-stream", "application/x-www-form-urlencoded", "multipart/form-data")


def openapi() -> dict[str, Any]:
    """Give the description of the API."""
    app = create_app(ServeSettings(), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    return app.openapi()


def content_types(description: dict[str, Any]) -> set[str]:
    """Give every type of content that is asked for or answered."""
    found: set[str] = set()
    for operations in description["paths"].values():
        for operation in operations.values():
            for place in (operation.get("requestBody", {}), *operation["responses"].values()):
                found |= set(place.get("content", {}))
    return found


def overrides(description: dict[str, Any]) -> dict[str, str]:
    """Give the types that the generator does not know, as bytes; JSON in all its names stays JSON."""
    kinds = sorted(content_types(description) - set(_READ_BY_THE_GENERATOR))
    return {t: "application/octet-stream" for t in kinds if not t.endswith("json")}


def make_client(out: Path, description: dict[str, Any]) -> list[str]:
    """Make the client in a folder; give what the generator could not do.

    Parameters
    ----------
    out : Path
        Is made, or overwritten.
    description : dict
        As from `openapi`.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(json.dumps(description), encoding="utf-8")
        chosen = ConfigFile(
            project_name_override="oberih-client", package_name_override=PACKAGE, literal_enums=True, post_hooks=[],
            package_version_override=description["info"]["version"], content_type_overrides=overrides(description),
        )  # fmt: skip
        config = Config.from_sources(
            chosen, MetaType.SETUP, document_source=source, file_encoding="utf-8", overwrite=True, output_path=out
        )
        errors = generate(config=config)
    return [f"{e.header}: {e.detail or ''}".strip() for e in errors]


def main() -> int:
    """Make the client where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder to make")
    out: Path = parser.parse_args().out
    errors = make_client(out, openapi())
    for error in errors:
        print(error, file=sys.stderr)
    if not errors:
        print(f"{out / PACKAGE}: made")
    return int(bool(errors))


if __name__ == "__main__":
    raise SystemExit(main())

"""How do our own files travel over a slow link?

Files of text are sent packed (gzip) to a browser that can unpack them: MapLibre is 0.9 MB as it lies and 0.25 MB
packed.  What is packed is kept in memory by the file's path and time, so that each is packed once.
"""

from __future__ import annotations

import gzip
import os
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

__all__ = ["PackedFiles"]

_LEAST = 1000
_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")


class PackedFiles(StaticFiles):
    """Files of a folder, packed where that helps."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Give a file, packed if the browser takes it so."""
        plain = super().file_response(full_path, stat_result, scope, status_code)
        asked = Headers(scope=scope)
        kind = plain.headers.get("content-type", "")
        if not isinstance(plain, FileResponse) or not kind.startswith(_TEXT) or stat_result.st_size < _LEAST:
            return plain
        plain.headers["Vary"] = "Accept-Encoding"
        if "gzip" not in asked.get("accept-encoding", "") or "range" in asked:
            return plain
        tag = plain.headers["etag"].rstrip('"') + '-gz"'
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": tag,
                   "Last-Modified": plain.headers["last-modified"]}  # fmt: skip
        data = _packed(os.fspath(full_path), stat_result.st_mtime_ns)
        packed = Response(data, status_code, headers=headers, media_type=kind)
        return NotModifiedResponse(packed.headers) if self.is_not_modified(packed.headers, asked) else packed


@lru_cache(maxsize=200)
def _packed(path: str, changed: int) -> bytes:
    with open(path, "rb") as file:
        return gzip.compress(file.read(), 6, mtime=0)

"""Which messages does a page say?"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from oberih.language.catalogue import catalogue

router = APIRouter(prefix="/api/v1", tags=["language"])

_SAME: dict[int | str, dict[str, Any]] = {304: {"description": "They are still those that the browser has."}}


@router.get("/words/{language}", response_model=dict[str, str], responses=_SAME)
def words(language: Literal["en", "uk"], request: Request) -> Response:
    """Give every message of a language by its key.  Open to everyone: it holds nothing of the site."""
    plain, packed, tag = _packed(language)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, media_type="application/json", headers=headers)
    return Response(packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


@lru_cache(maxsize=2)
def _packed(language: str) -> tuple[bytes, bytes, str]:
    """The messages as they stand, packed, and their tag."""
    plain = json.dumps(dict(catalogue(language)), ensure_ascii=False, separators=(",", ":")).encode()
    return plain, gzip.compress(plain, 6, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:32]}"'

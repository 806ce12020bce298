"""Which messages does a page say?"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from oberih.language.catalogue import catalogue

router = APIRouter(prefix="/api/v1", tags=["language"])


@router.get("/words/{language}")
def words(language: Literal["en", "uk"], response: Response) -> dict[str, str]:
    """Every message of a language by its key.  Open to everyone: it holds nothing of the site."""
    response.headers["Cache-Control"] = "no-cache"
    return dict(catalogue(language))

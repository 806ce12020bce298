"""Who is told how far the fetching of a run is, and in which words?

What `oberih.weather.live.fetch_run` tells becomes stages, steps and notes of a story's progress.
"""

from __future__ import annotations

from collections.abc import Callable

from oberih.case.progress import Progress

__all__ = ["telling"]


def telling(progress: Progress) -> Callable[[int, int, str], None]:
    """Somebody to be told: done, of how many, what; where there is no number, the words are a note.

    Parameters
    ----------
    progress : Progress
    """
    last: list[tuple[int, int, str]] = []

    def told(done: int, of: int, what: str) -> None:
        if of == 0:
            progress.note(what)
            return
        if not last or last[-1][1:] != (of, what):
            progress.stage(what, total=of)
            last.append((0, of, what))
        progress.advance(done - last[-1][0])
        last.append((done, of, what))

    return told

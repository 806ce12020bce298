"""Do one person's questions keep nobody else waiting?"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send

from oberih.web.access.in_turn import AT_WORK, THREADS, InTurn
from oberih.web.access.may import Who
from tests.web.access.people import House


class Slow:
    """An application whose answers to account 1 take until somebody says so."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.at_work, self.most, self.answered = 0, 0, []  # type: ignore[var-annotated]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        account = scope["state"]["who"].account
        if account == 1:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
            await self.free.wait()
            self.at_work -= 1
        self.answered.append(account)


def asked(account: int, path: str = "/api/v1/regimes") -> Scope:
    who = Who("somebody", "reader", "a-1", account)
    return {"type": "http", "path": path, "state": {"who": who}}


async def nothing(*_: Any) -> Any:
    return None


def test_of_many_questions_of_one_account_a_few_are_at_work_and_all_are_answered() -> None:
    async def told() -> None:
        slow = Slow()
        app = InTurn(slow)
        crowd = [asyncio.create_task(app(asked(1), nothing, nothing)) for _ in range(60)]
        await asyncio.sleep(0)
        await asyncio.wait_for(app(asked(2), nothing, nothing), 5)
        assert slow.answered == [2], "somebody else does not wait"
        assert slow.most == AT_WORK < THREADS
        slow.free.set()
        await asyncio.gather(*crowd)
        assert slow.answered.count(1) == 60
        assert not app._turns and not app._asking, "who asks no more leaves nothing behind"

    asyncio.run(told())


def test_a_stream_and_a_file_wait_for_nobody() -> None:
    async def told() -> None:
        slow = Slow()
        app = InTurn(slow, at_work=1)
        paths = ("/api/v1/live", "/static/js/ask.js", "/api/v1/live", "/")
        crowd = [asyncio.create_task(app(asked(1, path), nothing, nothing)) for path in paths]
        await asyncio.sleep(0)
        assert slow.at_work == len(paths)
        slow.free.set()
        await asyncio.gather(*crowd)

    asyncio.run(told())


def test_it_stands_around_the_application_where_there_are_accounts(people: House) -> None:
    found = {getattr(one.cls, "__name__", "") for one in people.app.user_middleware}
    assert "InTurn" in found

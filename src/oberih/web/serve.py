"""How does a server start and stop?"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from datetime import datetime

import uvicorn

from oberih.errors import InputError
from oberih.web.access.patient import sparing
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings

__all__ = ["serve"]


def serve(settings: ServeSettings, *, clock: Callable[[], datetime], told: Callable[[str], None]) -> None:
    """Serve until stopped.

    Parameters
    ----------
    settings : ServeSettings
    clock : callable
        Gives the time, UTC.
    told : callable
        Told the address once it is open.

    Raises
    ------
    InputError
        If the address cannot be had, or the accounts cannot be used.
    StoreError
        If the accounts or the record cannot be written.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(settings, clock=clock)  # refuses before anything is open
    listener = _listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=True, timeout_keep_alive=10,
        limit_concurrency=1000, h11_max_incomplete_event_size=32 * 1024, timeout_graceful_shutdown=5, lifespan="on",
        proxy_headers=bool(settings.proxies), forwarded_allow_ips=list(settings.proxies), ws="none",
        http=sparing(settings.proxies),
    )  # fmt: skip
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    told(f"http://{host}:{port}/")
    try:
        _Server(config, app.state.held.live.stop).run(sockets=[listener])
    finally:
        if app.state.porter is not None:
            app.state.porter.notebook.finish()


class _Server(uvicorn.Server):
    """Ends the streams first: they would hold up the stop until its time is out."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, the streams first."""
        self._end_streams()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so TCP_NODELAY is set
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        cure = "stop what uses it, or choose another with --port"
        reason = f"cannot be opened ({error.strerror})"
        raise InputError(reason, field="--host, --port", value=f"{host}:{port}", cure=cure) from error
    listener.listen(512)
    return listener

"""How does a server of a test's own begin and end?  Shared by simulators of weather services."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass
class Rule:
    """Paths by a pattern, a behaviour, how often it is shown (-1: always)."""

    pattern: str
    behaviour: str
    times: int = -1


class Loopback:
    """A server on a loopback port, used as ``with … as server``; it answers as its handler says."""

    def listen(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """Take a port; answers come from ``with`` on."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

"""A real S3 server on loopback (moto's), and a front before it that answers badly now and then.

The front is a plain HTTP proxy.  For each request it takes the next of a cycle of moods: pass on,
answer 500 or 503, close the connection before or in the midst of an answer, or wait.  How often it
was in each mood is counted.
"""

from __future__ import annotations

import http.client
import itertools
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from moto.server import ThreadedMotoServer

from tests.weather.loopback import Loopback

KEY, SECRET, REGION, BUCKET = "AKIAOBERIHTEST", "a-secret-that-nobody-may-see", "us-east-1", "atlases"
GOOD, BROKEN, BUSY, WISHING, DROPPED, TORN, SLOW = "pass", "500", "503", "503 in 7 s", "drop", "tear", "wait"
ERRORS = {
    BROKEN: (500, b"<Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>"),
    BUSY: (503, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
    WISHING: (503, b"<Error><Code>SlowDown</Code><Message>Please come back later.</Message></Error>"),
}


class Front(Loopback):
    """The proxy; its moods may be changed while it runs."""

    def __init__(self, behind: tuple[str, int], moods: Sequence[str]) -> None:
        self.behind, self.lock = behind, threading.Lock()
        self.met: dict[str, int] = {}
        self.set_moods(moods)
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                front.answer(self)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.listen(Handler)

    def set_moods(self, moods: Sequence[str]) -> None:
        """Take these moods in turn from now on."""
        with self.lock:
            self.moods = itertools.cycle(moods)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request in the next mood."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        with self.lock:
            mood = next(self.moods)
            self.met[mood] = self.met.get(mood, 0) + 1
        if mood == DROPPED:
            request.close_connection = True
            return
        if mood == SLOW:
            time.sleep(0.3)
        if mood in ERRORS:
            status, content = ERRORS[mood]
            wish = {"Retry-After": "7"} if mood == WISHING else {}
            self._send(request, status, {"Content-Type": "application/xml"} | wish, content)
            return
        status, headers, content = self._passed_on(request, body)
        self._send(request, status, headers, content, torn=mood == TORN and len(content) > 1)

    def _passed_on(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        onward = http.client.HTTPConnection(*self.behind, timeout=30)
        try:
            onward.request(request.command, request.path, body, dict(request.headers.items()))
            got = onward.getresponse()
            return got.status, dict(got.getheaders()), got.read()
        finally:
            onward.close()

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes, *,
        torn: bool = False,
    ) -> None:  # fmt: skip
        head = request.command == "HEAD"
        length = headers.get("Content-Length", "0") if head else str(len(content))
        request.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                request.send_header(name, value)
        request.send_header("Content-Length", length)
        request.end_headers()
        if not head:
            request.wfile.write(content[: len(content) // 2] if torn else content)
        if torn:
            request.close_connection = True


@contextmanager
def object_store(moods: Sequence[str] = (GOOD,)) -> Iterator[tuple[Front, dict[str, str]]]:
    """A bucket behind a front, and the environment variables by which it is reached.

    Yields
    ------
    Front, dict
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    reset = http.client.HTTPConnection(host, port, timeout=30)
    reset.request("POST", "/moto-api/reset")  # what its servers keep is one memory for the whole process
    assert reset.getresponse().status == 200
    reset.close()
    made = http.client.HTTPConnection(host, port, timeout=30)
    made.request("PUT", f"/{BUCKET}", headers={"Host": "s3.amazonaws.com"})
    assert made.getresponse().status == 200
    made.close()
    try:
        with Front((host, port), moods) as front:
            yield front, environment_of(front.url)
    finally:
        server.stop()


def environment_of(url: str) -> dict[str, str]:
    """Variables by which the store at a URL is reached."""
    return {
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }  # fmt: skip

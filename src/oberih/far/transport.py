"""How does httpx come to use a network that keeps to the deadline?

Defines `Transport`: a transport of httpx over httpcore's pool of connections with `oberih.far.network.Network` beneath.
Proxies and certificates are taken from the environment, as httpx does by itself.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from oberih.errors import InputError
from oberih.far.names import shown
from oberih.far.network import Counted, Network

__all__ = ["Transport"]


class Transport(httpx.BaseTransport):
    """The way to the web whose every wait keeps to the deadline.

    Parameters
    ----------
    at_once : int
        Connections at most, to all servers.
    """

    def __init__(self, *, at_once: int) -> None:
        self._options: dict[str, Any] = {
            "ssl_context": httpx.create_ssl_context(), "max_connections": at_once,
            "max_keepalive_connections": at_once, "keepalive_expiry": 5.0, "network_backend": Network(),
        }  # fmt: skip
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and give the head of its answer; the body is read by whoever wants it."""
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw, content=request.stream, extensions=request.extensions,
        )  # fmt: skip
        with _named_by_httpx():
            answer = self._pool(_proxy_of(url.scheme, url.host)).handle_request(asked)
        head = httpx.Headers(answer.headers)
        body = _Body(answer.stream, answer.extensions["network_stream"], head.get("content-length", ""))
        return httpx.Response(answer.status, headers=head, stream=body, extensions=answer.extensions)

    def _pool(self, proxy: str) -> httpcore.ConnectionPool:
        """Connections through a proxy, or past all of them."""
        if proxy not in self._pools:
            try:
                made = self._made(proxy)
            except (ValueError, RuntimeError) as error:  # no address; SOCKS, and no library for it
                raise InputError(
                    "is a proxy that cannot be used", field="proxy of the environment", value=shown(proxy),
                    cure="write it as http://host:port in HTTPS_PROXY, or unset it",
                ) from error  # fmt: skip
            self._pools.setdefault(proxy, made)  # another thread may have been faster
        return self._pools[proxy]

    def _made(self, proxy: str) -> httpcore.ConnectionPool:
        told = urlsplit(proxy)
        place = proxy.replace(f"{told.username}:{told.password}@", "")
        auth = (unquote(told.username), unquote(told.password or "")) if told.username else None
        if not proxy:
            return httpcore.ConnectionPool(**self._options)
        if told.scheme.startswith("socks"):
            return httpcore.SOCKSProxy(place, proxy_auth=auth, **self._options)
        return httpcore.HTTPProxy(place, proxy_auth=auth, **self._options)

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


def _proxy_of(scheme: str, host: str) -> str:
    """Address of the proxy that the environment names for a host; empty if it names none."""
    named = urllib.request.getproxies()
    proxy = named.get(scheme) or named.get("all") or ""
    if not proxy or urllib.request.proxy_bypass(host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


@contextmanager
def _named_by_httpx() -> Iterator[None]:
    """Errors of httpcore under the names that httpx has for them."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError,
            httpcore.UnsupportedProtocol) as error:  # fmt: skip
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _Body(httpx.SyncByteStream):
    """The body of an answer as it comes."""

    def __init__(self, stream: Any, connection: Counted, length: str) -> None:
        self._stream, self._connection, self._length = stream, connection, length

    def __iter__(self) -> Iterator[bytes]:
        with _named_by_httpx():
            yield from self._stream

    def close(self) -> None:
        """Let go of the connection; it is closed where the body was not read to its end, or had another length."""
        self._connection.ended(self._length)
        self._stream.close()

"""What is served, to whom, from where?

Defines the noun `ServeSettings`.  Secrets are never among them: they come from the environment or from files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path

from oberih.case.prove.keeping import DEFAULT_STORE, Keeping
from oberih.case.reach.request import DEFAULT_CACHE, DEFAULT_SEED
from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError

__all__ = ["DEFAULT_PORT", "ServeSettings", "is_loopback"]

DEFAULT_PORT = 8460


@dataclass(frozen=True)
class ServeSettings:
    """What a server shows.

    Parameters
    ----------
    site : str
        A known site's name, or the path of a site file.
    weather : str
        Of the year's atlas: ``climate``, a file, or ``open-meteo:2019-2023``.
    mapping : Path or None
        How to read a plain CSV of weather.
    forecast : Path or None
        Weather that covers now and the coming days, for event response and the plume on the map.
    readings : tuple of Path
        Files of readings on the map.
    in_force : Path or None
        Folder of a kept plan whose zones are in force.
    keeping : Keeping
        The record.
    cache : Path
        Folder of atlases.
    host : str
    port : int
    users : Path or None
        File of accounts; None for loopback and read-only.
    hosts : tuple of str
        Further names under which the server may be asked; loopback names and the host's own are known.
    proxies : tuple of str
        Addresses of what stands in front and ends TLS; only from these is believed who asks, and how.
    session_idle, session_longest : float
        When a session ends: without any request, and whatever is asked [s].
    tiles : str or None
        Address pattern of a further raster map source, with {z}, {x}, {y}.
    language : str
        Where the browser asks for none that is known.
    workers : int or None
        Processes that build an atlas; None for one a core.
    seed : int
        Of everything random.
    """

    site: str = "zaporizhzhia"
    weather: str = "climate"
    mapping: Path | None = None
    forecast: Path | None = None
    readings: tuple[Path, ...] = ()
    in_force: Path | None = None
    keeping: Keeping = field(default_factory=lambda: Keeping(store=DEFAULT_STORE))
    cache: Path = DEFAULT_CACHE
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    users: Path | None = None
    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    session_idle: float = 2.0 * SECONDS_PER_HOUR
    session_longest: float = 12.0 * SECONDS_PER_HOUR
    tiles: str | None = None
    language: str = "en"
    workers: int | None = None
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        for proxy in self.proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                cure = "write the address that it calls from, as 127.0.0.1, or its network, as 10.1.0.0/24"
                raise InputError("is no address", field="--proxy", value=proxy, cure=cure) from error
        if self.users is None and not is_loopback(self.host):
            raise InputError(
                "would show this to the network, and nobody has to sign in", field="--host", value=self.host,
                cure="name a file of accounts with --users (make one: oberih users add), or keep to 127.0.0.1",
            )  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address.

    Examples
    --------
    >>> [is_loopback(h) for h in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::", "plant.example")]
    [True, True, True, False, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""Where is the host of a name, without waiting longer than we may?

Looking a name up cannot be interrupted within a process: where no name server answers, the system waits for it half a
minute and more, deaf to signals.  So a small child process looks, and is ended when the deadline says so.  What is said
of an address, and of an error in which one stands (`shown`), tells the host, not who asks nor what opens its door.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

from oberih.errors import InputError
from oberih.far.deadline import LOOK, present

__all__ = ["addresses_of", "opens_a_door", "shown"]

LOOKUP = """
import json, socket, sys
try:
    found = socket.getaddrinfo(sys.argv[1], int(sys.argv[2]), 0, socket.SOCK_STREAM)
    print(json.dumps([[int(f), list(a)] for f, _, _, _, a in found]))
except (OSError, UnicodeError) as error:
    print(json.dumps(str(error)))
"""

Address = tuple[int, tuple[Any, ...]]
"""Family, and what `socket.socket.connect` takes."""


_WHO = re.compile(r"//[^/?#\s\"'<>]*@")
_KEY = re.compile(
    r"(?i)((?:signature|credential|token|secret|passw(?:or)?d|authorization|[?&](?:[^=&\s]*key|(?:sig|auth|pwd|code)(?==)))"
    r"[^=:&\s%]*\s*(?:[=:]|%3D)\s*(?:(?:bearer|basic)\s+)?)[^&\s]+"
)
_QUERY = re.compile(r"\?\S*")


def shown(said: object, *, secrets: Iterable[str] = ()) -> str:
    """An address, or a line in which one stands, as it is shown: without what tells or opens the door.

    Parameters
    ----------
    said : object
        Of which the text is shown.
    secrets : iterable of str
        Values that are to be left out too, however an address spells them.

    Returns
    -------
    str
        Without the name and the password before a host, and with … for what is called a signature, credential, token,
        secret or password, for a key of a query, and for the ``secrets``.

    Examples
    --------
    >>> shown("https://me:secret@host/a@b?hour=3&apikey=abc")
    'https://host/a@b?hour=3&apikey=…'
    """
    line = str(said)
    for value in filter(None, secrets):
        for spelt in (value, quote(value, safe=""), quote_plus(value, safe=""), quote(value)):
            line = line.replace(spelt, "…")
    return _KEY.sub(r"\1…", _WHO.sub("//", line))


def opens_a_door(url: str) -> bool:
    """Whether a URL says who asks, before its host, or what opens the door, in its query; a path may have any name.

    Examples
    --------
    >>> opens_a_door("s3://me:secret@bucket/a"), opens_a_door("s3://tokens/run=1"), opens_a_door("s3://b/a?sig=1")
    (True, False, True)
    """
    query = "".join(_QUERY.findall(url))
    return _WHO.search(url) is not None or _KEY.search(query) is not None


def addresses_of(host: str, port: int) -> list[Address]:
    """Addresses of a host, those to be tried first before others.

    Parameters
    ----------
    host : str
        A name or an address.
    port : int

    Raises
    ------
    InputError
        If no host can have this name, or no service this port.
    OSError
        If there is no such host.
    Stopped, TooLate
        As the deadline says that this thread is held to.
    """
    if not 0 < port < 65536:
        raise InputError("is no port", field=f"port of {host}", value=port, cure="give one from 1 to 65535")
    try:
        return _plain(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST))
    except UnicodeError as error:
        raise InputError("is a name that no host can have", field="host", value=host,
                         cure="see whether the address is spelt right") from error  # fmt: skip
    except OSError:
        pass  # an address is no name
    if host == "localhost" or not sys.executable:
        return _plain(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
    found = json.loads(_looked_up(host, port))
    if isinstance(found, str):
        raise OSError(found)
    return [(int(family), tuple(address)) for family, address in found]


def _plain(found: Any) -> list[Address]:
    return [(int(family), tuple(address)) for family, _, _, _, address in found]


def _looked_up(host: str, port: int) -> bytes:
    command = [sys.executable, "-I", "-S", "-c", LOOKUP, host, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return child.communicate(timeout=min(present().left(), LOOK))[0] or b'"cannot be looked up"'
        finally:
            child.kill()

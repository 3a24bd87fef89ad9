"""Who reaches a server: this machine only, or others too, who then have to bring a token."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path

from ..language import _
from ..problems import InputError, Problem, reason_of

#: Where a token may be instead of in a file; never in the command's line, which others on the machine see.
TOKEN = "DOTTEDLINE_TOKEN"

#: A token that is shorter can be guessed.
_SHORTEST = 16


def token_for(host: str, path: str | None) -> bytes | None:
    """The token that requests have to bring to a server on an address; None where they need none.

    Args:
        host: the address.
        path: a file that holds it; else it is in the environment, if there is any.

    Raises:
        InputError: where there is none and others reach the address, or where it cannot be one.
        OSError: where the file cannot be read.
    """
    text = Path(path).read_text(encoding="utf-8") if path is not None else os.environ.get(TOKEN)
    if text is None:
        if is_loopback(host):
            return None
        told = _("`{host}` can be reached from other machines, and there is no token").format(host=host)
        help = _("name a file that holds one with `--token-file`, or set `{name}`").format(name=TOKEN)
        raise InputError([Problem(told, help=help)])
    token = text.strip()
    where = f"`{path or TOKEN}`"
    if not token.isascii() or not token.isprintable() or " " in token:
        told = _("the token in {where} has characters that no header can have").format(where=where)
        raise InputError([Problem(told)])
    if len(token) < _SHORTEST:
        told = _("the token in {where} has fewer than {number} characters")
        help = _("make one with `{command}`").format(command="openssl rand -hex 32")
        raise InputError([Problem(told.format(where=where, number=_SHORTEST), help=help)])
    return token.encode("ascii")


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach a server on that address."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        InputError: where it cannot be had.
    """
    try:
        [(family, kind, protocol, _name, address), *_rest] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        found = socket.socket(family, kind, protocol)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen()
    except OSError as error:
        told = _("cannot listen on {address}: {reason}")
        problem = Problem(told.format(address=f"`{host}:{port}`", reason=reason_of(error)))
        raise InputError([problem]) from None
    return found

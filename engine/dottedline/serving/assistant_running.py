"""Running the server for assistants: over pipes, or over HTTP on an address of this machine."""

from __future__ import annotations

import hmac
import socket
from typing import Any

import anyio
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from ..language import _
from ..logs import LOGGER
from ..source import MAX_BYTES

#: Where it is found over HTTP.
PATH = "/mcp"

#: How many assistants can be connected at once, and how long, in seconds, one may say nothing.
_SESSIONS = 256
_IDLE = 30 * 60

#: How long, in seconds, answers in hand may still take when the server is told to stop.
_GRACE = 5


def run_over_pipes(server: Server[Any]) -> None:
    """Answers on standard input and output until the input ends; nothing else is written there."""

    async def serve() -> None:
        async with stdio_server() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())

    anyio.run(serve)


def run_over_http(server: Server[Any], listening: socket.socket, token: bytes | None) -> None:
    """Answers over streamable HTTP until SIGTERM or SIGINT.

    Args:
        server: the server.
        listening: the socket to take connections from.
        token: what every request has to bring; None where none has to.
    """
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    names = (shown, "localhost")
    # A page in a browser may reach this machine under a name of its own: only names of ours are let in.
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=token is None,
        allowed_hosts=[f"{name}:{port}" for name in names],
        allowed_origins=[f"http://{name}:{port}" for name in names],
    )
    app: Any = server.streamable_http_app(
        streamable_http_path=PATH,
        host=host,
        transport_security=security,
        max_request_body_size=MAX_BYTES,
        max_sessions=_SESSIONS,
        session_idle_timeout=_IDLE,
    )
    config = uvicorn.Config(
        app if token is None else WithToken(app, token),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    LOGGER.info("serving assistants at http://%s:%s%s", shown, port, PATH)
    uvicorn.Server(config).run(sockets=[listening])


class WithToken:
    """An ASGI application that answers only requests with a token."""

    def __init__(self, app: Any, token: bytes) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and not self._is_right(dict(scope["headers"]).get(b"authorization", b"")):
            told = _("a token is wanted that is right")
            headers = [
                (b"www-authenticate", b'Bearer realm="dottedline"'),
                (b"content-type", b"text/plain; charset=utf-8"),
            ]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": told.encode()})
            return
        await self._app(scope, receive, send)

    def _is_right(self, given: bytes) -> bool:
        scheme, _space, token = given.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)

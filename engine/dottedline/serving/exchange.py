"""One request and its reply, as they go: what rests with the client is bounded in size and time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..language import _
from .negotiation import headers_of
from .replies import Refusal, Reply

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: The header with the id of an answer's record.
RECORD = b"dottedline-record"

#: So many bytes of a body are taken that nobody will look at.
_LEFT_OVER = 8 * 1024 * 1024


class Gone(Exception):
    """It is over: the client is not there any more, or what was begun cannot be ended well."""


class Exchange:
    """One request and its reply, as it goes.

    Args:
        scope, receive, send: as ASGI has them.
        seconds: how long each step of it may take that rests with the client.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self.start = time.perf_counter()
        self.scope = scope
        self.path: str = scope["path"]
        self.headers = headers_of(scope)
        self.language = ""
        self.remembered = False
        #: The id of its record.
        self.record = ""
        #: The status that was sent; None before.
        self.status: int | None = None
        self.received = self.sent = 0
        #: The body, where it was read in full here.
        self.asked: bytes | None = None
        #: Why the reply is not whole.
        self.broken = ""
        #: Whether all of the request was received.
        self.read = b"content-length" not in self.headers and b"transfer-encoding" not in self.headers
        self._given = False
        self._receive, self._send = receive, send
        self._seconds = seconds

    async def body(self, most: int) -> bytes:
        """The whole body.

        Raises:
            Refusal: where it is too long, or takes too long.
            Gone: where the client has gone.
        """
        told = self.headers.get(b"content-length")
        if told is not None and told.isdecimal() and int(told) > most:
            raise too_large(most)
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise Gone
                    part = message.get("body", b"")
                    self.received += len(part)
                    if self.received > most:
                        raise too_large(most)
                    parts.append(part)
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            raise Refusal(408, _("the body of the request took too long")) from None
        self.read = True
        self.asked = parts[0] if len(parts) == 1 else b"".join(parts)
        return self.asked

    async def receive(self) -> Message:
        """The next part of the request, for the application: the body again where it was read."""
        if self.asked is not None and not self._given:
            self._given = True
            return {"type": "http.request", "body": self.asked, "more_body": False}
        message = await self._receive()
        if message["type"] == "http.request":
            self.received += len(message.get("body", b""))
            self.read = self.read or not message.get("more_body")
        return message

    async def send(self, message: Message) -> None:
        """Sends a part of the reply, for the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.record = dict(message.get("headers", ())).get(RECORD, b"").decode()
            if message["status"] >= 400:
                message["headers"] = [*message.get("headers", ()), *await self._end()]
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    async def reply(self, reply: Reply) -> None:
        """Sends a whole reply."""
        headers = [*reply.headers, *await self._end()]
        self.status = reply.status
        self.sent = len(reply.body)
        await self._send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": reply.body})

    async def _end(self) -> list[tuple[bytes, bytes]]:
        """Takes what is left of the body, if it is not much: else many a client would never see the reply.

        Returns:
            The headers that say so where it was too much: then the connection ends.
        """
        if not self.read and b"expect" not in self.headers:
            left = _LEFT_OVER
            with contextlib.suppress(TimeoutError, Gone):
                async with asyncio.timeout(min(1.0, self._seconds)):
                    while not self.read and left > 0:
                        message = await self._receive()
                        if message["type"] == "http.disconnect":
                            raise Gone
                        left -= len(message.get("body", b""))
                        self.read = not message.get("more_body")
        return [] if self.read else [(b"connection", b"close")]


def too_large(most: int) -> Refusal:
    """The refusal of a body that is too long."""
    return Refusal(413, _("the body is longer than {most} bytes").format(most=most))

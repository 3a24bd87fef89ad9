"""One connection: what uvicorn leaves unbounded is bounded here.

uvicorn has no limit for the head of a request, nor for the time that it or
a slow reader takes, and gives up on a client that closes its side of the
connection once it has asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from ..language import _
from ..logs import LOGGER
from .metrics import Metrics
from .replies import Refusal
from .settings import Settings


def connections(settings: Settings, metrics: Metrics) -> Callable[..., asyncio.Protocol]:
    """What makes a connection, as uvicorn wants it."""

    def connection(*args: Any, **kwargs: Any) -> asyncio.Protocol:
        made = Connection(*args, **kwargs)
        made.settings, made.metrics = settings, metrics
        return made

    return connection


class Connection(HttpToolsProtocol):  # type: ignore[misc]
    """A connection with bounds on the head of each request, on time, and on how many there are."""

    settings: Settings
    metrics: Metrics

    #: While the head of a request is on its way: how much of it has come, and what ends the wait for it.
    _head = 0
    _waiting: asyncio.TimerHandle | None = None
    #: What ends the wait for a client that does not read, and when it last sent something.
    _reading: asyncio.TimerHandle | None = None
    _heard = 0.0
    #: Why the request is refused whose head is being read.
    _refusal: Refusal | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.metrics.connections.set(len(self.connections))
        if len(self.connections) > self.settings.connections:
            self._refuse(Refusal(503, _("too many connections are open"), headers={"Retry-After": "1"}))
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._done_waiting()
        self._done_reading()
        super().connection_lost(exc)
        self.metrics.connections.set(len(self.connections))

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        in_head = self._waiting is not None
        self._heard = self.loop.time()
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._waiting is not None:
            self._head = self._head + len(data) if in_head else len(data)
            if self._head > self.settings.max_head:
                self._refuse(self._too_long())
        elif self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete):
            # Something came that is no request yet, such as an empty line.
            self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        self._done_waiting()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.settings.max_head:
            self._refusal = self._too_long()
            raise ValueError  # the parser ends with it, and `send_400_response` is called
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        told = _("this is not HTTP/1.1 as it should be")
        self._refuse(self._refusal or Refusal(400, told))

    def eof_received(self) -> bool:
        """The client will send nothing more: it still gets its answer, if it has asked in full."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body or self._waiting is not None:
            return False
        cycle.keep_alive = False
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        self._done_reading()
        super().resume_writing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_reader()

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    # -- a client that does not read ------------------------------------------------

    def _wait_for_reader(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(self.settings.seconds, self._does_not_read)

    def _done_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _does_not_read(self) -> None:
        # Many a client reads nothing before it has sent all.
        left = self._heard + self.settings.seconds - self.loop.time()
        if left > 0 and not self.transport.is_closing():
            self._reading = self.loop.call_later(left, self._does_not_read)
        else:
            self.transport.abort()

    def shutdown(self) -> None:
        super().shutdown()
        if self._waiting is not None:
            self._done_waiting()
            self.transport.close()

    # -- the head of a request ------------------------------------------------------

    def _wait(self) -> None:
        self._done_waiting()
        self._head = 0
        self._waiting = self.loop.call_later(self.settings.seconds, self._too_slow)

    def _done_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        self._waiting = None
        if self.cycle is not None and not self.cycle.response_complete:
            # The request before this one is not answered yet: who has to wait is no slow client.
            self._wait()
        elif self._head:
            self._refuse(Refusal(408, _("the head of the request took too long")))
        else:
            self.metrics.refused_connections.inc()
            self.transport.close()

    def _too_long(self) -> Refusal:
        most = self.settings.max_head
        return Refusal(431, _("the head of the request is longer than {most} bytes").format(most=most))

    def _refuse(self, refusal: Refusal) -> None:
        """Ends the connection with a problem; whoever was still to be answered on it is not."""
        self._done_waiting()
        self.metrics.refused_connections.inc()
        LOGGER.warning("connection refused: %s", refusal, extra={"told": {"status": refusal.status}})
        cycle = self.cycle
        in_body = cycle is not None and cycle.more_body and not cycle.response_started
        if cycle is None or cycle.response_complete or in_body:
            if in_body:
                cycle.disconnected = True  # whoever reads the body learns that there will be no more
                cycle.message_event.set()
            reply = refusal.reply()
            lines = [b"%s: %s\r\n" % header for header in [*reply.headers, (b"connection", b"close")]]
            self.transport.write(b"".join([STATUS_LINE[reply.status], *lines, b"\r\n", reply.body]))
        self.transport.close()
        self._wait_for_reader()

"""Running a server: until it is told to stop, which it does when it has answered what is in hand."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from ..language import speaking
from ..logs import LOGGER
from .application import application
from .connection import connections
from .reach import listen
from .service import Service
from .settings import Settings

#: How long, in seconds, a thread of answers keeps the others waiting.
_TURN = 0.001


class Server(uvicorn.Server):  # type: ignore[misc]
    """uvicorn, but that it ends quietly, and looks at the rulebook on SIGHUP."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        handled = [signal.SIGINT, signal.SIGTERM]
        for number in handled:
            loop.add_signal_handler(number, self._stop, number)
        if hasattr(signal, "SIGHUP"):
            handled.append(signal.SIGHUP)
            loop.add_signal_handler(signal.SIGHUP, self._refresh)
        try:
            yield
        finally:
            for number in handled:
                loop.remove_signal_handler(number)

    def _stop(self, number: signal.Signals) -> None:
        LOGGER.info(
            "stopping: requests in hand are answered, others refused", extra={"told": {"signal": number.name}}
        )
        self._service.stopping = True
        self.handle_exit(number, None)

    def _refresh(self) -> None:
        LOGGER.info("looking at the rulebook", extra={"told": {"signal": "SIGHUP"}})
        asyncio.get_running_loop().run_in_executor(None, self._service.refresh)


def serve(settings: Settings, listening: socket.socket | None = None) -> None:
    """Runs a server until SIGTERM or SIGINT.

    Args:
        settings: how.
        listening: the socket to take connections from; else one is made of `settings`.

    Raises:
        InputError: where it cannot listen.
        RulebookError: where the rulebook is broken.
        OSError: where it cannot record.
    """
    with speaking(settings.language):
        app, service = application(settings)
        taken = listening or listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        http=connections(settings, service.metrics),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=math.ceil(settings.seconds),
        timeout_graceful_shutdown=math.ceil(2 * settings.seconds),
        backlog=settings.connections,
    )
    sys.setswitchinterval(_TURN)
    book = service.book(settings.language)
    host, port = taken.getsockname()[:2]
    told = {"address": host, "port": port, "rulebook": book.id, "version": book.version, "sha256": book.sha256}
    LOGGER.info("serving", extra={"told": told})
    try:
        Server(config, service).run(sockets=[taken])
    finally:
        service.close()
        LOGGER.info("stopped")

"""Logs as lines of JSON, on standard error. No line holds facts, unless the server is told to."""

from __future__ import annotations

import json
import logging
import sys
import time
from functools import lru_cache

from ..logs import LOGGER

_JSON = json.JSONEncoder(ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """A log record as one line of JSON; what is in its attribute `told` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": f"{_second(int(record.created))}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return _JSON.encode(told)


@lru_cache(maxsize=2)
def _second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def log_to_stderr(level: str) -> None:
    """Has everything logged that the server and what it rests on have to say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    LOGGER.setLevel(level)
    # What no line tells is not found out: with a line for each request, it counts.
    for what in ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks"):
        setattr(logging, what, False)
    logging._srcfile = None
    for logger in (LOGGER, logging.getLogger("uvicorn.error"), logging.getLogger("asyncio")):
        logger.handlers = [handler]
        logger.propagate = False
    # A reply that is broken off is told with its request.
    handler.addFilter(lambda record: not record.getMessage().startswith("ASGI callable returned without"))
    # What uvicorn says of its own coming and going is said here in words of our own.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

"""Logs as lines of JSON, on standard error. No line holds facts, unless the server is told to."""

from __future__ import annotations

import datetime
import json
import logging
import sys

from ..logs import LOGGER


class Lines(logging.Formatter):
    """A log record as one line of JSON; what is in its attribute `told` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        told = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def log_to_stderr(level: str) -> None:
    """Has everything logged that the server and what it rests on have to say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    LOGGER.setLevel(level)
    for logger in (LOGGER, logging.getLogger("uvicorn.error"), logging.getLogger("asyncio")):
        logger.handlers = [handler]
        logger.propagate = False
    # A reply that is broken off is told with its request.
    handler.addFilter(lambda record: not record.getMessage().startswith("ASGI callable returned without"))
    # What uvicorn says of its own coming and going is said here in words of our own.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

"""The body of a request as a file that a thread reads, part by part, while it comes in."""

from __future__ import annotations

import asyncio
import codecs
import io
from collections.abc import Awaitable, Callable
from typing import Any

from ..language import _
from ..problems import InputError, Problem
from .replies import Refusal

#: The longest line of NDJSON, in bytes.
LONGEST = 1024 * 1024


class Inflow(io.RawIOBase):
    """Reads what a coroutine gives. Only for a thread that is not that of the loop.

    Args:
        loop: the loop of the coroutine.
        next_part: gives the next part of the body; empty at its end.
        patience: when to give up on the loop, in seconds: it may have ended.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, next_part: Callable[[], Awaitable[bytes]], patience: float
    ) -> None:
        self._loop = loop
        self._next_part = next_part
        self._patience = patience
        self._ready = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """What there is, at most; waits only where there is nothing."""
        while not self._ready and not self._ended:
            self._ready = memoryview(self.part())
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def part(self) -> bytes:
        """The next part of the body; empty at its end.

        Raises:
            Refusal: where it takes too long, or there is too much of it.
        """
        part = asyncio.run_coroutine_threadsafe(self._next(), self._loop).result(self._patience)
        self._ended = not part
        return part

    async def _next(self) -> bytes:
        return await self._next_part()


class LinesIn(Inflow):
    """The same for lines of text: held to be UTF-8, and each no longer than is good."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, next_part: Callable[[], Awaitable[bytes]], patience: float
    ) -> None:
        super().__init__(loop, next_part, patience)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 1
        self._length = 0

    def part(self) -> bytes:
        part = super().part()
        try:
            self._decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            line = self._lines + part[: error.start].count(b"\n")
            told = _("line {number} is not in UTF-8").format(number=line)
            raise InputError([Problem(told)]) from None
        for line_part in part.split(b"\n")[:-1]:
            self._count(len(line_part))
            self._lines += 1
            self._length = 0
        self._count(len(part) - part.rfind(b"\n") - 1)
        return part

    def _count(self, size: int) -> None:
        self._length += size
        if self._length > LONGEST:
            told = _("line {number} is longer than 1 MiB").format(number=self._lines)
            raise Refusal(413, told, _("each line is the JSON object of one company"))

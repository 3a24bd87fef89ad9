"""Answers that were given lately, as they were sent: the same question is answered without any work."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from ..records.lines import Line
from .replies import Reply

#: What an entry takes beside its bytes.
_BESIDE = 2048


class Key(NamedTuple):
    """What an answer rests on."""

    #: The path that was asked.
    path: str
    #: The hash of the rulebook; answers of an older one are never found again.
    sha256: str
    language: str
    body: bytes


class Remembered(NamedTuple):
    """A reply, and what is recorded each time that it is given."""

    reply: Reply
    line: Line | None
    #: What it takes in memory, in bytes.
    size: int


class Memory:
    """Replies by what was asked, up to so many bytes; what was not asked for longest is forgotten first.

    Not to be shared between threads.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._known: OrderedDict[Key, Remembered] = OrderedDict()

    def get(self, key: Key) -> Remembered | None:
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found

    def put(self, key: Key, reply: Reply, line: Line | None) -> Remembered:
        size = len(key.body) + len(reply.body) + (line.size if line else 0) + _BESIDE
        kept = Remembered(reply, line, size)
        if size > self._most // 16:
            return kept
        old = self._known.pop(key, None)
        self._size += size - (old.size if old else 0)
        self._known[key] = kept
        while self._size > self._most:
            _key, forgotten = self._known.popitem(last=False)
            self._size -= forgotten.size
        return kept

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return self._size

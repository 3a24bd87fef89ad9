"""A stream of Arrow, looked at before it is read: what it says of its sizes is held to bounds.

A few bytes can say that a batch has a trillion rows, or unpack to many
gigabytes. The frames of the stream (a length, the metadata as a table of
flatbuffers, a body) are read here as far as is needed to know.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

from ..language import _
from ..problems import InputError, Problem
from .inflow import Inflow

#: The longest metadata and body of a frame, in bytes, and the most rows of a batch.
MOST_METADATA = 1024 * 1024
MOST_BODY = 64 * 1024 * 1024
MOST_ROWS = 1_000_000

#: The kinds of messages that are looked into, by their numbers in Arrow's format.
_DICTIONARY, _BATCH = 2, 3

_CONTINUED = b"\xff\xff\xff\xff"


class FramesIn(Inflow):
    """The body of a request that is a stream of Arrow; each frame is looked at before it is handed on."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, next_part: Callable[[], Awaitable[bytes]], patience: float
    ) -> None:
        super().__init__(loop, next_part, patience)
        #: The start of a frame that is not yet whole, and how much of a body is still to pass.
        self._start = b""
        self._passing = 0

    def part(self) -> bytes:
        """The next part that was looked at; empty at the end of the body.

        Raises:
            InputError: where a frame is none, or says that it is larger than is good.
        """
        while True:
            part = super().part()
            if not part:
                rest, self._start = self._start, b""  # an end too soon: the reader says so
                return rest
            if looked_at := self._look(part):
                return looked_at

    def _look(self, part: bytes) -> bytes:
        done: list[bytes] = []
        data = self._start + part
        at = 0
        while at < len(data):
            if self._passing:
                size = min(self._passing, len(data) - at)
                self._passing -= size
            else:
                size = self._frame(data, at)
                if not size:
                    break
            done.append(data[at : at + size])
            at += size
        self._start = data[at:]
        return b"".join(done)

    def _frame(self, data: bytes, at: int) -> int:
        """The size of a frame without its body; 0 where it is not all here."""
        # Streams from before Arrow 0.15 have no word before the length.
        before = 4 if data.startswith(_CONTINUED, at) else 0
        if len(data) < at + before + 4 or (not before and _CONTINUED.startswith(data[at : at + 4])):
            return 0
        length = _read(data, "<i", at + before)
        if not 0 <= length <= MOST_METADATA:
            raise _wrong(_("a frame says that its metadata has {size} bytes").format(size=length))
        size = before + 4 + length
        if len(data) < at + size:
            return 0
        if length:
            self._passing = _body_of(data[at + before + 4 : at + size])
        return size


def _body_of(metadata: bytes) -> int:
    """How long the body of a frame is.

    Raises:
        InputError: where it is too large, or packed.
    """
    try:
        message = _Table.root(metadata)
        body = message.number(3, "<q", 0)
        kind = message.number(1, "<B", 0)
        header = message.table(2)
        if header is not None and kind == _DICTIONARY:
            header = header.table(1)
        if header is None or kind not in (_DICTIONARY, _BATCH):
            rows, packed = 0, False
        else:
            rows, packed = header.number(0, "<q", 0), header.table(3) is not None
    except struct.error:
        raise _wrong(_("a frame cannot be read")) from None
    if packed:
        raise _wrong(_("its batches are packed"), _("write it without compression"))
    if not 0 <= rows <= MOST_ROWS:
        told = _("a batch says that it has {rows} rows; {most} is the most")
        raise _wrong(told.format(rows=rows, most=MOST_ROWS))
    if not 0 <= body <= MOST_BODY:
        told = _("a batch says that it has {size} bytes; {most} is the most")
        raise _wrong(told.format(size=body, most=MOST_BODY), _("write it in smaller batches"))
    return body


class _Table:
    """A table of flatbuffers: its fields lie where its `vtable` says."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self._fields = at - _read(data, "<i", at)

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, _read(data, "<I", 0))

    def _place(self, field: int) -> int:
        """Where a field is; 0 where it is not there."""
        entry = 4 + 2 * field
        if entry >= _read(self._data, "<H", self._fields):
            return 0
        offset = _read(self._data, "<H", self._fields + entry)
        return self._at + offset if offset else 0

    def number(self, field: int, form: str, default: int) -> int:
        place = self._place(field)
        return _read(self._data, form, place) if place else default

    def table(self, field: int) -> _Table | None:
        place = self._place(field)
        return _Table(self._data, place + _read(self._data, "<I", place)) if place else None


def _read(data: bytes, form: str, at: int) -> int:
    if at < 0:
        raise struct.error
    found: int = struct.unpack_from(form, data, at)[0]
    return found


def _wrong(told: str, help: str | None = None) -> InputError:
    return InputError(
        [Problem(_("the stream of Arrow cannot be read: {reason}").format(reason=told), help=help)]
    )

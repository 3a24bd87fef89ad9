"""`/v1/evaluate`: tables of companies in, advice out, both as they come; memory does not grow with them."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from typing import IO, Any

from fastapi import Request, Response

from ..language import _, speaking
from ..library import Rulebook
from ..problems import InputError
from .exchange import Gone, Receive, Scope, Send, too_large
from .frames import FramesIn
from .gate import check_accept, check_type
from .inflow import LinesIn
from .negotiation import LANGUAGE, headers_of, language_asked, language_of, query
from .replies import Refusal, refused
from .request import problems_as_data
from .service import Service, said_of

EVALUATE = "/v1/evaluate"
NDJSON = "application/x-ndjson"
ARROW = "application/vnd.apache.arrow.stream"

#: What a query may say of the columns: those that the results keep, and what others hold.
KEEP, MAP = "keep", "map"

#: So many bytes of results are sent at once.
_CHUNK = 256 * 1024

#: How much longer a thread waits for the loop than the loop for a client, in seconds.
_BESIDE = 5.0


async def evaluate(service: Service, request: Request) -> Response:
    """Answers a table with a table.

    Raises:
        Refusal: where it cannot be answered, as far as that is known before the first rows are.
    """
    headers = headers_of(request.scope)
    kind = check_type(headers, (NDJSON, ARROW))
    wanted = check_accept(headers, (kind, ARROW if kind == NDJSON else NDJSON))
    asked = query(request.scope["query_string"], (LANGUAGE, KEEP, MAP))
    language = language_of(headers.get(b"accept-language"), service.settings.language)
    if LANGUAGE in asked:
        language = language_asked(asked[LANGUAGE][-1])
    told = headers.get(b"content-length")
    if told is not None and told.isdecimal() and int(told) > service.settings.max_stream:
        raise too_large(service.settings.max_stream)
    book = service.book(language)
    answering = Answering(service, request, book)
    with speaking(language):
        await answering.begin(kind, wanted, asked.get(KEEP, ()), asked.get(MAP, ()))
    return _Table(answering.parts(), [(b"content-type", wanted.encode()), *said_of(book)])


class _Table(Response):  # type: ignore[misc]
    """A reply that is sent as it is made. Starlette's own would read the request meanwhile."""

    def __init__(self, parts: AsyncIterator[bytes], headers: list[tuple[bytes, bytes]]) -> None:
        super().__init__()
        self.raw_headers = headers
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Answering:
    """One table that is being evaluated: a thread reads and writes, the loop of the server brings and takes.

    Results go through a file without a name: many clients send all before
    they read anything, and would else wait for us as we for them.

    Args:
        service: what it answers with.
        request: brings the table.
        book: the rulebook.
    """

    def __init__(self, service: Service, request: Request, book: Rulebook) -> None:
        self._service = service
        self._request = request
        self._book = book
        self._loop = asyncio.get_running_loop()
        self._received = 0
        self._whole = False
        self._out: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        #: There is more to send, or it is known that there is none.
        self._more = asyncio.Event()
        #: The columns are understood: the reply can begin.
        self._begun: asyncio.Future[None] = self._loop.create_future()
        self._work: asyncio.Future[None]

    async def begin(self, kind: str, wanted: str, keep: tuple[str, ...], columns: tuple[str, ...]) -> None:
        """Begins, and waits until the table is understood.

        Raises:
            Refusal: where it cannot be.
        """
        if not self._service.take_stream():
            self._out.close()
            told = _("too many tables are being evaluated")
            raise Refusal(503, told, headers={"Retry-After": "5"})
        self._work = self._loop.run_in_executor(
            self._service.stream_threads, lambda: self._run(kind, wanted, keep, columns)
        )
        self._work.add_done_callback(self._ended)
        await asyncio.wait([self._work, self._begun], return_when=asyncio.FIRST_COMPLETED)
        if self._work.done() and (error := self._work.exception()) is not None:
            self._out.close()
            raise self._told(error)

    def _ended(self, work: asyncio.Future[None]) -> None:
        if not work.cancelled():
            work.exception()  # is told where it is asked for; where nobody does, nobody is there any more
        self._service.leave_stream()
        self._more.set()

    def _told(self, error: BaseException) -> BaseException:
        if isinstance(error, InputError):
            return refused(422, error, problems_as_data(error.problems))
        return error

    # -- in the loop -------------------------------------------------------------------

    async def _next_part(self) -> bytes:
        while not self._whole:
            try:
                async with asyncio.timeout(self._service.settings.seconds):
                    message = await self._request.receive()
            except TimeoutError:
                raise Refusal(408, _("the body of the request took too long")) from None
            if message["type"] == "http.disconnect":
                raise Gone
            self._whole = not message.get("more_body")
            part: bytes = message.get("body", b"")
            self._received += len(part)
            if self._received > self._service.settings.max_stream:
                raise too_large(self._service.settings.max_stream)
            if part:
                return part
        return b""

    async def parts(self) -> AsyncIterator[bytes]:
        """The results, as they come.

        Raises:
            Exception: where they end too early: the client sees that they are not whole.
        """
        sent = 0
        try:
            while True:
                self._more.clear()
                ended = self._work.done()
                part = os.pread(self._out.fileno(), _CHUNK, sent)
                if part:
                    sent += len(part)
                    yield part
                elif ended:
                    break
                else:
                    await self._more.wait()
            error = self._work.exception()
            if isinstance(error, (Refusal, InputError)):
                raise Gone(str(error)) from error
            if error is not None:
                raise error
        finally:
            self._whole = True  # nobody waits for what is still to come
            await asyncio.wait([self._work])
            self._out.close()

    # -- in the thread -----------------------------------------------------------------

    def _run(self, kind: str, wanted: str, keep: tuple[str, ...], columns: tuple[str, ...]) -> None:
        from .streamed import evaluate_table

        with speaking(self._book.language):
            patience = self._service.settings.seconds + _BESIDE
            body = (LinesIn if kind == NDJSON else FramesIn)(self._loop, self._next_part, patience)
            done = evaluate_table(
                self._book,
                body,
                kind == NDJSON,
                _Telling(self._out, self._wake),
                wanted == NDJSON,
                keep,
                columns,
                self._understood,
            )
        self._service.count_rows(*done)

    def _understood(self) -> None:
        self._loop.call_soon_threadsafe(self._begun.set_result, None)

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._more.set)


class _Telling:
    """A file that tells when something was written."""

    closed = False

    def __init__(self, file: IO[bytes], tell: Callable[[], None]) -> None:
        self._file = file
        self._tell = tell

    def write(self, data: Any) -> int:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._tell()
        return len(data)

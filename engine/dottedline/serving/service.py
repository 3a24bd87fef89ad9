"""What a server has: the rulebook in each language, what it remembers, where it records, and its threads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from ..language import LANGUAGES, _, speaking
from ..library import Rulebook
from ..logs import LOGGER
from ..matcher import EngineFault
from ..problems import InputError
from ..records.lines import Line
from ..records.recorder import Recorder
from ..reloading import Reloading
from . import operations
from .memory import Key, Memory, Remembered
from .metrics import Metrics
from .operations import OPERATIONS
from .replies import JSON, Refusal, Reply, json_bytes, refused, reply_of
from .request import Request
from .settings import Settings

T = TypeVar("T")

#: Charts are drawn by another program: its threads wait, and do not work.
_THREADS = 8

#: The operations that give advice; what is only asked about is not recorded.
RECORDED = frozenset(OPERATIONS) - {"questions", "next_question"}

#: The picture of a chart, which is no JSON.
CHART = "chart_svg"
SVG = "image/svg+xml"


class Asked(NamedTuple):
    """A request that was read in full."""

    key: Key
    book: Rulebook
    language: str


class Service:
    """What answers requests, whoever brings them.

    Args:
        settings: how it is run.
        metrics: what counts.

    Raises:
        RulebookError: where the rulebook is broken.
        OSError: where it cannot record.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        usual = settings.language
        others = [language for language in LANGUAGES if language != usual]
        languages = [usual, *others]
        self.rulebooks = Reloading(
            settings.rules, languages=languages, inferred=settings.inferred, every=settings.reload
        )
        self.memory = Memory(settings.memory)
        self.recorder = Recorder(settings.record, hashed=settings.record_hash) if settings.record else None
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dottedline")
        self.stream_threads = ThreadPoolExecutor(settings.streams, thread_name_prefix="dottedline-table")
        self._streams = 0
        #: A stop was asked for: what is in hand is answered, nothing else.
        self.stopping = False

    def book(self, language: str) -> Rulebook:
        """The rulebook as it is."""
        return self.rulebooks.in_language(language)

    def refresh(self) -> None:
        """Looks whether the files of the rulebook have changed; logs what comes of it."""
        if not self.rulebooks.refresh() and self.rulebooks.error is None:
            LOGGER.info("rulebook `%s` is what it was", self.settings.rules)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Does work beside the other requests.

        Raises:
            Refusal: where it takes too long; nobody waits for it any more then.
        """
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.wait_for(running, self.settings.seconds)
        except TimeoutError:
            raise Refusal(504, _("the answer took too long")) from None

    async def answer(self, asked: Asked, name: str) -> Remembered:
        """The reply to a question, which is remembered.

        Args:
            asked: the question.
            name: the key of an operation, or `CHART`.

        Raises:
            Refusal: where it cannot be answered.
        """
        reply, line = await self.in_thread(lambda: self._work(asked, name))
        kept = self.memory.put(asked.key, reply, line)
        self.metrics.memory.set(self.memory.size)
        return kept

    def _work(self, asked: Asked, name: str) -> tuple[Reply, Line | None]:
        from ..present.chart_image import CannotDraw

        request = Request(asked.key.body)
        with speaking(asked.language):
            try:
                if name == CHART:
                    kind, body = SVG, operations.chart_svg(asked.book, request)
                else:
                    kind, body = JSON, json_bytes(OPERATIONS[name].run(asked.book, request))
                line = self._line(asked.book, request, name)
            except InputError as error:
                status = 400 if request.unreadable else 422
                raise refused(status, error, request.told(error)) from None
            except CannotDraw as error:
                raise Refusal(503, str(error), error.help) from None
            except EngineFault as error:
                LOGGER.critical("%s", error)
                told = _("the rule engine and its check differ: no advice is given")
                raise Refusal(500, told, _("please report this")) from None
        return reply_of(200, kind, body, said_of(asked.book)), line

    def _line(self, book: Rulebook, request: Request, name: str) -> Line | None:
        if self.recorder is None or not (name in RECORDED or name == CHART):
            return None
        operation = "chart" if name == CHART else name
        answer, topics = operations.answer(book, request, operation)
        return Line(book, answer, operation, topics, hashed=self.recorder.hashed)

    async def record(self, line: Line) -> str:
        """Records an answer before it is given. Returns the id of the record.

        Raises:
            Refusal: where it cannot be recorded: then it is not given either.
        """
        assert self.recorder is not None
        id, data = line.now()
        try:
            try:
                self.recorder.append(data, patience=0.0)
            except TimeoutError:
                recorder = self.recorder
                await self.in_thread(lambda: recorder.append(data))
        except OSError as error:
            LOGGER.error("answers cannot be recorded: %s", error)
            told = _("the answer cannot be recorded, and is not given")
            raise Refusal(503, told, headers={"Retry-After": "1"}) from None
        self.metrics.records.inc()
        return id

    def take_stream(self) -> bool:
        """Whether one more table can be evaluated; then `leave_stream` follows."""
        if self._streams >= self.settings.streams:
            return False
        self._streams += 1
        return True

    def leave_stream(self) -> None:
        """A table is done."""
        self._streams -= 1

    def count_rows(self, done: int, rejected: int) -> None:
        """Counts the rows of a table."""
        self.metrics.rows.labels("answered").inc(done)
        self.metrics.rows.labels("rejected").inc(rejected)

    def close(self) -> None:
        """Lets go of what it holds; what is still being worked on is not waited for."""
        for threads in (self._threads, self.stream_threads):
            threads.shutdown(wait=False, cancel_futures=True)
        if self.recorder is not None:
            self.recorder.close()


def said_of(book: Rulebook) -> list[tuple[bytes, bytes]]:
    """The headers that tell which rulebook has answered, in which language."""
    return [
        (b"content-language", book.language.replace("_", "-").encode()),
        (b"dottedline-rulebook", f"{book.id} {book.version} {book.sha256}".encode("ascii", "replace")),
        (b"cache-control", b"no-store"),
        (b"vary", b"accept, accept-language"),
    ]


def facts_of(body: bytes) -> Any:
    """What was asked, for a log that is to have it."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")

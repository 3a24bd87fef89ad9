"""Batches evaluated in several processes, and given back in the order in which they came.

A worker loads the rulebook itself. Batches go to it, and results come back,
as bytes of Arrow streams. Whatever the number of workers, a batch has the
same result, and results have the same order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import chain, islice
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..language import _, current, speaking
from ..library import Rulebook
from .cache import Cache
from .columns import Reject
from .evaluation import Evaluated, Evaluator
from .mapping import MappedSpellings, Wanted

T = TypeVar("T")

#: What a worker gives back: an `Evaluated` whose results are the bytes of an Arrow stream.
_Packed = tuple[bytes, npt.NDArray[np.int64], tuple[Reject, ...]]

#: Batches that wait for each worker: it always has one to go on with.
_AHEAD = 2


class Task(NamedTuple):
    """Rows to evaluate."""

    rows: pa.RecordBatch
    #: From headings to the ids of facts.
    facts: Mapping[str, str]


class Evaluating:
    """Evaluates batches for the time of a `with` block.

    Args:
        book: the rulebook.
        wanted: how values are spelled.
        jobs: how many processes; 1 for this one alone.
    """

    def __init__(self, book: Rulebook, wanted: Wanted, jobs: int) -> None:
        self._here = _Evaluators(book, wanted)
        self._given = (book, wanted, current())
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Evaluating:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if error is None:
            self._here.keep()

    @property
    def spellings(self) -> MappedSpellings:
        """What headings and values mean."""
        return self._here.spellings

    def warnings(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """What makes evaluating these columns slower than it could be, for the user."""
        return self._here.evaluator(facts).warnings

    def results(self, items: Iterable[T], task: Callable[[T], Task]) -> Iterator[tuple[T, Evaluated]]:
        """Each item with its result, in their order.

        Args:
            items: what is to be evaluated; taken a few ahead of what is given back.
            task: the rows of an item.

        Raises:
            ChildProcessError: where a worker died.
        """
        rest = iter(items)
        # One batch alone is done before a worker has begun; where there is none, nothing is taken ahead.
        first = list(islice(rest, 2)) if self._jobs > 1 else []
        if len(first) < 2 and self._pool is None:
            for item in chain(first, rest):
                yield item, self._here.evaluate(task(item))
            return
        waiting: deque[tuple[T, Future[_Packed]]] = deque()
        try:
            for item in chain(first, rest):
                waiting.append((item, self._submit(task(item))))
                if len(waiting) > _AHEAD * self._jobs:
                    done, result = waiting.popleft()
                    yield done, _unpacked(result.result())
            while waiting:
                done, result = waiting.popleft()
                yield done, _unpacked(result.result())
        except BrokenProcessPool:
            told = _("a worker process has died, perhaps for lack of memory; try fewer --jobs")
            raise ChildProcessError(told) from None

    def _submit(self, task: Task) -> Future[_Packed]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=self._given,
            )
        facts = tuple(task.facts.items())
        # Ctrl-C goes to every process of the terminal, and only this one is to act on it. A worker that
        # is begun for this task goes on as it began.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._pool.submit(_evaluate, _packed(task.rows.select(list(task.facts))), facts)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Evaluators:
    """The evaluators of the tables met, one for each layout."""

    def __init__(self, book: Rulebook, wanted: Wanted) -> None:
        self._book = book
        self.spellings = MappedSpellings(book, wanted)
        self._cache = Cache(book)
        self._of = lru_cache(8)(self._made)

    def _made(self, facts: tuple[tuple[str, str], ...]) -> Evaluator:
        return Evaluator(self._book, dict(facts), self.spellings, self._cache)

    def keep(self) -> None:
        """Keeps what was found out, for the next run."""
        self._cache.keep()

    def evaluate(self, task: Task) -> Evaluated:
        return self.evaluator(task.facts).evaluate(task.rows.select(list(task.facts)))

    def evaluator(self, facts: Mapping[str, str]) -> Evaluator:
        """The evaluator of tables with these columns, from headings to the ids of facts."""
        return self._of(tuple(facts.items()))


# --- in the workers -----------------------------------------------------------------

_here: _Evaluators
_language: str


def _begin(book: Rulebook, wanted: Wanted, language: str) -> None:
    """Makes a process ready; it ends when the one that started it does, however that ends."""
    global _here, _language
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    _here = _Evaluators(book, wanted)
    _language = language


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _evaluate(rows: bytes, facts: tuple[tuple[str, str], ...]) -> _Packed:
    with speaking(_language):
        found = _here.evaluate(Task(_read(rows), dict(facts)))
    return _packed(found.results), found.rows, found.rejects


def _packed(rows: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_batch(rows)
    return bytes(sink.getvalue())


def _read(rows: bytes) -> pa.RecordBatch:
    return pa.ipc.open_stream(rows).read_next_batch()


def _unpacked(result: _Packed) -> Evaluated:
    rows, which, rejects = result
    return Evaluated(_read(rows), which, rejects)

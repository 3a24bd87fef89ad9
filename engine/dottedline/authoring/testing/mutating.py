"""Runs mutants: every one is judged by the cases, in as many processes as are asked for."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from ...library import Rulebook
from ...problems import Span
from .cases import Case
from .judging import Fate, Judge, Judged
from .mutants import Mutant, mutants
from .places import Places
from .reader import read_cases


class Outcome(NamedTuple):
    """A mutant, where it stands, and what became of it."""

    mutant: Mutant
    place: Span | None
    judged: Judged

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; what is altered is told in words by who prints it."""
        return {
            "decision": self.mutant.decision.id,
            "about": self.mutant.about,
            "key": self.mutant.key,
            "file": self.place.source.name if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
            "fate": self.judged.fate,
            "by": self.judged.by or None,
        }


class Mutation(NamedTuple):
    """What became of all mutants."""

    outcomes: tuple[Outcome, ...]

    def of(self, fate: Fate) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.judged.fate == fate)


def mutate(book: Rulebook, cases: Sequence[Case], only: Iterable[str] = (), jobs: int = 1) -> Mutation:
    """Judges every mutant of a rulebook.

    Args:
        book: the rulebook, with what the project inferred.
        cases: cases that it passes.
        only: the ids of the decisions to alter; all where there are none.
        jobs: how many processes.
    """
    wanted = frozenset(only)
    groups = _groups(book, wanted)
    judged: Iterable[list[Judged]]
    if jobs == 1 or len(groups) < 2:
        judged = [_judge(book, cases, group) for group in groups]
    else:
        with ProcessPoolExecutor(
            min(jobs, len(groups)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(book, [case.name for case in cases], wanted),
        ) as pool:
            judged = list(pool.map(_judge_group, range(len(groups))))
    places = Places(book.folders[0])
    outcomes = [
        Outcome(mutant, _place(places, mutant), each)
        for group, results in zip(groups, judged, strict=True)
        for mutant, each in zip(group, results, strict=True)
    ]
    return Mutation(tuple(outcomes))


def _groups(book: Rulebook, only: frozenset[str]) -> list[list[Mutant]]:
    """The mutants by decision, the same in every process."""
    found = itertools.groupby(mutants(book.network), key=lambda mutant: mutant.decision.id)
    return [list(group) for id, group in found if not only or id in only]


def _judge(book: Rulebook, cases: Iterable[Case], group: Sequence[Mutant]) -> list[Judged]:
    judge = Judge(book, cases, group)
    return [judge.judge(mutant) for mutant in group]


def _place(places: Places, mutant: Mutant) -> Span | None:
    """Where what is altered stands."""
    if mutant.key == "rule":
        return places.of(mutant.about)
    if mutant.altered is not None and mutant.altered.name:
        return places.of(mutant.about, mutant.key, mutant.altered.name, mutant.altered.number)
    return places.of(mutant.about, "open" if mutant.choice else mutant.key)


# --- in a worker ------------------------------------------------------------------------

_here: tuple[Rulebook, list[Case], list[list[Mutant]]] | None = None


def _begin(book: Rulebook, names: list[str], only: frozenset[str]) -> None:
    """A worker reads the rulebook and its cases itself."""
    global _here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wanted = set(names)
    _here = (book, [case for case in read_cases(book) if case.name in wanted], _groups(book, only))


def _judge_group(number: int) -> list[Judged]:
    assert _here is not None
    book, cases, groups = _here
    return _judge(book, cases, groups[number])

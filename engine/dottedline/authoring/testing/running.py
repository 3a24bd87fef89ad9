"""Runs cases: consults the rulebook on each, and holds the answer against what the case expects."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from ...answer import Answer, profile_to_dict
from ...library import Rulebook
from .cases import Case, Miss, misses
from .coverage import Coverage, coverage
from .said import Said, said_in


class Result(NamedTuple):
    """What became of one case."""

    case: Case
    answer: Answer
    said: Said
    misses: tuple[Miss, ...]
    #: How long consulting took.
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.misses

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        span = self.case.span
        return {
            "id": self.case.id,
            "company": self.case.number or None,
            "file": self.case.file,
            "line": span.line if span else None,
            "says": self.case.says,
            "guidance": list(self.case.guidance),
            "facts": profile_to_dict(self.case.profile, self.answer.vocabulary),
            "passed": self.passed,
            "misses": [_miss_to_dict(miss) for miss in self.misses],
        }


class Run(NamedTuple):
    """What became of all cases, and what they reach."""

    results: tuple[Result, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.passed)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "cases": [result.to_dict() for result in self.results],
            "passed": len(self.results) - len(self.failed),
            "failed": len(self.failed),
            "coverage": self.coverage.to_dict(),
        }


def run(book: Rulebook, cases: Iterable[Case]) -> Run:
    """Consults on every case, in order."""
    results = tuple(run_case(book, case) for case in cases)
    answers = [(result.case.with_inferred, result.answer, result.said) for result in results]
    return Run(results, coverage(book, answers))


def run_case(book: Rulebook, case: Case) -> Result:
    """Consults on one case."""
    begun = time.perf_counter()
    answer = (book if case.with_inferred else book.without_inferred()).consult(case.profile)
    seconds = time.perf_counter() - begun
    said = said_in(answer, book.data.decisions)
    return Result(case, answer, said, misses(case.expected, said), seconds)


def _miss_to_dict(miss: Miss) -> dict[str, Any]:
    expected, span = miss.expected, miss.expected.span
    return {
        "about": expected.about,
        "what": expected.what,
        "expected": _as_json(expected.value),
        "found": _as_json(miss.found),
        "line": span.line if span else None,
        "column": span.column if span else None,
    }


def _as_json(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value

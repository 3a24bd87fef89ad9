"""What a check is: a function that finds something, and what there is to know of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..diagnostics import Diagnostic, Severity, severity_of
from ..examined import Examined

Find = Callable[[Examined], Iterator[Diagnostic]]


def _nothing(_book: Examined) -> Iterator[Diagnostic]:
    return iter(())


class Check(NamedTuple):
    """One check: its code, what it means, and how it finds it.

    The texts are to be translated; the examples are parts of a rulebook that
    the tests put into a whole one and check.
    """

    code: str
    title: str
    #: What it means.
    means: str
    #: Why it matters.
    matters: str
    wrong: str
    right: str
    find: Find = _nothing

    @property
    def severity(self) -> Severity:
        return severity_of(self.code)


def check(
    code: str, title: str, *, means: str, matters: str, wrong: str, right: str
) -> Callable[[Find], Check]:
    """Makes a check of the function that finds what it is about."""
    examples = (inspect.cleandoc(wrong), inspect.cleandoc(right))
    return lambda find: Check(code, title, means, matters, *examples, find)


def found_on_reading(code: str, title: str, *, means: str, matters: str, wrong: str, right: str) -> Check:
    """A check that readers make: they give its code to what they report."""
    return check(code, title, means=means, matters=matters, wrong=wrong, right=right)(_nothing)

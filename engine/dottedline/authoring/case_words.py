"""The cases in which two rulebooks differ, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..language import _, counted, list_of
from ..reasons import subject_label, value_label
from ..words import quoted
from .comparing import Asked, Comparison, Told, ToldCases
from .joint import Side
from .words import values_text

#: So many facts of which the same is asked are told together; and as many values are better told by the others.
_ALIKE = 3


class CaseWords:
    """Puts words to the cases of a comparison.

    Args:
        found: the comparison.
        names: what the two books are called by who compares them.
    """

    def __init__(self, found: Comparison, names: Mapping[Side, str]) -> None:
        self._books = found.books
        self._joint = found.joint
        self._names = names

    def details(self, told: ToldCases) -> Iterator[tuple[str, str]]:
        """Cases as details: where it is so, and for which company."""
        for n, case in enumerate(told.cases):
            yield (_("Where") if n == 0 else _("Or where")), self.where(case)
            if n == 0 and case.example:
                yield _("For example"), _example(case)
        if told.left_out:
            yield (
                _("Not told"),
                counted("{n} further combination of facts", "{n} further combinations of facts", told.left_out),
            )

    def where(self, case: Told) -> str:
        """What a case asks, in words."""
        asks, exceptions = self._clauses(case, False), self._clauses(case, True)
        told = list_of(asks, "clauses") if asks else _("whatever the facts are")
        if exceptions:
            told = _("{condition}, unless {exceptions}").format(
                condition=told, exceptions=list_of(exceptions, "or")
            )
        return told

    def _clauses(self, case: Told, as_exceptions: bool) -> list[str]:
        """What is asked of each fact, or the exceptions; what is asked of several alike is said once."""
        facts: dict[str, list[str]] = {}
        for asked in case.asks:
            fact, wanted, is_exception = self._clause(asked)
            if is_exception == as_exceptions:
                facts.setdefault(wanted, []).append(fact)
        told = []
        for wanted, of in facts.items():
            if len(of) < _ALIKE:
                told += [_("{fact} {wanted}").format(fact=fact, wanted=wanted) for fact in of]
            else:
                words = _("one of {facts} {wanted}") if as_exceptions else _("each of {facts} {wanted}")
                told.append(words.format(facts=list_of(of), wanted=wanted))
        return told

    def _clause(self, asked: Asked) -> tuple[str, str, bool]:
        """A fact, what is asked of it, and whether it is better told as an exception."""
        book = self._books[asked.side]
        fact = quoted(subject_label(book, asked.name))
        if asked.side == "old" and asked.position is not None:
            fact = _("{fact} (only in {book})").format(fact=fact, book=self._names["old"])
        if not asked.groups:
            return fact, _("is not known"), False
        if not asked.others:
            return fact, _("is known"), False
        values = [value for group in asked.groups for value in group]
        of_numbers = any(isinstance(value, (int, float)) for value in values)
        few = sum(map(len, asked.others)) < len(values) and not of_numbers
        if asked.unknown and few:
            return fact, self._is(asked, asked.others), True
        told = self._is(asked, asked.groups)
        if few and len(values) > _ALIKE:
            if any(isinstance(value, frozenset) for value in values):
                told = _("is known, and not so that it {is_so}").format(is_so=self._is(asked, asked.others))
            else:
                others = [value_label(book, asked.name, value) for group in asked.others for value in group]
                told = _("is known and not {values}").format(values=list_of(others, "or"))
        if asked.unknown:
            told = _("{is_so} or is not known").format(is_so=told)
        return fact, told, False

    def _is(self, asked: Asked, groups: Sequence[Sequence[Any]]) -> str:
        book = self._books[asked.side]
        if asked.position is None:
            labels = [value_label(book, asked.name, value) for group in groups for value in group]
            return _("is {values}").format(values=list_of(labels, "or"))
        variable = self._joint.variables[asked.position]
        return values_text(book, variable.fact, groups, variable.tests)


def _example(case: Told) -> str:
    """A company of a case, as a profile has it."""
    return list_of([f"{id}: {_plain(value)}" for id, value in case.facts.items()], "unit")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)

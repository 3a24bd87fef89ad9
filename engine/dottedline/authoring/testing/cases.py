"""Cases: companies, and what the rulebook must say of them.

A case is a second reading of the source: facts, and what the source says
where they hold. It holds the rulebook to what it names, and to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from ...problems import Span
from ...profile import Profile
from ...reading import ItemId
from .said import DecisionSaid, FindingSaid, Said, fired

#: What a case can expect of a decision, of a finding, and of a rule or alternative.
What = Literal[
    "passes_on",
    "status",
    "outcome",
    "options",
    "option_modalities",
    "modality",
    "rules",
    "overridden",
    "state",
    "rule",
    "fires",
]

#: A word, words without an order, or whether a rule fires.
Value = str | frozenset[str] | bool | None


class Expected(NamedTuple):
    """One thing that a case expects."""

    #: The id of the decision, finding, rule or alternative that it is about.
    about: str
    what: What
    value: Value
    #: Where it is written.
    span: Span | None


class Case(NamedTuple):
    """A company, and what the rulebook must say of it. Of a case with several there is one for each."""

    id: str
    #: The case in words.
    says: str
    profile: Profile
    expected: tuple[Expected, ...]
    #: The guidance items that it is a reading of.
    guidance: tuple[ItemId, ...] = ()
    #: False where it is consulted on without what the project inferred itself.
    with_inferred: bool = True
    span: Span | None = None
    #: Which of its companies it is about, from 1; 0 where there is but one.
    number: int = 0

    @property
    def name(self) -> str:
        """Its id, with the number of the company where there are several."""
        return f"{self.id}[{self.number}]" if self.number else self.id

    @property
    def file(self) -> str:
        """The file that it is in, as the user knows it."""
        return self.span.source.name if self.span else ""


class Miss(NamedTuple):
    """Something that a case expects and that is not so."""

    expected: Expected
    found: Value


def misses(expected: Iterable[Expected], said: Said) -> tuple[Miss, ...]:
    """What is expected and not said.

    Args:
        expected: what a case expects.
        said: what an answer says, of all that something is expected of.
    """
    found = [(each, _found(each, said)) for each in expected]
    return tuple(Miss(each, value) for each, value in found if value != each.value)


def _found(expected: Expected, said: Said) -> Value:
    if expected.what == "fires":
        return expected.about in fired(said)
    there = said[expected.about]
    if there is None:
        return "absent" if expected.what == "state" else None
    if isinstance(there, FindingSaid):
        return getattr(there, expected.what)  # type: ignore[no-any-return]
    return _of_decision(there, expected.what)


def _of_decision(said: DecisionSaid, what: What) -> Value:
    if what == "options":
        return frozenset(option.outcome for option in said.options)
    if what == "option_modalities":
        return frozenset(f"{option.outcome}: {option.modality}" for option in said.options)
    return getattr(said, what)  # type: ignore[no-any-return]

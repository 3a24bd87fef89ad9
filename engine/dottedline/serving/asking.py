"""Reading what a program asks: all that is wrong with it is told at once, each with its place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from ..answer import json_value
from ..language import _, list_of
from ..library import Rulebook
from ..problems import Problems, ProfileError, did_you_mean, listing
from ..profile import Profile, check_profile
from ..reading import Reading, Record
from ..reasons import names
from ..rulebook import Decision
from ..values import Entries, Scalar, Value, describe
from ..why_not import outcome_named
from .request import Request


class Asking:
    """A request as an operation reads it. All that is wrong with it is told when its profile is asked for.

    Args:
        book: the rulebook.
        request: the request.
        required: the keys that it must have.
        optional: those that it may have.
    """

    def __init__(
        self, book: Rulebook, request: Request, required: Iterable[str], optional: Iterable[str]
    ) -> None:
        self.book = book
        self.problems = Problems(ProfileError)
        self.reading = Reading(self.problems)
        value = request.value(self.problems)
        self.record: Record = self.reading.record(value, _("the request"), required, optional)

    def profile(self) -> Profile:
        """What is known about the company.

        Raises:
            ProfileError: with everything that is wrong with the request.
        """
        given = self.record.get("profile")
        if given is None:
            raise self.problems.as_error()
        return check_profile(given, self.book.vocabulary, self.problems, self.book.id)

    def topics(self) -> tuple[str, ...]:
        """The decisions, findings and topics that it is to be about; all where there are none."""
        known = [*names(self.book.data), *self.book.data.topics]
        found = []
        for word in self.reading.names(self.record, "topics"):
            if word.text in known:
                found.append(word.text)
            else:
                told = _("there is no decision, finding or topic `{name}`").format(name=word.text)
                self.problems.add(told, word.span, _known(word.text, known))
        return tuple(found)

    def name(self, key: str, known: Iterable[str], unknown: str) -> str:
        """One of the names that the rulebook has; `unknown` says that it has none such."""
        name = self.reading.plain(self.record, key)
        if name and name not in (known := list(known)):
            self.problems.add(unknown.format(name=name), self._span(key), _known(name, known))
        return name

    def outcome(self, decision: Decision | None) -> str:
        """The outcome of a decision that is meant."""
        wanted = self.reading.plain(self.record, "outcome")
        if decision is None or not wanted:
            return wanted
        outcome = outcome_named(decision, wanted)
        if outcome is None:
            told = _("`{decision}` has no outcome `{name}`").format(decision=decision.id, name=wanted)
            known = list_of([f"`{id}`" for id in decision.outcomes], "or")
            self.problems.add(told, self._span("outcome"), _("it has {outcomes}").format(outcomes=known))
        return outcome or wanted

    def supposed(self) -> dict[str, object]:
        """Facts with other values, None for unknown."""
        given = self.record.get("suppose")
        if given is None:
            return {}
        profile = check_profile(given, self.book.vocabulary, self.problems)
        known = {**profile.facts, **profile.records}
        found = {id: json_value(value) for id, value in known.items() if id not in profile.answered}
        return {**found, **dict.fromkeys(_taken_back(given, self.book.vocabulary.families))}

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of some words."""
        return self.reading.one_of(self.record, key, choices, default)

    def text(self, key: str) -> str:
        """A text; empty where there is none."""
        given = self.record.get(key)
        if isinstance(given, Scalar) and given.plain:
            told = _("{what} must be a text, not {found}")
            self.problems.add(
                told.format(what=self.record.part(key), found=describe(given)),
                given.span,
                _("put it in quotes"),
            )
        return self.reading.plain(self.record, key)

    def date(self, key: str) -> datetime.date | None:
        """A date, as in 2026-01-31."""
        written = self.text(key)
        try:
            return datetime.date.fromisoformat(written) if written else None
        except ValueError:
            told = _("`{date}` is no date").format(date=written)
            self.problems.add(told, self._span(key), _("write it as in `2026-01-31`"))
            return None

    def _span(self, key: str) -> Any:
        return self.record.entries[key].span


def _known(name: str, known: Iterable[str]) -> str | None:
    known = list(known)
    return did_you_mean(name, known, _("they are: {names}").format(names=listing(known, 50)))


def _taken_back(value: Value, families: Iterable[str], family: str = "") -> Iterable[str]:
    """The facts that are supposed to be unknown."""
    for key, item in value if isinstance(value, Entries) else ():
        if isinstance(item, Scalar) and item.is_unknown and (family or key.text not in families):
            yield f"{family}{key.text}"
        elif isinstance(item, Entries) and key.text in families and not family:
            yield from _taken_back(item, families, f"{key.text}.")

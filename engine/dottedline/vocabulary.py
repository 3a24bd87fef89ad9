"""What can be known about a company: facts, their values, sections, constraints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .conditions import Condition, required
from .frozen import FrozenDict
from .language import _, list_of
from .lazy import lazy
from .problems import Span
from .reading import ItemId
from .words import quoted

FactType = Literal["yes_no", "choice", "set", "number", "records", "note"]


class Choice(NamedTuple):
    """One value of a choice or a set."""

    id: str
    label: str
    #: What is meant by it, shown where one can choose it.
    hint: str = ""
    #: Other words that people use for it, accepted where answers are typed.
    synonyms: tuple[str, ...] = ()
    #: Counts only where a profile says it: no completion and no suggestion supposes it.
    only_if_stated: bool = False


class Field(NamedTuple):
    """One field of a record: a choice where it has values, else a text."""

    id: str
    label: str
    values: Mapping[str, Choice] | None = None


class AnsweredBy(NamedTuple):
    """How a list of records answers a yes/no fact that was left open."""

    records: str
    quantifier: Literal["some", "every"]
    condition: Condition


class Fact(NamedTuple):
    """Something that can be known about a company."""

    id: str
    type: FactType
    section: str
    label: str
    question: str
    why: str
    #: For `choice` and `set`: the values, in the order shown.
    values: Mapping[str, Choice] = FrozenDict()
    #: For `number`: what it counts, and its least and greatest value.
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    #: For `records`.
    fields: Mapping[str, Field] = FrozenDict()
    #: True where the company can choose it, rather than it being a circumstance.
    lever: bool = False
    #: True where the rulebook derives it from other facts unless it is given.
    derived: bool = False
    #: The family it was made from (`current` for `current.bdr`) and its item (`bdr`).
    family: str | None = None
    item: str | None = None
    answered_by: AnsweredBy | None = None
    guidance: tuple[ItemId, ...] = ()
    span: Span | None = None

    def label_of(self, value: object) -> str:
        """A value in words: the label of a choice, yes or no, a number with its unit."""
        if value is None:
            return _("unknown")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, str):
            return self.values[value].label if value in self.values else value
        if isinstance(value, (frozenset, set, list, tuple)):
            chosen = [choice.label for id, choice in self.values.items() if id in value]
            return list_of(chosen, "unit") if chosen else _("none of them")
        return _("{number} {unit}").format(number=value, unit=self.unit) if self.unit else str(value)

    def stated(self, value: object) -> str:
        """That it has a value, for people who know it by its id."""
        return _("`{fact}` is {value}").format(fact=self.id, value=self.label_of(value))

    @property
    def bounds(self) -> str:
        """Its least and greatest value in words, as one types them; empty where it has none."""
        limits = ((_("at least {limit}"), self.minimum), (_("at most {limit}"), self.maximum))
        return list_of([words.format(limit=limit) for words, limit in limits if limit is not None])


class Section(NamedTuple):
    """A group of facts that are asked together."""

    id: str
    title: str
    intro: str = ""
    #: People are asked whether they want to go through it at all.
    optional: bool = False


class Constraint(NamedTuple):
    """A combination of facts that cannot be (`error`) or is doubtful (`warning`)."""

    id: str
    level: Literal["error", "warning"]
    when: Condition
    says: str


@dataclass(frozen=True)
class Vocabulary:
    """All facts by id, in the order in which they are asked."""

    id: str
    title: str
    sections: Mapping[str, Section]
    facts: Mapping[str, Fact]
    constraints: tuple[Constraint, ...]
    #: The named lists, each from id to label, in their order.
    lists: Mapping[str, Mapping[str, Choice]]
    #: What a profile is of, as part of a sentence: "the company"; empty where that is not said.
    subject: str = ""

    @lazy
    def constraints_with_needs(self) -> tuple[tuple[Constraint, frozenset[str]], ...]:
        """Each constraint with the facts without which it cannot be broken."""
        return tuple((constraint, required(constraint.when)) for constraint in self.constraints)

    @lazy
    def families(self) -> frozenset[str]:
        return frozenset(fact.family for fact in self.facts.values() if fact.family)

    def in_words(self, text: str) -> str:
        """`text` with a fact's label where its id stands in backticks, for people who never saw the id."""

        def label(match: re.Match[str]) -> str:
            fact = self.facts.get(match[1])
            return match[0] if fact is None else quoted(fact.label)

        return re.sub("`([^`]*)`", label, text)

"""What a source advises: decisions and their rules, as immutable data.

Plain records are named tuples: they import five times as fast as data classes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from .conditions import ALWAYS, Condition, tests
from .frozen import FrozenDict
from .language import SOURCE, _
from .lazy import lazy
from .problems import Problem, RulebookError, Span
from .reading import ItemId
from .vocabulary import Vocabulary

#: The source's own words for how firmly it says something, firmest first.
#: `info` and `depends_on` lend no strength: the source describes, or names a
#: criterion without saying which way. `caution` warns; `contested` reports
#: that opinions differ.
Modality = Literal[
    "must", "should", "default", "may", "caution", "contested", "rationale", "depends_on", "info"
]

#: How strong advice of a modality is; what is not advice has no strength.
STRENGTH: Mapping[str, int] = {"must": 4, "should": 3, "default": 2, "may": 1}

MODALITIES: tuple[Modality, ...] = (
    "must",
    "should",
    "default",
    "may",
    "caution",
    "contested",
    "rationale",
    "depends_on",
    "info",
)


def strength(modality: Modality | None) -> tuple[int, int]:
    """A key to compare modalities by: greater is firmer."""
    if modality is None:
        return (-1, 0)
    return (STRENGTH.get(modality, 0), -MODALITIES.index(modality))


class GuidanceItem(NamedTuple):
    """One thing that the source says, in our own words."""

    item: ItemId
    section: str
    modality: Modality
    #: `rule` where a rule must carry it; else what carries it (text, question, ...).
    role: str
    says: str
    #: Facts, decisions and `decision=outcome` that a rule carrying it must use.
    uses: tuple[str, ...] = ()
    #: Which translation was believed, and why.
    reading: str = ""
    #: Only one of the two translations has it.
    single_witness: bool = False
    #: The id of the book whose source says it.
    book: str = ""


class Option(NamedTuple):
    """An outcome that the source allows: one of an open choice, or an alternative."""

    outcome: str
    modality: Modality
    because: str
    guidance: tuple[ItemId, ...]
    #: The alternative's own id, or that of the rule that leaves the choice open.
    rule: str = ""
    when: Condition = ALWAYS
    inferred: bool = False
    #: The id of the book that it comes from.
    book: str = ""


class LineAsked(NamedTuple):
    """A dotted line that a finding asks for: from a function to another function, or to a place."""

    source: str
    target: str


class Rule(NamedTuple):
    """A condition and one conclusion: exactly one of the five below is set."""

    id: str
    because: str
    guidance: tuple[ItemId, ...]
    when: Condition = ALWAYS
    unless: Condition | None = None
    modality: Modality | None = None
    overrides: frozenset[str] = frozenset()
    #: The presumption in words, where `unless` makes one.
    presumes: str = ""
    inferred: bool = False
    outcome: str | None = None
    open: tuple[Option, ...] = ()
    silent: bool = False
    remark: str = ""
    finding: str = ""
    #: The text of a finding.
    text: str = ""
    #: The dotted line that a finding asks for.
    line: LineAsked | None = None
    #: The id of the book that it comes from.
    book: str = ""
    span: Span | None = None

    @property
    def concludes(self) -> Literal["outcome", "open", "silent", "remark", "finding"]:
        if self.outcome is not None:
            return "outcome"
        if self.open:
            return "open"
        if self.silent:
            return "silent"
        return "remark" if self.remark else "finding"


class Outcome(NamedTuple):
    """A result that a decision can have. `places`: where a function sits that has it."""

    id: str
    label: str
    places: tuple[str, ...] = ()


class Weighed(NamedTuple):
    """A fact that the source says to consider, without saying which way."""

    fact: str
    because: str
    guidance: tuple[ItemId, ...]
    #: The id of the book that it comes from.
    book: str = ""


@dataclass(frozen=True)
class Decision:
    """One question that the rulebook answers."""

    id: str
    title: str
    asks: str
    topic: str
    kind: Literal["placement", "fact", "findings"]
    hit_policy: Literal["single", "collect"]
    outcomes: Mapping[str, Outcome] = FrozenDict()
    rules: tuple[Rule, ...] = ()
    alternatives: tuple[Option, ...] = ()
    weighs: tuple[Weighed, ...] = ()
    not_applicable: Condition | None = None
    span: Span | None = field(default=None, compare=False)

    def conditions(self) -> Iterator[Condition]:
        """Every condition in it."""
        if self.not_applicable is not None:
            yield self.not_applicable
        for rule in self.rules:
            yield rule.when
            if rule.unless is not None:
                yield rule.unless
        for alternative in self.alternatives:
            yield alternative.when

    @lazy
    def needs(self) -> tuple[str, ...]:
        """The facts and decisions that its conditions name, in reading order."""
        return tuple(dict.fromkeys(test.fact for condition in self.conditions() for test in tests(condition)))

    @lazy
    def findings(self) -> Mapping[str, tuple[Rule, ...]]:
        """For `collect`: the rules of each finding, in order."""
        groups: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.finding:
                groups.setdefault(rule.finding, []).append(rule)
        return FrozenDict((id, tuple(rules)) for id, rules in groups.items())


class Share(NamedTuple):
    """Who shares a responsibility with the team that it is listed with."""

    label: str
    #: The places that may be meant by it; none where it is only words.
    places: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A responsibility or sub-team in a team's charter."""

    id: str
    label: str
    guidance: tuple[ItemId, ...]
    modality: Modality
    shares: tuple[Share, ...] = ()
    note: str = ""
    #: The id of the book that it comes from.
    book: str = ""

    @property
    def shared_with(self) -> tuple[str, ...]:
        """Who shares it, in words."""
        return tuple(share.label for share in self.shares)


class Team(NamedTuple):
    """A team's charter: what it is for, what it answers for, who is in it."""

    id: str
    label: str
    mission: str
    guidance: tuple[ItemId, ...]
    responsibilities: tuple[Entry, ...]
    sub_teams: tuple[Entry, ...]
    note: str = ""


class Statement(NamedTuple):
    """A text that belongs to every answer (`always`) or is there to be asked for."""

    id: str
    text: str
    guidance: tuple[ItemId, ...]
    show: Literal["always", "on_request"]
    #: The id of the book that it comes from.
    book: str = ""


class LeftOut(NamedTuple):
    """Guidance items that are deliberately not carried, and why."""

    guidance: tuple[ItemId, ...]
    reason: str


class Silence(NamedTuple):
    """Something that the source does not say, as the end of the sentence "the source does not say ..."."""

    id: str
    says: str
    #: The decisions that it belongs to; none where it belongs to the whole.
    about: tuple[str, ...]
    #: The id of the book that it comes from.
    book: str = ""


class Organisation(NamedTuple):
    """How facts describe the organisation of today.

    A function is what a placement decision places; its place today is the
    fact `<place>.<decision>`. A duty is an entry of a team's charter; who
    owns it is the fact `<owner>.<duty>`.
    """

    #: The decision whose outcome names the groups of the department.
    structure: str
    #: Families of facts: a function's place, a duty's owners, a function's dotted lines.
    place: str
    owner: str
    dotted: str
    #: The fact that lists contractors.
    contractors: str
    #: The place that is the department itself.
    department: str
    #: The places that are its groups.
    groups: tuple[str, ...]
    #: Other places inside it.
    within: tuple[str, ...]
    #: Places outside it.
    outside: tuple[str, ...]
    #: Groups that are a function too: where the function is in its group, the two are one.
    functions: Mapping[str, str]
    #: Places that are no one unit: what is there is not together.
    scattered: tuple[str, ...]
    #: The places that are none: work given out, a role to be filled, a function that is not there.
    contractor: str
    open_role: str
    absent: str

    @property
    def places(self) -> tuple[str, ...]:
        """Every place, and the places that are none."""
        inside = (self.department, *self.groups, *self.within)
        return (*inside, *self.outside, self.contractor, self.open_role, self.absent)


def organisation_of(book: RulebookData) -> Organisation:
    """How the facts of a rulebook describe an organisation.

    Raises:
        RulebookError: where they describe none.
    """
    if book.organisation is None:
        told = _("the rulebook `{id}` describes no organisation").format(id=book.id)
        raise RulebookError([Problem(told, help=_("it needs the key `organisation`"))])
    return book.organisation


class Source(NamedTuple):
    """The work whose advice this is."""

    title: str
    date: str
    note: str


class Book(NamedTuple):
    """One of the books that a rulebook is made of: itself, or one that it extends."""

    id: str
    title: str
    version: str
    source: Source


@dataclass(frozen=True)
class RulebookData:
    """A rulebook as written: everything in its files, checked, before any inference."""

    id: str
    title: str
    version: str
    source: Source
    sha256: str
    vocabulary: Vocabulary
    guidance: Mapping[ItemId, GuidanceItem]
    topics: Mapping[str, str]
    #: In the order in which they can be computed: a decision follows those it needs.
    decisions: Mapping[str, Decision]
    teams: tuple[Team, ...]
    statements: tuple[Statement, ...]
    left_out: tuple[LeftOut, ...]
    silences: tuple[Silence, ...]
    #: None where the rulebook is about something else than an organisation.
    organisation: Organisation | None = None
    #: By id, the books that it extends, each after those that it extends itself; and last its own.
    books: Mapping[str, Book] = FrozenDict()
    #: The language of its texts.
    language: str = SOURCE
    #: Whether it holds what the project inferred itself.
    with_inferred: bool = True

    def without_inferred(self) -> RulebookData:
        """The same book without what the project inferred itself."""
        decisions = {}
        for id, decision in self.decisions.items():
            dropped = {rule.id for rule in decision.rules if rule.inferred}
            rules = tuple(
                rule._replace(overrides=rule.overrides - dropped)
                for rule in decision.rules
                if not rule.inferred
            )
            alternatives = tuple(option for option in decision.alternatives if not option.inferred)
            decisions[id] = replace(decision, rules=rules, alternatives=alternatives)
        return replace(self, decisions=FrozenDict(decisions), with_inferred=False)

    @lazy
    def rule_named(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return FrozenDict({rule.id: rule for _decision, rule in self.rules()})

    @property
    def first(self) -> str:
        """The id of the book that rests on no other: its own where it extends none."""
        return next(iter(self.books), self.id)

    def added_by(self, books: Iterable[str]) -> tuple[str, ...]:
        """The titles of the sources of what comes from these books, each once, but for that of the first.

        What is the first book's is said as it always is; what another adds is said to be after its source.
        """
        added = (self.books[book].source.title for book in books if book in self.books and book != self.first)
        return tuple(dict.fromkeys(added))

    def in_order(self, items: Collection[ItemId]) -> list[ItemId]:
        """Guidance items in the order in which they are written, book by book."""
        return [item for item in self.guidance if item in items]

    def rules(self) -> Iterator[tuple[Decision, Rule]]:
        for decision in self.decisions.values():
            for rule in decision.rules:
                yield decision, rule

    def about(self, topics: Iterable[str]) -> frozenset[str]:
        """The decisions and findings that topics name: by their own ids first, else by that of their topic.

        Raises:
            KeyError: where there is no such topic.
        """
        groups: list[dict[str, list[str]]] = [{}, {}, {}]
        for decision in self.decisions.values():
            for id in decision.findings if decision.hit_policy == "collect" else [decision.id]:
                for group, name in zip(groups, (id, decision.id, decision.topic), strict=True):
                    group.setdefault(name, []).append(id)
        wanted: set[str] = set()
        for topic in topics:
            found = next((group[topic] for group in groups if topic in group), None)
            if found is None:
                raise KeyError(topic)
            wanted.update(found)
        return frozenset(wanted)

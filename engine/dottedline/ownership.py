"""Who owns what: the responsibilities of every charter beside their owners of today, and the contractors.

What differs from the source is something to look at, never a mistake: the
source says with which team a responsibility is usually listed, not that it
could not be elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from .answer import Answer, FindingAnswer, RulebookName
from .conditions import Condition, tests, truth
from .frozen import FrozenDict
from .language import _
from .problems import Problem, RulebookError
from .reading import ItemId
from .rulebook import Entry, Modality, Organisation, RulebookData, Share, Team, organisation_of
from .vocabulary import Fact

#: How the owners of today compare with the source, what needs a look first.
State = Literal[
    "unowned",
    "owned_twice",
    "elsewhere",
    "planned",
    "contractor",
    "shared_as_listed",
    "as_listed",
    "not_known",
]

STATES: tuple[State, ...] = get_args(State)


class Duty(NamedTuple):
    """A responsibility: the team that the source lists it with, and who owns it today."""

    id: str
    label: str
    #: The team, which is also the place, that the source lists it with, and how firmly.
    team: str
    team_label: str
    modality: Modality
    shares: tuple[Share, ...]
    note: str
    guidance: tuple[ItemId, ...]
    #: The id of the book that lists it.
    book: str
    #: The places that own it today, in the order of the vocabulary; None where that is not known.
    owners: tuple[str, ...] | None
    #: Where the function of the same name sits today; None where that is not known, or there is none.
    place: str | None
    state: State

    @property
    def sits_elsewhere(self) -> bool:
        """Whether the function of the same name is known to sit with none of the owners."""
        return self.place is not None and self.place not in (self.owners or ())

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "team": self.team,
            "team_label": self.team_label,
            "modality": self.modality,
            "shared_with": [{"label": share.label, "places": list(share.places)} for share in self.shares],
            "note": self.note,
            "guidance": list(self.guidance),
            "book": self.book,
            "owners": None if self.owners is None else list(self.owners),
            "place": self.place,
            "state": self.state,
        }


class Naming(NamedTuple):
    """A field of the list of contractors in which somebody is named."""

    field: str
    #: The fact that asks of all contractors whether somebody is named, and what is said outright.
    fact: str
    of_all: bool | None
    #: What a record meets in which somebody is named.
    condition: Condition


class Contractor(NamedTuple):
    """A contractor that is listed, or that does the work of a function."""

    #: Each field of the list with what is known of it.
    fields: Mapping[str, str | None]
    #: False where only the place of its function tells of it.
    listed: bool
    #: Fields in which it is known that nobody is named.
    missing: tuple[str, ...]
    #: Fields of which it is not known whether somebody is named.
    not_known: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "fields": dict(self.fields),
            "listed": self.listed,
            "missing": list(self.missing),
            "not_known": list(self.not_known),
        }


@dataclass(frozen=True)
class Ownership:
    """Who owns what in one company."""

    rulebook: RulebookName
    duties: tuple[Duty, ...]
    contractors: tuple[Contractor, ...]
    #: For each field in which a contractor's owner is named: whether all contractors have one.
    named: tuple[Naming, ...]
    #: The advice on naming them, where it shows.
    findings: tuple[FindingAnswer, ...]

    def of_state(self, state: State) -> tuple[Duty, ...]:
        """The responsibilities in a state."""
        return tuple(duty for duty in self.duties if duty.state == state)

    def to_dict(self) -> dict[str, Any]:
        """The matrix as JSON values."""
        return {
            "rulebook": self.rulebook.to_dict(),
            "counts": {state: len(self.of_state(state)) for state in STATES},
            "responsibilities": [duty.to_dict() for duty in self.duties],
            "contractors": [contractor.to_dict() for contractor in self.contractors],
            "named_for_all_contractors": {naming.field: naming.of_all for naming in self.named},
            "findings": [finding.to_dict() for finding in self.findings],
        }


def ownership(book: RulebookData, answer: Answer) -> Ownership:
    """Who owns what in the company that was answered.

    Raises:
        RulebookError: where the rulebook describes no organisation, or no responsibilities in one.
    """
    organisation = organisation_of(book)
    if not any(team.responsibilities for team in book.teams):
        told = _("the rulebook `{id}` does not say who is responsible for what").format(id=book.id)
        raise RulebookError([Problem(told, help=_("the `responsibilities` of its `teams` would"))])
    listing = book.vocabulary.facts[organisation.contractors]
    named = tuple(_namings(book, listing, answer))
    about = {naming.fact for naming in named}
    return Ownership(
        rulebook=answer.rulebook,
        duties=tuple(
            _duty(book, organisation, team, entry, answer)
            for team in book.teams
            for entry in team.responsibilities
        ),
        contractors=tuple(_contractors(book, organisation, listing, named, answer)),
        named=named,
        findings=tuple(
            finding
            for finding in answer.findings
            if about & {test.fact for rule in _rules(book, finding) for test in tests(rule)}
        ),
    )


# --- responsibilities ---------------------------------------------------------------


def _duty(book: RulebookData, organisation: Organisation, team: Team, entry: Entry, answer: Answer) -> Duty:
    known = answer.profile.facts
    fact = book.vocabulary.facts[f"{organisation.owner}.{entry.id}"]
    owners = known.get(fact.id)
    place = known.get(f"{organisation.place}.{entry.id}")
    in_order = tuple(id for id in fact.values if id in owners) if isinstance(owners, frozenset) else None
    return Duty(
        id=entry.id,
        label=entry.label,
        team=team.id,
        team_label=team.label,
        modality=entry.modality,
        shares=entry.shares,
        note=entry.note,
        guidance=entry.guidance,
        book=entry.book,
        owners=in_order,
        place=place if isinstance(place, str) else None,
        state=_state(organisation, team, entry, in_order),
    )


def _state(organisation: Organisation, team: Team, entry: Entry, owners: Iterable[str] | None) -> State:
    if owners is None:
        return "not_known"
    holders = set(owners) - {organisation.absent, organisation.open_role}
    if not holders:
        return "planned" if organisation.open_role in owners else "unowned"
    # A contractor beside a team works for it; alone, it is the only one there is.
    teams = holders - {organisation.contractor}
    if not teams:
        return "contractor"
    if teams == {team.id}:
        return "as_listed"
    if len(teams) == 1:
        return "elsewhere"
    listed = {team.id, *(place for share in entry.shares for place in share.places)}
    return "shared_as_listed" if team.id in teams and teams <= listed else "owned_twice"


# --- contractors --------------------------------------------------------------------


def _namings(book: RulebookData, listing: Fact, answer: Answer) -> Iterator[Naming]:
    """The fields that every contractor should have filled: those that a fact asks of all records."""
    for fact in book.vocabulary.facts.values():
        by = fact.answered_by
        if by is None or by.records != listing.id or by.quantifier != "every":
            continue
        for field in dict.fromkeys(test.fact for test in tests(by.condition)):
            # What the list itself answers, its records tell better, and only of those that are on it.
            of_all = None if fact.id in answer.profile.answered else answer.profile.facts.get(fact.id)
            yield Naming(field, fact.id, of_all if isinstance(of_all, bool) else None, by.condition)


def _contractors(
    book: RulebookData,
    organisation: Organisation,
    listing: Fact,
    named: tuple[Naming, ...],
    answer: Answer,
) -> Iterator[Contractor]:
    """Those that are listed; then the functions that a contractor does and that no record is about."""
    records = answer.profile.records.get(listing.id, ())
    assert not isinstance(records, str)
    for record in records:
        yield _contractor(listing, record, named, listed=True)
    placed = [
        fact.item
        for fact in book.vocabulary.facts.values()
        if fact.family == organisation.place and answer.profile.facts.get(fact.id) == organisation.contractor
    ]
    for function in placed:
        # The field that says what a contractor works on is the one that this function can be put into.
        field = next((f.id for f in listing.fields.values() if f.values and function in f.values), None)
        if function and field and not any(record.get(field) == function for record in records):
            yield _contractor(listing, {field: function}, named, listed=False)


def _contractor(
    listing: Fact, record: Mapping[str, str], named: tuple[Naming, ...], *, listed: bool
) -> Contractor:
    verdicts = {naming.field: truth(naming.condition, record.get) for naming in named}
    of_all = {naming.field: naming.of_all for naming in named}
    return Contractor(
        fields=FrozenDict({field: record.get(field) for field in listing.fields}),
        listed=listed,
        missing=tuple(field for field, verdict in verdicts.items() if verdict is False),
        not_known=tuple(field for field, verdict in verdicts.items() if verdict is None and not of_all[field]),
    )


def _rules(book: RulebookData, finding: FindingAnswer) -> Iterator[Condition]:
    """The conditions of the rules that give a finding."""
    for rule in book.decisions[finding.decision].findings[finding.id]:
        yield rule.when
        if rule.unless is not None:
            yield rule.unless

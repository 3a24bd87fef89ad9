"""Reads how the facts describe an organisation, and holds it against facts and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .codes import UNDEFINED
from .frozen import FrozenDict
from .language import _
from .problems import Problems, Span, did_you_mean
from .reading import Reading, Record
from .rulebook import Decision, Organisation, Rule
from .rulebook_shapes import ORGANISATION
from .values import Scalar, Value, describe, shorten
from .vocabulary import Vocabulary


def read_organisation(
    value: Value, reading: Reading, decisions: Mapping[str, Decision], vocabulary: Vocabulary
) -> Organisation:
    """The organisation that a rulebook describes; what is wrong goes to the reading's problems."""
    return _OrganisationReader(reading, decisions, vocabulary).read(value)


class _OrganisationReader:
    def __init__(self, reading: Reading, decisions: Mapping[str, Decision], vocabulary: Vocabulary) -> None:
        self.reading = reading
        self.problems = reading.problems
        self.decisions = decisions
        self.vocabulary = vocabulary

    def read(self, value: Value) -> Organisation:
        record = self.reading.shaped(value, ORGANISATION)
        families = self.vocabulary.families
        lists = [fact.id for fact in self.vocabulary.facts.values() if fact.type == "records"]
        organisation = Organisation(
            structure=self._known(record, "structure", self.decisions, _("decision")),
            place=self._known(record, "place", families, _("family of facts")),
            owner=self._known(record, "owner", families, _("family of facts")),
            dotted=self._known(record, "dotted", families, _("family of facts")),
            contractors=self._known(record, "contractors", lists, _("list of records")),
            department=self.reading.name(record, "department"),
            groups=tuple(word.text for word in self.reading.names(record, "groups")),
            within=tuple(word.text for word in self.reading.names(record, "within")),
            outside=tuple(word.text for word in self.reading.names(record, "outside")),
            functions=FrozenDict(
                (group.text, function.text)
                for group, function in self._pairs(record)
                if isinstance(function, Scalar)
            ),
            scattered=tuple(word.text for word in self.reading.names(record, "scattered")),
            contractor=self.reading.name(record, "contractor"),
            open_role=self.reading.name(record, "open_role"),
            absent=self.reading.name(record, "absent"),
        )
        self._places(record, organisation)
        self._for_charts(record, organisation)
        return organisation

    def _known(self, record: Record, key: str, known: Iterable[str], what: str) -> str:
        name = self.reading.name(record, key)
        if name and name not in known:
            self.problems.add(
                _("there is no {what} `{name}`").format(what=what, name=shorten(name)),
                record.entries[key].span,
                did_you_mean(name, known),
                code=UNDEFINED,
            )
        return name

    def _places(self, record: Record, organisation: Organisation) -> None:
        """Every place has one part in the organisation, and no other place has any."""
        places = {
            place
            for fact in self.vocabulary.facts.values()
            if fact.family == organisation.place
            for place in fact.values
        }
        seen: set[str] = set()
        for key in ("department", "groups", "within", "outside", "contractor", "open_role", "absent"):
            for word in self.reading.names(record, key):
                if places and word.text not in places:
                    report_unknown_place(self.problems, word, places)
                elif word.text in seen:
                    self.problems.add(
                        _("the place `{place}` has two parts in the organisation").format(place=word.text),
                        word.span,
                    )
                seen.add(word.text)
        for place in sorted(places - seen):
            self.problems.add(
                _("the place `{place}` has no part in the organisation").format(place=place), record.span
            )

    def _for_charts(self, record: Record, organisation: Organisation) -> None:
        """What only charts look at: groups that are functions, scattered places, the lines of findings."""
        facts = self.vocabulary.facts.values()
        functions = {str(fact.item) for fact in facts if fact.family == organisation.place}
        for group, value in self._pairs(record):
            if group.text not in organisation.groups:
                told = _("`{name}` is no group of the organisation").format(name=shorten(group.text))
                self._unknown(told, group.text, group.span, organisation.groups)
            if not isinstance(value, Scalar):
                told = _("{what} must be a name, not {found}").format(
                    what=record.part("functions"), found=describe(value)
                )
                self.problems.add(told, value.span)
            elif value.text not in functions:
                told = _("there is no function `{name}`").format(name=shorten(value.text))
                self._unknown(told, value.text, value.span, functions)
        places = (*organisation.within, *organisation.outside)
        for word in self.reading.names(record, "scattered"):
            if word.text not in places:
                told = _("`{name}` is named neither in `within` nor in `outside`").format(
                    name=shorten(word.text)
                )
                self._unknown(told, word.text, word.span, places)
        ends = {*functions, *places, organisation.department, *organisation.groups}
        for decision in self.decisions.values():
            for rule in decision.rules:
                if rule.line is not None and rule.line.source not in functions:
                    told = _("a line of {what} comes from no function: `{name}`")
                    self._unknown_end(told, rule, rule.line.source, functions)
                if rule.line is not None and rule.line.target not in ends:
                    told = _("a line of {what} leads to no function and no place: `{name}`")
                    self._unknown_end(told, rule, rule.line.target, ends)

    def _pairs(self, record: Record) -> list[tuple[Scalar, Value]]:
        return self.reading.named(record.get("functions"), record.part("functions"))

    def _unknown_end(self, message: str, rule: Rule, name: str, known: Iterable[str]) -> None:
        what = _("the rule `{id}`").format(id=rule.id)
        self._unknown(message.format(what=what, name=shorten(name)), name, rule.span, known)

    def _unknown(self, message: str, name: str, span: Span | None, known: Iterable[str]) -> None:
        self.problems.add(message, span, did_you_mean(name, known), code=UNDEFINED)


def report_unknown_place(problems: Problems, word: Scalar, places: Iterable[str]) -> None:
    """Reports a word that is no place."""
    problems.add(
        _("there is no place `{place}`").format(place=shorten(word.text)),
        word.span,
        did_you_mean(word.text, places),
        code=UNDEFINED,
    )

"""Reads a rulebook from the YAML files of a folder, and checks it as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .codes import TWICE, UNDEFINED
from .decision_reader import DecisionReader
from .frozen import FrozenDict
from .guidance_reader import GuidanceReader
from .language import N_, _, current
from .organisation_reader import read_organisation, report_unknown_place
from .problems import did_you_mean, listing
from .reading import Reading, Record
from .rulebook import (
    Entry,
    LeftOut,
    Organisation,
    RulebookData,
    Share,
    Silence,
    Source,
    Statement,
    Team,
)
from .rulebook_shapes import (
    HEAD,
    LEFT_OUT,
    RESPONSIBILITY,
    RULEBOOK_FILE,
    SHARE,
    SHOWS,
    SILENCE,
    SOURCE,
    STATEMENT,
    SUB_TEAM,
    TEAM,
    TOPIC,
)
from .values import Entries, Items, Value, shorten
from .vocabulary import Vocabulary

LANGUAGE_VERSION = 1

#: The lists of a team: the shape of an entry, and what is said of two entries with one id.
_ENTRIES = {
    "responsibilities": (RESPONSIBILITY, N_("`{id}` names two responsibilities of {what}")),
    "sub_teams": (SUB_TEAM, N_("`{id}` names two sub_teams of {what}")),
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a rulebook before anything but its head is read."""

    records: list[Record]
    head: Record


def read_files(documents: Iterable[Value], reading: Reading) -> Files:
    """The files and the head, which names the vocabulary; what is wrong goes to the reading's problems."""
    problems = reading.problems
    files = [reading.shaped(document, RULEBOOK_FILE) for document in documents]
    heads = [value for file in files if (value := file.get("rulebook")) is not None]
    if not heads:
        problems.add(_("no file of the rulebook has `rulebook`"), help=_("with its id, title and version"))
    for extra in heads[1:]:
        problems.add(_("`{name}` is given twice").format(name="rulebook"), extra.span, code=TWICE)
    return Files(files, reading.shaped(heads[0] if heads else None, HEAD))


def read_rulebook(
    files: Files, vocabulary: Vocabulary, sha256: str, reading: Reading
) -> tuple[RulebookData, set[str]]:
    """The rulebook that these files hold together, and the decisions that something is wrong with.

    What is wrong goes to the reading's problems.
    """
    reader = _RulebookReader(vocabulary, reading)
    return reader.read(files, sha256), reader.decisions.broken


class _RulebookReader:
    def __init__(self, vocabulary: Vocabulary, reading: Reading) -> None:
        self.vocabulary = vocabulary
        self.problems = reading.problems
        self.reading = reading
        self.guidance = GuidanceReader(reading)
        self.topics: dict[str, str] = {}
        self.organisation: Organisation | None = None
        self.decisions = DecisionReader(vocabulary, self.guidance, self.topics)

    def read(self, book: Files, sha256: str) -> RulebookData:
        reading, files, head = self.reading, book.records, book.head
        language = reading.number(head, "language")
        if language not in (None, LANGUAGE_VERSION):
            # What follows would be measured by rules that it was not written for.
            self.problems.add(
                _("the rule language {number} is not known").format(number=language),
                head.entries["language"].span,
                _("this program reads rule language {number}").format(number=LANGUAGE_VERSION),
            )
            self.problems.raise_if_any()
        reading.allow(head, "book")
        source = reading.shaped(head.get("source"), SOURCE)
        for value in self._all(files, "guidance"):
            self.guidance.read(value)
        for value in self._all(files, "topics"):
            record = reading.shaped(value, TOPIC)
            id = reading.name(record, "id")
            self.guidance.once(id, N_("`{id}` names two topics"), record.span)
            self.topics[id] = reading.text(record, "title")
        self.decisions.read(self._all(files, "decisions"))
        self.organisation = self._organisation(files)
        return RulebookData(
            id=reading.name(head, "id"),
            title=reading.text(head, "title"),
            version=reading.plain(head, "version"),
            source=Source(
                reading.text(source, "title"), reading.plain(source, "date"), reading.text(source, "note")
            ),
            sha256=sha256,
            vocabulary=self.vocabulary,
            guidance=FrozenDict(self.guidance.items),
            topics=FrozenDict(self.topics),
            decisions=FrozenDict(self.decisions.in_order()),
            teams=tuple(self._team(value) for value in self._all(files, "teams")),
            statements=tuple(self._statement(value) for value in self._all(files, "statements")),
            left_out=tuple(self._left_out(value) for value in self._all(files, "left_out")),
            silences=tuple(self._silence(value) for value in self._all(files, "silences")),
            organisation=self.organisation,
            language=current(),
        )

    def _all(self, files: list[Record], key: str) -> list[Value]:
        return [value for file in files for value in self.reading.items(file.get(key), f"`{key}`")]

    def _organisation(self, files: list[Record]) -> Organisation | None:
        given = [value for file in files if (value := file.get("organisation")) is not None]
        for extra in given[1:]:
            self.problems.add(_("`{name}` is given twice").format(name="organisation"), extra.span, code=TWICE)
        return (
            read_organisation(given[0], self.reading, self.decisions.decisions, self.vocabulary)
            if given
            else None
        )

    # -- texts ----------------------------------------------------------------------

    def _team(self, value: Value) -> Team:
        reading = self.reading
        record = reading.shaped(value, TEAM)
        id = reading.name(record, "id")
        self.guidance.once(id, N_("`{id}` names two teams"), record.span)
        if self.organisation is not None and id and id not in self.organisation.groups:
            groups = self.organisation.groups
            told = _("{what} is no group of the organisation").format(what=record.what)
            self.problems.add(told, record.span, did_you_mean(id, groups, listing(groups)))
        return Team(
            id=id,
            label=reading.text(record, "label"),
            mission=reading.text(record, "mission"),
            guidance=self.guidance.of(record),
            responsibilities=self._entries(record, "responsibilities"),
            sub_teams=self._entries(record, "sub_teams"),
            note=reading.text(record, "note"),
        )

    def _entries(self, team: Record, key: str) -> tuple[Entry, ...]:
        entries = []
        shape, twice = _ENTRIES[key]
        for value in self.reading.items(team.get(key), team.part(key)):
            record = self.reading.shaped(value, shape)
            guidance = self.guidance.of(record)
            id = self.reading.name(record, "id")
            self.guidance.once(id, twice, record.span, team.what)
            if key == "responsibilities":
                self._has_owner(id, record)
            entries.append(
                Entry(
                    id=id,
                    label=self.reading.text(record, "label"),
                    guidance=guidance,
                    modality=self.guidance.bounded_modality(record, guidance),
                    shares=self._shares(record),
                    note=self.reading.text(record, "note"),
                )
            )
        return tuple(entries)

    def _has_owner(self, duty: str, record: Record) -> None:
        """In an organisation, who owns a responsibility is a fact."""
        if self.organisation is None:
            return
        fact = f"{self.organisation.owner}.{duty}"
        if duty and fact not in self.vocabulary.facts:
            told = _("{what} has no fact `{fact}` that says who owns it")
            self.problems.add(told.format(what=record.what, fact=fact), record.span)

    def _shares(self, entry: Record) -> tuple[Share, ...]:
        """Who shares an entry: in words, or with the places that may be meant by them."""
        value = entry.get("shared_with")
        if not isinstance(value, Items) or not any(isinstance(item, Entries) for item in value.items):
            words = self.reading.names(entry, "shared_with")
            return tuple(Share(self.reading.translated(word.text, word.span)) for word in words)
        shares = []
        for item in value.items:
            record = self.reading.shaped(item, SHARE)
            places = self.reading.names(record, "places")
            if self.organisation is not None:
                for place in places:
                    if place.text not in self.organisation.places:
                        report_unknown_place(self.problems, place, self.organisation.places)
            shares.append(Share(self.reading.text(record, "label"), tuple(place.text for place in places)))
        return tuple(shares)

    def _statement(self, value: Value) -> Statement:
        record = self.reading.shaped(value, STATEMENT)
        show = self.reading.one_of(record, "show", SHOWS, "on_request")
        id = self.reading.name(record, "id")
        self.guidance.once(id, N_("`{id}` names two statements"), record.span)
        return Statement(
            id,
            self.reading.text(record, "text"),
            self.guidance.of(record),
            "always" if show == "always" else "on_request",
        )

    def _left_out(self, value: Value) -> LeftOut:
        record = self.reading.shaped(value, LEFT_OUT)
        return LeftOut(self.guidance.of(record), self.reading.text(record, "reason"))

    def _silence(self, value: Value) -> Silence:
        record = self.reading.shaped(value, SILENCE)
        about = self.reading.names(record, "about")
        for word in about:
            if word.text not in self.decisions.decisions:
                self.problems.add(
                    _("there is no decision `{name}`").format(name=shorten(word.text)),
                    word.span,
                    did_you_mean(word.text, self.decisions.decisions),
                    code=UNDEFINED,
                )
        id = self.reading.name(record, "id")
        self.guidance.once(id, N_("`{id}` names two silences"), record.span)
        return Silence(
            id,
            self.reading.text(record, "says"),
            tuple(word.text for word in about),
        )

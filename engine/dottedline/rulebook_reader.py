"""Reads a rulebook from the YAML files of a folder, and checks it as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .codes import TWICE, UNDEFINED
from .decision_reader import DecisionReader
from .extending import Contents
from .frozen import FrozenDict
from .guidance_reader import GuidanceReader
from .language import N_, _, current
from .organisation_reader import read_organisation, report_unknown_place
from .problems import did_you_mean, listing
from .reading import Reading, Record
from .rulebook import (
    Book,
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
from .values import Entries, Items, Scalar, Value, shorten
from .vocabulary import Vocabulary

#: The version of the language that is read; every older one is read too.
LANGUAGE_VERSION = 2

#: The lists of a team: the shape of an entry, and what is said of two entries with one id.
_ENTRIES = {
    "responsibilities": (RESPONSIBILITY, N_("`{id}` names two responsibilities of {what}")),
    "sub_teams": (SUB_TEAM, N_("`{id}` names two sub_teams of {what}")),
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a book before anything but its head is read."""

    records: list[Record]
    head: Record

    @property
    def id(self) -> str:
        """The id of the book; empty where its head has none."""
        id = self.head.get("id")
        return id.text if isinstance(id, Scalar) else ""


def read_files(documents: Iterable[Value], reading: Reading) -> Files:
    """The files and the head, which names the vocabulary and what the book extends.

    What is wrong goes to the reading's problems.

    Raises:
        RulebookError: where the book is written in a language that is not known.
    """
    problems = reading.problems
    files = [reading.shaped(document, RULEBOOK_FILE) for document in documents]
    heads = [value for file in files if (value := file.get("rulebook")) is not None]
    if not heads:
        problems.add(_("no file of the rulebook has `rulebook`"), help=_("with its id, title and version"))
    for extra in heads[1:]:
        problems.add(_("`{name}` is given twice").format(name="rulebook"), extra.span, code=TWICE)
    head = reading.shaped(heads[0] if heads else None, HEAD)
    _knows_language(head, reading)
    return Files(files, head)


def _knows_language(head: Record, reading: Reading) -> None:
    """Ends the reading where a book asks for a newer language, or uses what its own does not have."""
    language = reading.number(head, "language")
    extends = head.get("extends")
    if language is None:
        return
    if language not in range(1, LANGUAGE_VERSION + 1):
        # What was found, and all that follows, is measured by rules that it was not written for.
        reading.problems.found.clear()
        told = _("the rule language {number} is not known").format(number=language)
        help = _("this program reads rule language {number}, and those before it")
        if language > LANGUAGE_VERSION:
            help = _(
                "this program reads rule language {number}, and those before it; a newer one may read more"
            )
        reading.problems.add(told, head.entries["language"].span, help.format(number=LANGUAGE_VERSION))
        raise reading.problems.as_error()
    if extends is not None and language < _EXTENDS_SINCE:
        told = _("`{key}` is part of rule language {number}; this book is written in {language}")
        reading.problems.add(
            told.format(key="extends", number=_EXTENDS_SINCE, language=language),
            extends.span,
            _("write `language: {number}`").format(number=_EXTENDS_SINCE),
        )


#: The version of the language in which books began to extend others.
_EXTENDS_SINCE = 2


def read_rulebook(
    books: Sequence[Files], vocabulary: Vocabulary, sha256: str, reading: Reading
) -> tuple[RulebookData, set[str]]:
    """The rulebook of the last of some books, and the decisions that something is wrong with.

    What is wrong goes to the reading's problems.

    Args:
        books: in an order in which each follows the one that it extends.
        vocabulary: what can be known, by all of them.
        sha256: the hash of all their files.
        reading: reads the files.
    """
    reader = _RulebookReader(vocabulary, reading)
    return reader.read(books, sha256), reader.decisions.broken


class _RulebookReader:
    def __init__(self, vocabulary: Vocabulary, reading: Reading) -> None:
        self.vocabulary = vocabulary
        self.problems = reading.problems
        self.reading = reading
        self.guidance = GuidanceReader(reading)
        self.topics: dict[str, str] = {}
        self.organisation: Organisation | None = None
        self.decisions = DecisionReader(vocabulary, self.guidance, self.topics)

    def read(self, books: Sequence[Files], sha256: str) -> RulebookData:
        reading = self.reading
        known = {book.id: book for book in map(self._head, books)}
        own = list(known.values())[-1]
        if len(known) < len(books):
            told = _("a rulebook cannot have the id of the one that it extends")
            self.problems.add(told, books[-1].head.span)
        contents = Contents([book.records for book in books], reading)
        for value in contents.lists["guidance"]:
            self.guidance.read(value)
        for value in contents.lists["topics"]:
            record = reading.shaped(value, TOPIC)
            id = reading.name(record, "id")
            self.guidance.once(id, N_("`{id}` names two topics"), record.span)
            self.topics[id] = reading.text(record, "title")
        self.decisions.read(contents.lists["decisions"])
        if contents.organisation is not None:
            self.organisation = read_organisation(
                contents.organisation, reading, self.decisions.decisions, self.vocabulary
            )
        return RulebookData(
            id=own.id,
            title=own.title,
            version=own.version,
            source=own.source,
            sha256=sha256,
            vocabulary=self.vocabulary,
            guidance=FrozenDict(self.guidance.items),
            topics=FrozenDict(self.topics),
            decisions=FrozenDict(self.decisions.in_order()),
            teams=tuple(self._team(value) for value in contents.lists["teams"]),
            statements=tuple(self._statement(value) for value in contents.lists["statements"]),
            left_out=tuple(self._left_out(value) for value in contents.lists["left_out"]),
            silences=tuple(self._silence(value) for value in contents.lists["silences"]),
            organisation=self.organisation,
            books=FrozenDict(known),
            language=current(),
        )

    def _head(self, files: Files) -> Book:
        reading, head = self.reading, files.head
        reading.allow(head, "book")
        source = reading.shaped(head.get("source"), SOURCE)
        return Book(
            reading.name(head, "id"),
            reading.text(head, "title"),
            reading.plain(head, "version"),
            Source(reading.text(source, "title"), reading.plain(source, "date"), reading.text(source, "note")),
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
                    book=self.reading.book_of(record.span),
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
            self.reading.book_of(record.span),
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
            self.reading.book_of(record.span),
        )

"""What the columns of a table mean: which hold facts, which are kept, and how their values are spelled."""

from __future__ import annotations

import difflib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..conditions import FactValue
from ..language import N_, _
from ..library import Rulebook
from ..problems import Problem, Problems, did_you_mean, listing
from ..reading import Reading
from ..shapes import MapOf, Plain, Shape, may
from ..source import parse, read_text
from ..values import Items, Scalar, Value, describe, shorten
from ..vocabulary import Fact
from .spellings import UNKNOWN, Misspelled, Spellings

#: What `--keep` names to keep every column.
ALL = "all"

#: How alike a heading and a fact's id have to be for a hint: of those that are less, most are something else.
_CLOSE = 0.84


MAPPING = Shape(
    N_("the mapping"),
    {
        "columns": may(MapOf(Plain.WORD), "The facts that columns hold, by heading."),
        "values": may(MapOf(MapOf(Plain.GIVEN)), "For facts, what spellings mean."),
        "unknown": may(Plain.WORDS, "More spellings of unknown."),
        "keep": may(Plain.WORDS, "The headings of columns that go into the output; `all` for all."),
    },
)


@dataclass(frozen=True)
class Wanted:
    """What a person says of the columns of a table, beside what their headings say."""

    #: From headings to the ids of facts.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: For facts, what some spellings mean; None is unknown.
    values: Mapping[str, Mapping[str, FactValue | None]] = field(default_factory=dict)
    #: More spellings of unknown.
    unknown: tuple[str, ...] = ()
    #: The headings of the columns that go into the output; `all` for all.
    keep: tuple[str, ...] = ()

    def with_also(self, columns: Mapping[str, str], keep: Sequence[str]) -> Wanted:
        """The same with more columns mapped and kept."""
        return replace(self, columns={**self.columns, **columns}, keep=(*self.keep, *keep))


class Layout(NamedTuple):
    """What the columns of one table mean."""

    #: From the headings of the columns that hold facts to the ids of these.
    facts: Mapping[str, str]
    #: The headings of those that go into the output.
    keep: tuple[str, ...]
    #: The headings of the others.
    ignored: tuple[str, ...]
    #: Of these, the ones that are spelled much like a fact's id, with that id.
    close: Mapping[str, str]


class MappedSpellings(Spellings):
    """The spellings of a rulebook, and those that a mapping adds.

    Args:
        book: the rulebook.
        wanted: the mapping.
    """

    def __init__(self, book: Rulebook, wanted: Wanted) -> None:
        super().__init__(book, (*UNKNOWN, *wanted.unknown))
        self._mapped = {
            fact: {_same(spelling): value for spelling, value in values.items()}
            for fact, values in wanted.values.items()
        }

    def value(self, fact: Fact, given: object) -> FactValue | tuple[Mapping[str, str], ...] | None:
        mapped = self._mapped.get(fact.id)
        if mapped and isinstance(given, (str, bool, int, float)) and _same(given) in mapped:
            return mapped[_same(given)]
        return super().value(fact, given)

    def choice(self, fact: Fact, given: object) -> str:
        if fact.id in self._mapped:
            mapped = self._mapped[fact.id].get(_same(given))
            if isinstance(mapped, str):
                return mapped
            if isinstance(mapped, frozenset) and len(mapped) == 1:
                return next(iter(mapped))
        return super().choice(fact, given)


def _same(spelling: object) -> str:
    return " ".join(str(spelling).casefold().split())


# --- the columns of a table ---------------------------------------------------------


def layout(table: str, names: Sequence[str], wanted: Wanted, spellings: Spellings) -> Layout:
    """What the columns of a table mean.

    Args:
        table: what the table is called in messages.
        names: its headings.
        wanted: what is said of them.
        spellings: knows what headings mean.

    Raises:
        InputError: with everything that is wrong with them.
    """
    problems = Problems()
    facts: dict[str, str] = {}
    for heading in wanted.columns:
        if heading not in names:
            _lacks(problems, table, heading, names)
    for heading in names:
        fact = wanted.columns.get(heading) or spellings.fact_named(heading)
        if fact is None or spellings.vocabulary.facts[fact].type == "note":
            continue
        other = next((known for known, id in facts.items() if id == fact), None)
        if heading in facts or other is not None:
            told = _("two columns of `{table}` hold the fact `{fact}`: {columns}").format(
                table=table, fact=fact, columns=listing([other or heading, heading])
            )
            problems.add(told, help=_("leave one of them out, or give it another heading"))
        facts[heading] = fact
    keep = tuple(dict.fromkeys(names if ALL in wanted.keep else wanted.keep))
    for heading in keep:
        if heading not in names:
            _lacks(problems, table, heading, names)
        elif names.count(heading) > 1:
            told = _("several columns of `{table}` are called `{heading}`").format(table=table, heading=heading)
            problems.add(told, help=_("what is kept needs a name of its own"))
    if not facts:
        told = _("no column of `{table}` holds a fact").format(table=table)
        named = _("they are called {names}").format(names=listing(names))
        help = _("{named}; `--map HEADING=FACT` says what one holds").format(named=named)
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            help = _("{named}; `--delimiter` says what stands between values").format(named=named)
        problems.add(told, help=help)
    problems.raise_if_any()
    ignored = tuple(name for name in names if name not in facts and name not in keep)
    return Layout(facts, keep, ignored, _close(ignored, spellings.vocabulary.facts))


def _lacks(problems: Problems, table: str, heading: str, names: Sequence[str]) -> None:
    known = _("its columns are {names}").format(names=listing(names))
    told = _("`{table}` has no column `{heading}`").format(table=table, heading=heading)
    problems.add(told, help=did_you_mean(heading, names, known))


def _close(headings: Sequence[str], facts: Collection[str]) -> Mapping[str, str]:
    found = {}
    for heading in headings:
        word = heading.lower().replace("-", "_").replace(" ", "_")
        near = difflib.get_close_matches(word, facts, n=1, cutoff=_CLOSE)
        if near:
            found[heading] = near[0]
    return found


# --- what is said of them -----------------------------------------------------------


def mapped(words: Sequence[str], book: Rulebook) -> dict[str, str]:
    """What `--map HEADING=FACT` says, as headings with facts.

    Raises:
        InputError: with everything that is wrong with it.
    """
    problems = Problems()
    columns: dict[str, str] = {}
    for word in words:
        heading, sign, fact = word.rpartition("=")
        if not sign or not heading or not fact.strip():
            told = _("`--map {word}` does not say which column holds which fact").format(word=word)
            problems.add(told, help=_("write `--map HEADING=FACT`"))
        else:
            columns[heading] = fact.strip()
            _check_fact(Scalar(fact.strip()), book, problems)
    problems.raise_if_any()
    return columns


def check_facts(names: Iterable[str], book: Rulebook) -> None:
    """Refuses what is no fact that a column can hold.

    Raises:
        InputError: with all of them.
    """
    problems = Problems()
    for name in names:
        _check_fact(Scalar(name), book, problems)
    problems.raise_if_any()


def _check_fact(name: Scalar, book: Rulebook, problems: Problems) -> bool:
    facts = book.vocabulary.facts
    if name.text in facts and facts[name.text].type != "note":
        return True
    told = _("there is no fact `{name}` that a column can hold").format(name=shorten(name.text))
    help = did_you_mean(name.text, facts, _("`dottedline facts` lists them"))
    problems.append(Problem(told, name.span, help))
    return False


def read_mapping(path: str | os.PathLike[str], book: Rulebook) -> Wanted:
    """What a mapping file says of columns.

    Raises:
        InputError: with every problem found, each with its place.
    """
    problems = Problems()
    text = read_text(path, problems)
    value = parse(text, problems) if text else None
    if value is None:
        raise problems.as_error()
    wanted = _MappingReader(book, problems).read(value)
    problems.raise_if_any()
    return wanted


class _MappingReader:
    def __init__(self, book: Rulebook, problems: Problems) -> None:
        self.book = book
        self.problems = problems
        self.reading = Reading(problems)
        self.spellings = Spellings(book)

    def read(self, value: Value) -> Wanted:
        record = self.reading.shaped(value, MAPPING)
        return Wanted(
            self._columns(record.get("columns"), record.part("columns")),
            self._values(record.get("values"), record.part("values")),
            tuple(word.text for word in self.reading.names(record, "unknown")),
            tuple(word.text for word in self.reading.names(record, "keep")),
        )

    def _columns(self, value: Value | None, what: str) -> dict[str, str]:
        columns = {}
        for heading, fact in self.reading.named(value, what):
            if not isinstance(fact, Scalar):
                told = _("{what} must be the name of a fact, not {found}")
                self._wrong(told.format(what=_("a column"), found=describe(fact)), fact)
            elif _check_fact(fact, self.book, self.problems):
                columns[heading.text] = fact.text
        return columns

    def _values(self, value: Value | None, what: str) -> dict[str, dict[str, FactValue | None]]:
        values: dict[str, dict[str, FactValue | None]] = {}
        for name, spelled in self.reading.named(value, what):
            if not _check_fact(name, self.book, self.problems):
                continue
            fact = self.book.vocabulary.facts[name.text]
            meant = values[fact.id] = {}
            for spelling, item in self.reading.named(spelled, _("the values of a fact")):
                try:
                    given = _plain(item)
                    meant[spelling.text] = self.spellings.value(fact, given)  # type: ignore[assignment]
                except Misspelled as error:
                    told = _("`{fact}` cannot be {found}").format(fact=fact.id, found=describe(item))
                    self._wrong(told, item, str(error))
        return values

    def _wrong(self, told: str, value: Value, help: str | None = None) -> None:
        self.problems.append(Problem(told, value.span, help))


def _plain(value: Value) -> object:
    """A value as a table would have it."""
    if isinstance(value, Scalar):
        return value.text
    if isinstance(value, Items):
        return [item.text if isinstance(item, Scalar) else "" for item in value.items]
    raise Misspelled(_("it is one value, or a list"))

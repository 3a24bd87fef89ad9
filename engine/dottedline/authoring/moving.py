"""Whose advice changes: the companies of a table, by what two rulebooks advise them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..batch.evaluation import Fired
from ..batch.formats import format_of
from ..batch.kept import rejects_of
from ..batch.mapping import MappedSpellings, Wanted, layout, mapped, read_mapping
from ..batch.pieces import BATCH, Piece, Rejected
from ..batch.profiles import FILE
from ..batch.reader import Reader, ReadRows
from ..batch.sources import Reading, name_of, opened
from ..batch.tables import Companies, Table
from ..inference import UnitInference
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem
from .advice import DIFFERENCES, Change, Difference, advice_of, change
from .joint import Side, holdable


class Portfolio(NamedTuple):
    """A table of companies, or a folder of profiles, and what its columns mean."""

    path: str
    format: str | None = None
    columns: tuple[str, ...] = ()
    mapping: str | None = None
    #: The column with the companies' names; None for the first with text that holds no fact.
    name: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass
class Moved:
    """A change of advice, and the companies to which it comes."""

    unit: str
    is_finding: bool
    kind: Difference
    #: More than one where they differ in nothing that their kind is about; each with how many it comes to.
    changes: dict[Change, int] = field(default_factory=dict)
    #: The names of the first companies.
    names: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.changes.values())


@dataclass
class Moves:
    """What becomes of the companies of a table."""

    #: Companies that both books can read, and those of them to which some change comes.
    companies: int = 0
    changed: int = 0
    #: How many decisions and findings were compared.
    compared: int = 0
    moved: dict[tuple[str, Hashable], Moved] = field(default_factory=dict)
    #: Companies that a book cannot read, and why, for the first of them.
    rejected: dict[Side, int] = field(default_factory=lambda: {"old": 0, "new": 0})
    reasons: dict[Side, list[Rejected]] = field(default_factory=lambda: {"old": [], "new": []})

    def in_order(self) -> list[Moved]:
        """The weightiest kinds first, and of a kind those that come to most."""
        return sorted(self.moved.values(), key=lambda one: (DIFFERENCES.index(one.kind), -one.count, one.unit))


def moves(old: Rulebook, new: Rulebook, portfolio: Portfolio, most: int) -> Moves:
    """Whose advice changes from one rulebook to another.

    Args:
        old: the one rulebook.
        new: the other.
        portfolio: the companies; read piece by piece, so that any number will do.
        most: so many names of companies are told for each change.

    Raises:
        InputError: where the table cannot be read.
    """
    if portfolio.path == "-":
        told = _("a portfolio is read once for each rulebook, and standard input can be read only once")
        raise InputError([Problem(told, help=_("write it to a file"))])
    books: dict[Side, Rulebook] = {"old": old, "new": new}
    wanted = read_mapping(portfolio.mapping, new) if portfolio.mapping is not None else Wanted()
    wanted = wanted.with_also(mapped(portfolio.columns, new), ())
    sides = {side: _Side(book, portfolio, _known_to(book, wanted)) for side, book in books.items()}
    units = [
        _Unit(old.network.units[id], unit)
        for id, unit in new.network.units.items()
        if id in old.network.units and old.network.units[id].unit.is_finding == unit.unit.is_finding
    ]
    found = Moves(compared=len(units))
    for pieces in zip(sides["old"].pieces(), sides["new"].pieces(), strict=True):
        here = dict(zip(books, pieces, strict=True))
        _count(found, here, most)
        _compare(found, here, units, most)
    return found


def _known_to(book: Rulebook, wanted: Wanted) -> Wanted:
    """What is said of columns, as far as a book has their facts and values."""
    facts = book.vocabulary.facts
    values = {
        id: {spelling: value for spelling, value in said.items() if value is None or holdable(facts[id], value)}
        for id, said in wanted.values.items()
        if id in facts
    }
    columns = {heading: id for heading, id in wanted.columns.items() if id in facts}
    return replace(wanted, columns=columns, values=values)


class _Read(NamedTuple):
    """A piece as one book reads it."""

    rows: ReadRows
    #: The number of each company's row.
    numbers: npt.NDArray[np.int64]
    names: list[str]
    rejects: tuple[Rejected, ...]


class _Side:
    """A portfolio as one book reads it."""

    def __init__(self, book: Rulebook, portfolio: Portfolio, wanted: Wanted) -> None:
        self._book = book
        self._portfolio = portfolio
        self._wanted = wanted
        self._spellings = MappedSpellings(book, wanted)

    def pieces(self) -> Iterator[_Read]:
        path, book = self._portfolio.path, self._book
        format = format_of(path, self._portfolio.format, "--from")
        how = Reading(self._portfolio.encoding, self._portfolio.delimiter, BATCH)
        with opened(path, format, how, book) as source:
            name = name_of(path)
            names = list(source.names)
            found = layout(name, names, self._wanted, self._spellings)
            reader = Reader(book, found.facts, self._spellings)
            for piece in source.pieces(None):
                if set(piece.rows.schema.names) != set(names):
                    # Later lines of NDJSON may have more columns.
                    names = list(piece.rows.schema.names)
                    found = layout(name, names, self._wanted, self._spellings)
                    reader = Reader(book, found.facts, self._spellings)
                read = reader.read(piece.rows.select(list(found.facts)))
                numbers = piece.numbers.take(read.rows)
                yield _Read(
                    read,
                    numbers,
                    self._names(piece, read, found.ignored),
                    tuple(rejects_of(name, piece, read.rejects)),
                )

    def _names(self, piece: Piece, read: ReadRows, others: tuple[str, ...]) -> list[str]:
        """What the companies are called: by a column of theirs, or by the row."""
        schema = piece.rows.schema
        asked = self._portfolio.name
        if asked is not None and asked not in schema.names:
            told = _("`{table}` has no column `{heading}`").format(table=self._portfolio.path, heading=asked)
            raise InputError([Problem(told)])
        candidates = [asked] if asked else [FILE, *others]
        numbers = piece.numbers.take(read.rows).tolist()
        named = [_("row {number}").format(number=number) for number in numbers]
        for column in candidates:
            if column in schema.names and (asked or _is_text(schema.field(column).type)):
                values = piece.rows.column(column).take(pa.array(read.rows)).to_pylist()
                return [str(value) if value else row for value, row in zip(values, named, strict=True)]
        return named


class _Unit:
    """A decision or finding of both books, with the advice at each leaf of its tables."""

    def __init__(self, old: UnitInference, new: UnitInference) -> None:
        self.id = new.unit.id
        self.is_finding = new.unit.is_finding
        self._sides = {side: _Advised(unit) for side, unit in (("old", old), ("new", new))}
        self._changes: dict[tuple[int, int], Change | None] = {}

    def changes(self, read: Mapping[Side, ReadRows]) -> Iterator[tuple[npt.NDArray[Any], Change]]:
        """Each change with the companies to which it comes, as a mask."""
        old, new = (self._sides[side].look_up(read[side]) for side in read)
        width = len(self._sides["new"].table.leaves)
        pairs = old.astype(np.int64) * width + new
        for pair in np.unique(pairs).tolist():
            one = self._change(pair // width, pair % width)
            if one is not None:
                yield pairs == pair, one

    def _change(self, old: int, new: int) -> Change | None:
        if (old, new) not in self._changes:
            found = change(self._sides["old"].table.leaves[old], self._sides["new"].table.leaves[new])
            self._changes[old, new] = found if isinstance(found, Change) else None
        return self._changes[old, new]


class _Advised:
    """One book's advice on a unit, in a table."""

    def __init__(self, unit: UnitInference) -> None:
        sizes = [len(variable.bands) + 1 for variable in unit.network.variables.values()]
        self.table = Table(advice_of(unit), sizes)
        fired = Table(unit.known if unit.unit.is_finding else unit.whole, sizes)
        self._by_leaf = fired
        self._fired = Fired(unit, fired)

    def look_up(self, read: ReadRows) -> npt.NDArray[Any]:
        """The position of each company's advice; durable_rules has fired what it rests on."""
        self._fired.attest(read.companies.look_up(self._by_leaf))
        return read.companies.look_up(self.table)


def _compare(found: Moves, here: Mapping[Side, _Read], units: list[_Unit], most: int) -> None:
    """Counts the changes of one piece, for the companies that both books can read."""
    both = np.intersect1d(here["old"].numbers, here["new"].numbers)
    read = {side: _only(piece, both) for side, piece in here.items()}
    names = {int(number): name for number, name in zip(here["new"].numbers, here["new"].names, strict=True)}
    touched = np.zeros(len(both), np.bool_)
    for unit in units:
        for mask, one in unit.changes(read):
            touched |= mask
            moved = found.moved.setdefault((unit.id, one.alike), Moved(unit.id, unit.is_finding, one.kind))
            moved.changes[one] = moved.changes.get(one, 0) + int(mask.sum())
            room = max(0, most - len(moved.names))
            moved.names += [names[number] for number in both[mask][:room].tolist()]
    found.companies += len(both)
    found.changed += int(touched.sum())


def _only(piece: _Read, numbers: npt.NDArray[np.int64]) -> ReadRows:
    """The companies of these numbers."""
    which = np.flatnonzero(np.isin(piece.numbers, numbers))
    tokens = [None if column is None else column.take(which) for column in piece.rows.companies.tokens]
    return piece.rows._replace(companies=Companies(tokens, len(which)), rows=piece.rows.rows.take(which))


def _count(found: Moves, here: Mapping[Side, _Read], most: int) -> None:
    for side, piece in here.items():
        found.rejected[side] += len({reject.row for reject in piece.rejects})
        room = max(0, most - len(found.reasons[side]))
        found.reasons[side] += piece.rejects[:room]


def _is_text(type: pa.DataType) -> bool:
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_dictionary(type))

"""The tables as one SELECT over a table of profiles.

Three steps, each a common table expression: every fact becomes the number of
its band (0 is unknown, no number is a value that it cannot have); every
decision walks its diagram by these to the number of what it gives; the rest
writes that out. What is walked is the diagram of the decision, a CASE for
each question, so that a profile passes as many as there are facts and not as
many as there are rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..conditions import FactValue
from ..language import _
from ..problems import InputError, Problem, did_you_mean, listing
from ..results import DecisionResult, FindingResult
from .sql_bands import band, band_name, identifier, literal, one_of
from .sql_walks import CONTRADICTIONS, IMPOSSIBLE, Walk, broken, given_number, impossible, numbered, row_of
from .tables import Gives, Table, Tables

#: The table of profiles, where none is named.
PROFILES = "profiles"

#: Dialects that are told to work out each step once: PostgreSQL would else do so for every mention.
_MATERIALIZED = (None, "postgres", "duckdb", "sqlite")

#: PostgreSQL cuts longer names.
_LONGEST_NAME = 63


class Query(NamedTuple):
    """What is to be selected from, and made."""

    #: The table of profiles: a column for each fact, by its id.
    profiles: str = PROFILES
    #: Its columns that go into the result.
    keep: tuple[str, ...] = ("id",)
    #: The view that is made; None for a mere SELECT.
    view: str | None = None


def tables_sql(tables: Tables, query: Query, dialect: str | None = None) -> str:
    """The tables as a SELECT, or as a view.

    Args:
        tables: the tables.
        query: over which table, and whether it is a view.
        dialect: one that sqlglot knows; None for SQL that DuckDB, SQLite and PostgreSQL all take.

    Raises:
        InputError: where there is no such dialect, or a name cannot be one.
        ModuleNotFoundError: where a dialect is asked for and sqlglot is not installed.
    """
    if dialect is not None:
        _check_dialect(dialect)
    _check_names(tables, query)
    text = _statement(tables, query, dialect in _MATERIALIZED)
    return _head(tables, query) + (text if dialect is None else _in_dialect(text, dialect)) + ";\n"


def _check_dialect(dialect: str) -> None:
    import sqlglot

    known = sorted(member.value for member in sqlglot.Dialects if member.value)
    if dialect not in known:
        told = _("there is no dialect of SQL `{name}`").format(name=dialect)
        names = _("there are {names}").format(names=listing(known, 40))
        raise InputError([Problem(told, help=did_you_mean(dialect, known, names))])


def _in_dialect(text: str, dialect: str) -> str:
    import sqlglot

    return str(sqlglot.transpile(text, read="postgres", write=dialect, pretty=True, comments=False)[0])


def _check_names(tables: Tables, query: Query) -> None:
    """Refuses what would make two columns one."""
    problems = []
    columns = [name for name, _column in _columns(tables)]
    for name in (*columns, *(f"{fact.id}.band" for fact in tables.facts)):
        if len(name.encode()) > _LONGEST_NAME:
            told = _("`{name}` is too long for the name of a column").format(name=name)
            problems.append(Problem(told, help=_("{number} bytes is the most").format(number=_LONGEST_NAME)))
    if query.profiles in ("bands", "checked") or query.profiles.startswith("walked_"):
        told = _("the table of profiles cannot be called `{name}`, as a step of the query is").format(
            name=query.profiles
        )
        problems.append(
            Problem(told, help=_("give it with its schema, as in `public.{name}`").format(name=query.profiles))
        )
    steps = [f"{table.id}.given" for table in _results(tables)] + [row_of(table) for table in _results(tables)]
    taken = {*columns, *steps, *(f"{fact.id}.band" for fact in tables.facts), "contradictions", "impossible"}
    for name in query.keep:
        if name in taken:
            told = _("the column `{name}` that is to be kept is called as one of the results").format(name=name)
            problems.append(Problem(told, help=_("give it another heading")))
    if problems:
        raise InputError(problems)


def _head(tables: Tables, query: Query) -> str:
    """What it is, in comments."""
    book = tables.book
    sources = [
        _("{title}, version {version}, after {source} ({date})").format(
            title=one.title, version=one.version, source=one.source.title, date=one.source.date
        )
        for one in book.books.values()
    ]
    lines = [
        *sources,
        f"{book.id} {book.version} sha256 {book.sha256}",
        _("The table `{table}` has a column for each fact, called by its id; null is unknown.").format(
            table=query.profiles
        ),
        _("A set is a text with commas between its elements; the empty text is the empty set."),
        _("A row has no result where facts are contradictory, or one has a value that it cannot have."),
    ]
    return "".join(f"-- {' '.join(line.split())}\n" for line in lines)


def _statement(tables: Tables, query: Query, materialized: bool) -> str:
    once = "AS MATERIALIZED" if materialized else "AS"
    network = tables.network
    kept = [identifier(column) for column in query.keep]
    facts = {network.variables[fact.id].position: band_name(fact) for fact in tables.facts}
    bands = [f"{band(network.variables[fact.id])} AS {band_name(fact)}" for fact in tables.facts]
    derived = [table for table in tables.of("derived") if table.can_be_given]
    bands += [f"{given_number(table)} AS {identifier(f'{table.id}.given')}" for table in derived]
    steps = [("bands", [*kept, *bands] or ["NULL AS nothing"])]
    carried = [*facts.values(), *(identifier(f"{table.id}.given") for table in derived)]
    checks = [
        f"{broken(tables.of('contradiction'), facts)} AS {CONTRADICTIONS}",
        f"{impossible(tables.facts)} AS {IMPOSSIBLE}",
    ]
    steps.append(("checked", [*kept, *carried, *checks]))
    checked = [CONTRADICTIONS, IMPOSSIBLE]
    walks = [Walk(table, facts) for table in _results(tables)]
    for n in range(max((len(walk.steps) for walk in walks), default=0)):
        later = set().union(*(walk.asked_after(n) for walk in walks))
        carried = [name for position, name in facts.items() if position in later]
        steps.append((f"walked_{n + 1}", [*kept, *checked, *carried, *(walk.column(n) for walk in walks)]))
    kept += [f"NULLIF({name}, '') AS {name}" for name in checked]
    written = [*kept, *(f"{text} AS {identifier(name)}" for name, text in _columns(tables))]
    sources = [".".join(map(identifier, query.profiles.split("."))), *(name for name, _columns_ in steps)]
    parts = [
        f"{name} {once} (\n{_select(columns, source, 1)}\n)"
        for (name, columns), source in zip(steps, sources, strict=False)
    ]
    text = f"WITH {', '.join(parts)}\n{_select(written, sources[-1], 0)}"
    return text if query.view is None else f"CREATE VIEW {identifier(query.view)} AS\n{text}"


def _select(columns: Sequence[str], source: str, depth: int) -> str:
    inside = "  " * depth
    return (
        f"{inside}SELECT\n"
        + ",\n".join(f"{inside}  {column}" for column in columns)
        + f"\n{inside}FROM {source}"
    )


def _results(tables: Tables) -> list[Table]:
    return tables.of("decision", "derived", "finding")


# --- what is written out --------------------------------------------------------------------


def _columns(tables: Tables) -> Iterator[tuple[str, str]]:
    """The columns of the results: what each is called, and how it is written."""
    for table in _results(tables):
        number = numbered(table)
        for part in ("state", "modality", "rule") if table.kind == "finding" else _PARTS:
            values = {n: _part(gives, part) for gives, n in number.items()}
            yield f"{table.id}.{part}", _written(identifier(row_of(table)), values, part == "inferred")


#: The columns of a decision: those of `dottedline evaluate`, and what else a row says.
_PARTS = ("status", "outcome", "modality", "rules", "options", "remarks", "overridden", "inferred")


def _part(gives: Gives, part: str) -> FactValue | None:
    """A part of what a row gives, as a value of SQL."""
    if gives is None:
        return None
    if isinstance(gives, DecisionResult) and part == "options":
        return " ".join(":".join(option) for option in gives.options)
    assert isinstance(gives, (DecisionResult, FindingResult))
    value = getattr(gives, part)
    return " ".join(value) if isinstance(value, tuple) else value


def _written(row: str, values: Mapping[int, FactValue | None], is_bool: bool) -> str:
    rows: dict[FactValue, list[int]] = {}
    for n, value in values.items():
        if value is not None:
            rows.setdefault(value, []).append(n)
    if not rows:
        return f"CAST(NULL AS {'BOOLEAN' if is_bool else 'VARCHAR(255)'})"
    whens = [f"WHEN {row} {one_of(which)} THEN {literal(value)}" for value, which in rows.items()]
    return f"CASE {' '.join(whens)} END"

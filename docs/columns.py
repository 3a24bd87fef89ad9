"""Keeps the reference of columns in `docs/batch.md` true: makes it from the rulebook and the program.

`python docs/columns.py` rewrites what stands between the two marks, with `--check` it only says whether that is
stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

import dottedline
from dottedline.batch.evaluation import PARTS, Evaluator
from dottedline.batch.running import REJECTS

PAGE = Path(__file__).with_name("batch.md")
BEGIN, END = "<!-- columns: made by docs/columns.py -->\n", "<!-- end of columns -->\n"

#: What each column of a decision says.
OF_DECISION = {
    "status": "`settled`, `provisional`, `undetermined`, `open`, `silent` or `not_applicable`",
    "outcome": "the outcome on what is known; none where it is undetermined, open, silent or not applicable",
    "modality": "how firmly the source says so: `must`, `should`, `default`, `may` and others below these",
    "rules": "the ids of the rules that fired, with spaces between",
}

#: What the columns that are not of a decision say.
OTHERS = {
    "findings": "what to look at: the ids of the findings that show",
    "findings_missing": "those of them of which the company says that it is not so; the others are to check",
    "questions": "the facts that can still change something, those first that can change most",
    "questions_decide": "for each of `questions`, how many decisions and findings its answer can still change",
    "open_questions": "how many `questions` there are",
}

#: What the columns of a table of rejects say.
OF_REJECTS = {
    "file": "the input, as it was named; of a folder of profiles, the profile",
    "row": "the row in it, from 1, not counting a header; in NDJSON the line",
    "column": "the heading; empty where it is about the whole row",
    "value": "what stands there",
    "reason": "what is wrong with it, or what would be right",
    "record": "the whole row as JSON: an object by heading, or a text where it could not be read as a row",
}


def reference() -> str:
    """The reference, as Markdown."""
    book = dottedline.load()
    schema = Evaluator(book, {}).schema
    return "\n".join([*results(book, schema), *metadata(schema), *rejects()]) + "\n"


def results(book: dottedline.Rulebook, schema: pa.Schema) -> Iterator[str]:
    decisions = [name.removesuffix(".status") for name in schema.names if name.endswith(".status")]
    assert set(schema.names) == {f"{id}.{part}" for id in decisions for part in PARTS} | OTHERS.keys()
    yield "\nOf each decision, four columns:\n"
    yield from table(("column", "type", "says"), [
        (f"`<decision>.{part}`", named(schema.field(f"{decisions[0]}.{part}").type), OF_DECISION[part])
        for part in PARTS
    ])
    yield "\nThe decisions:\n"
    yield from table(("decision", "asks", "outcomes"), [
        (f"`{id}`", book.data.decisions[id].asks, ", ".join(f"`{outcome}`" for outcome in outcomes(book, id)))
        for id in decisions
    ])
    yield "\nAfter them:\n"
    yield from table(("column", "type", "says"), [
        (f"`{name}`", named(schema.field(name).type), said) for name, said in OTHERS.items()
    ])


def outcomes(book: dottedline.Rulebook, id: str) -> list[str]:
    decision = book.data.decisions[id]
    return list(decision.outcomes) or ["true", "false"]


def metadata(schema: pa.Schema) -> Iterator[str]:
    names = [f"`{key.decode()}`" for key in schema.metadata]
    yield f"\nThe metadata of the table names the rulebook: {', '.join(names)}."


def rejects() -> Iterator[str]:
    yield "\nThe columns of `--rejects`:\n"
    yield from table(("column", "type", "says"), [
        (f"`{field.name}`", named(field.type), OF_REJECTS[field.name]) for field in REJECTS
    ])


def named(type: pa.DataType) -> str:
    """A type in a word or two."""
    if pa.types.is_dictionary(type):
        return named(type.value_type)
    if pa.types.is_list(type):
        return f"list of {named(type.value_type)}"
    return "text" if pa.types.is_string(type) else str(type)


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(row)} |"


def fresh(text: str) -> str:
    """The page with the reference made anew."""
    before, _mark, rest = text.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}{reference()}{END}{after}"


def main() -> int:
    """Rewrites the page, or with `--check` says that it is stale."""
    text = PAGE.read_text(encoding="utf-8")
    made = fresh(text)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(made, encoding="utf-8")
    elif made != text:
        print("docs/batch.md is stale: run `python docs/columns.py`")
    return int("--check" in sys.argv[1:] and made != text)


if __name__ == "__main__":
    sys.exit(main())

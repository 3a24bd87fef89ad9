"""Random companies in columns, the same for the same seed: all facts known, or about so many of them.

They break no constraint. What is derived is left to the rules. Where a function is, whatever owns it and
whatever else can be chosen is as likely as any other choice; a set holds each of its elements with a chance
of one in five.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

import dottedline
from dottedline.vocabulary import Fact

#: Companies in a row group, and in a batch.
PORTION = 131_072

#: Places without people: a company that says one of the facts beside it cannot say this one too.
_NEVER_ABSENT = {"current.bdr": "sales", "current.copywriting": "brand"}


def facts_of(book: dottedline.Rulebook) -> list[Fact]:
    """The facts that a company knows."""
    return [f for f in book.vocabulary.facts.values() if f.type not in ("records", "note") and not f.derived]


def asked_of(book: dottedline.Rulebook) -> list[str]:
    """Of these, the ones that a rule or a constraint asks for."""
    return [fact.id for fact in facts_of(book) if fact.id in book.network.variables]


def portions(
    book: dottedline.Rulebook, rows: int, seed: int = 1, known: float = 1.0
) -> Iterator[pa.RecordBatch]:
    """So many companies, a row group at a time."""
    for number, start in enumerate(range(0, rows, PORTION)):
        yield companies(book, min(PORTION, rows - start), seed * 1_000_000 + number, known)


def companies(book: dottedline.Rulebook, rows: int, seed: int = 1, known: float = 1.0) -> pa.RecordBatch:
    """So many companies in one batch; each fact of each is known with the chance `known`."""
    chance = np.random.default_rng(seed)
    facts = facts_of(book)
    drawn = {fact.id: _draw(chance, fact, rows) for fact in facts}
    _keep_constraints({fact.id: list(fact.values) for fact in facts}, drawn)
    arrays = []
    for fact in facts:
        unknown = chance.random(rows) >= known if known < 1 else None
        arrays.append(_array(fact, drawn[fact.id], unknown))
    return pa.RecordBatch.from_arrays(arrays, [fact.id for fact in facts])


def write(path: Path, book: dottedline.Rulebook, rows: int, known: float = 1.0) -> None:
    """A Parquet file as any other program would write it: plain texts, plain lists of texts."""
    writer = None
    for batch in portions(book, rows, known=known):
        plain = pa.RecordBatch.from_arrays(
            [array.cast(_plain(array.type)) for array in batch.columns], batch.schema.names
        )
        if writer is None:
            writer = pq.ParquetWriter(path, plain.schema, store_schema=False)
        writer.write_batch(plain, row_group_size=PORTION)
    assert writer is not None
    writer.close()


def dicts(batch: pa.RecordBatch) -> list[dict[str, object]]:
    """The companies one by one, each as a dictionary; sets are frozen sets."""
    columns = {
        name: [frozenset(value) if isinstance(value, list) else value for value in array.to_pylist()]
        for name, array in zip(batch.schema.names, batch.columns, strict=True)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _draw(chance: np.random.Generator, fact: Fact, rows: int) -> npt.NDArray[np.generic]:
    if fact.type == "yes_no":
        return chance.random(rows) < 0.5
    if fact.type == "choice":
        return chance.integers(len(fact.values), size=rows, dtype=np.int8)
    if fact.type == "set":
        return chance.random((rows, len(fact.values)), dtype=np.float32) < 0.2
    return chance.integers(60, size=rows, dtype=np.int64)


def _keep_constraints(values: dict[str, list[str]], drawn: dict[str, npt.NDArray[np.generic]]) -> None:
    """Changes what would contradict itself; see the constraints of `facts/b2b_marketing`."""
    places = values["current.bdr"]
    nobody = places.index("nobody")
    for id, instead in _NEVER_ABSENT.items():
        drawn[id][drawn[id] == nobody] = places.index(instead)
    drawn["customer_program_goals"][drawn["current.customer_marketing"] == nobody] = False
    drawn["comms_dotted_line"][drawn["current.comms_pr"] == nobody] = values["comms_dotted_line"].index("none")
    drawn["content_team_size"][drawn["current.content_marketing"] == nobody] = 0
    for id in ("all_designers_one_team", "designers_support_demand_generation"):
        drawn[id][drawn["current.design"] == nobody] = False
    there, place = drawn["ux_writers_present"], drawn["current.ux_writing"]
    place[there & (place == nobody)] = places.index("product")
    place[~there] = np.where(place[~there] % 2, nobody, places.index("planned"))


def _array(fact: Fact, drawn: npt.NDArray[np.generic], unknown: npt.NDArray[np.bool_] | None) -> pa.Array:
    if fact.type in ("yes_no", "number"):
        return pa.array(drawn, mask=unknown)
    names = pa.array(list(fact.values), pa.string())
    if fact.type == "choice":
        return pa.DictionaryArray.from_arrays(pa.array(drawn, mask=unknown), names)
    if unknown is not None:
        drawn = drawn & ~unknown[:, None]
    offsets = np.zeros(len(drawn) + 1, np.int32)
    np.cumsum(drawn.sum(axis=1, dtype=np.int32), out=offsets[1:])
    elements = pa.DictionaryArray.from_arrays(pa.array(np.nonzero(drawn)[1].astype(np.int8)), names)
    mask = pa.array(unknown) if unknown is not None else None
    return pa.ListArray.from_arrays(pa.array(offsets), elements, mask=mask)


def _plain(type: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(type):
        return pa.string()
    return pa.list_(pa.string()) if pa.types.is_list(type) else type

"""What is compared between peers: for each company, each decision's result and the findings that show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyarrow as pa

import dottedline

#: The columns of a decision's result, in the order in which they stand in an answer.
PARTS = ("status", "outcome", "modality", "rules")

#: status, outcome, modality and rules of a decision.
Result = tuple[str | None, str | None, str | None, str | None]


class Answer(NamedTuple):
    """What a company is told."""

    #: In the order of the rulebook.
    decisions: tuple[Result, ...]
    #: The findings that show, each with `missing` or `to_check`, in the order of the rulebook.
    findings: tuple[tuple[str, str], ...]


class Shape(NamedTuple):
    """What every peer has to answer."""

    decisions: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        """The columns of a table of answers."""
        return [f"{id}.{part}" for id in self.decisions for part in PARTS] + ["findings", "findings_missing"]


def shape_of(book: dottedline.Rulebook) -> Shape:
    """What is answered with a rulebook."""
    units = book.network.units.values()
    return Shape(
        tuple(unit.unit.id for unit in units if not unit.unit.is_finding),
        tuple(unit.unit.id for unit in units if unit.unit.is_finding),
    )


def from_columns(shape: Shape, batch: pa.RecordBatch | pa.Table) -> list[Answer]:
    """The rows of a table of answers."""
    columns = [batch.column(name).to_pylist() for name in shape.columns]
    shown, missing = columns[-2:]
    results = [
        zip(*columns[n : n + len(PARTS)], strict=True)
        for n in range(0, len(shape.decisions) * len(PARTS), len(PARTS))
    ]
    return [
        Answer(tuple(decisions), ordered(shape, ((id, _state(id in without)) for id in ids)))
        for decisions, ids, without in zip(zip(*results, strict=True), shown, missing, strict=True)
    ]


def ordered(shape: Shape, findings: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Findings in the order of the rulebook."""
    return tuple(sorted(findings, key=lambda shown: shape.findings.index(shown[0])))


def compare(name: str, own: Sequence[Answer], peer: Sequence[Answer], shape: Shape) -> None:
    """Raises AssertionError where a peer answers otherwise, saying for which company and what."""
    assert len(own) == len(peer), f"{name}: {len(peer)} answers for {len(own)} companies"
    for row, (one, other) in enumerate(zip(own, peer, strict=True)):
        if one == other:
            continue
        for id, here, there in zip(shape.decisions, one.decisions, other.decisions, strict=True):
            assert here == there, f"{name}, company {row}, {id}: {there} instead of {here}"
        raise AssertionError(f"{name}, company {row}: {other.findings} instead of {one.findings}")


def _state(missing: bool) -> str:
    return "missing" if missing else "to_check"

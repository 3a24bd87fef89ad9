"""dottedline itself: batches of Arrow columns through `dottedline.batch`."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
from answers import Answer, Shape, from_columns

import dottedline
from dottedline.batch.evaluation import Evaluator


def evaluator(book: dottedline.Rulebook, columns: Iterable[str]) -> Evaluator:
    """An evaluator of columns that are called as their facts."""
    return Evaluator(book, {name: name for name in columns})


def evaluate(evaluator: Evaluator, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The results of a batch of companies that break no constraint."""
    evaluated = evaluator.evaluate(batch)
    assert not evaluated.rejects, evaluated.rejects[0]
    return evaluated.results


def answers(evaluator: Evaluator, batch: pa.RecordBatch, shape: Shape) -> list[Answer]:
    """The results of a batch, company by company."""
    return from_columns(shape, evaluate(evaluator, batch))

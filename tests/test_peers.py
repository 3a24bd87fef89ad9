"""The rulebook written by hand, for the benchmark, as a Python function and as polars expressions: on complete
companies both answer as the engine does."""
import sys
from pathlib import Path

import pytest

import dottedline

pytest.importorskip("numpy")
pytest.importorskip("pyarrow")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks" / "batch"))

import answers
import inputs
import ours

COMPANIES = 500

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def book():
    return dottedline.load()


@pytest.fixture(scope="module")
def batch(book):
    return inputs.companies(book, COMPANIES, seed=11).select(inputs.asked_of(book))


@pytest.fixture(scope="module")
def shape(book):
    return answers.shape_of(book)


@pytest.fixture(scope="module")
def own(book, batch, shape):
    return ours.answers(ours.evaluator(book, batch.schema.names), batch, shape)


def test_plain_python(batch, shape, own):
    import plain
    told = [plain.advise(company) for company in inputs.dicts(batch)]
    answers.compare("plain", own, [answers.Answer(d, answers.ordered(shape, f)) for d, f in told], shape)


def test_polars(batch, shape, own):
    pl = pytest.importorskip("polars")
    import polars_expressions
    told = pl.from_arrow(batch).lazy().select(polars_expressions.advice()).collect().to_arrow()
    answers.compare("polars", own, answers.from_columns(shape, told), shape)


def test_every_answer_occurs(shape, own):
    """The companies meet most of what can be advised; else the others would be held against little."""
    results = {(id, result) for answer in own for id, result in zip(shape.decisions, answer.decisions)}
    shown = {finding for answer in own for finding, _state in answer.findings}
    assert len(results) >= 35
    assert set(shape.findings) - shown <= {"gtm_first"}  # asked only of those who have not said

"""The server keeps to its OpenAPI document: schemathesis sends what it says, and what it forbids.

`pytest -m slow tests/test_serve_contract.py` tries longer.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

import dottedline
from conftest import needs

for module in ("fastapi", "uvicorn", "httptools", "prometheus_client"):
    needs(module)
schemathesis = needs("schemathesis")

from schemathesis import GenerationMode  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.core.parameters import ParameterLocation  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from dottedline.loading import DEFAULT  # noqa: E402
from dottedline.serving.openapi import document  # noqa: E402
from dottedline.serving.settings import Settings  # noqa: E402
from dottedline.serving.streams import ARROW, NDJSON  # noqa: E402
from server import Server, server  # noqa: E402

HERE = Path(__file__).parent

#: That what fits the schemas is accepted is not checked: they do not say which facts go together.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
HURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]
#: The explicit examples go through every keyword of the schemas, one after another.
DRAWN, ALL = [Phase.generate], [Phase.explicit, Phase.generate]

#: A small rulebook is described, and tried, in little time; the shipped one takes longer.
BOOKS = {"small": str(HERE / "good" / "book" / "rules" / "book"), "shipped": DEFAULT}


def as_sent(_context: Any, value: Any) -> Any:
    return value if isinstance(value, (bytes, str)) else json.dumps(value)


for kind in (NDJSON, ARROW):
    schemathesis.serializer(kind)(as_sent)


def described(book: str) -> Any:
    return schemathesis.openapi.from_dict(document(dottedline.load(BOOKS[book]), Settings()))


@contextlib.contextmanager
def answering(book: str, folder: Path) -> Iterator[Server]:
    with server(folder, "--rules", BOOKS[book]) as made:
        yield made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with answering("small", tmp_path_factory.mktemp("small")) as made:
        yield made


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with answering("shipped", tmp_path_factory.mktemp("shipped")) as made:
        yield made


def keeps(case: Any, running: Server) -> None:
    of_body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    refusing = [negative_data_rejection] if of_body and of_body.mode == GenerationMode.NEGATIVE else []
    case.call_and_validate(base_url=f"http://127.0.0.1:{running.port}", checks=[*CHECKS, *refusing], timeout=30)
    assert running.process.poll() is None


@described("small").parametrize()
@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=HURRIED, phases=DRAWN)
def test_a_little(case: Any, small: Server) -> None:
    keeps(case, small)


@pytest.mark.slow
@described("small").parametrize()
@settings(max_examples=50, deadline=None, suppress_health_check=HURRIED, phases=ALL)
def test_longer(case: Any, small: Server) -> None:
    keeps(case, small)


@pytest.mark.slow
@described("shipped").parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=HURRIED, phases=DRAWN)
def test_the_shipped_rulebook(case: Any, shipped: Server) -> None:
    keeps(case, shipped)

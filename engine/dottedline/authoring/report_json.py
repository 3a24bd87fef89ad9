"""What the checks found, as JSON."""

from __future__ import annotations

from typing import Any

from ..conditions import FactValue
from ..problems import Span
from .checks import CHECKS
from .diagnostics import Diagnostic, Report


def report_json(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "rulebook": {"id": report.id, "version": report.version},
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in report.diagnostics],
        "allowed": [
            {**diagnostic_json(allowed.diagnostic), "because": allowed.because} for allowed in report.allowed
        ],
    }


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as JSON values."""
    witness = diagnostic.witness
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "title": CHECKS[diagnostic.code].title,
        "message": diagnostic.message,
        "witness": None if witness is None else {fact: plain(value) for fact, value in witness.items()},
        "example": diagnostic.example,
        "suggestion": diagnostic.suggestion,
        "places": [_place(place) for place in diagnostic.places],
        "belongs_to": [{"kind": kind, "id": id} for kind, id in diagnostic.owners],
    }


def plain(value: FactValue) -> Any:
    """A fact's value as JSON has it."""
    return sorted(value) if isinstance(value, frozenset) else value


def _place(place: Span) -> dict[str, Any]:
    return {
        "file": place.source.name,
        "line": place.line,
        "column": place.column,
        "length": place.length,
    }

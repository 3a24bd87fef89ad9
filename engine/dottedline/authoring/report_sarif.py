"""What the checks found, as SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..language import _
from ..problems import Span
from .checks import CHECKS
from .checks.registry import Check
from .diagnostics import AllowedDiagnostic, Diagnostic, Report
from .report_json import diagnostic_json

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report_sarif(report: Report) -> dict[str, Any]:
    """The report as a log of one run; what is allowed is in it as suppressed."""
    results = [_result(diagnostic) for diagnostic in report.diagnostics]
    results += [_suppressed(allowed) for allowed in report.allowed]
    driver = {
        "name": "dottedline",
        "version": __version__,
        "rules": [_rule(check) for check in CHECKS.values()],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.code,
        "shortDescription": {"text": _(check.title)},
        "fullDescription": {"text": _(check.means)},
        "help": {"text": _(check.matters)},
        "defaultConfiguration": {"level": check.severity},
    }


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    message = diagnostic.message
    if diagnostic.example:
        message = _("{message}, for example where {facts}").format(message=message, facts=diagnostic.example)
    told: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": list(CHECKS).index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": message},
        "locations": [_location(place) for place in diagnostic.places[:1]],
        "relatedLocations": [
            {"id": number, **_location(place)} for number, place in enumerate(diagnostic.places[1:], 1)
        ],
    }
    found = diagnostic_json(diagnostic)
    properties = {key: found[key] for key in ("witness", "suggestion") if found[key]}
    return {**told, "properties": properties} if properties else told


def _suppressed(allowed: AllowedDiagnostic) -> dict[str, Any]:
    suppression = {"kind": "inSource", "justification": allowed.because}
    return {**_result(allowed.diagnostic), "suppressions": [suppression]}


def _location(place: Span) -> dict[str, Any]:
    path = PurePath(place.source.name)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endColumn": place.column + place.length,
            },
        }
    }

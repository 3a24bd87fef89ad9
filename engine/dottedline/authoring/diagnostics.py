"""What a check finds, as data; `report_text` and its neighbours put it into forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..codes import ALLOWABLE, ALLOWED_IN_VAIN
from ..conditions import FactValue
from ..problems import Span
from ..reading import Owner

Severity = Literal["error", "warning"]


class Diagnostic(NamedTuple):
    """One defect of a rulebook."""

    code: str
    message: str
    #: The place, and others that it is about; none where it is about no place.
    places: tuple[Span, ...] = ()
    #: What would be right.
    suggestion: str = ""
    #: The fewest facts for which it shows; None where no company shows it.
    witness: Mapping[str, FactValue] | None = None
    #: The same in words.
    example: str = ""
    #: What it belongs to, nearest first: with these it can be allowed, and with the whole book.
    owners: tuple[tuple[Owner, str], ...] = ()

    @property
    def severity(self) -> Severity:
        """A rulebook with errors is refused, one with warnings can be consulted."""
        return severity_of(self.code)


def severity_of(code: str) -> Severity:
    """How bad what has a code is."""
    return "warning" if code in (*ALLOWABLE, ALLOWED_IN_VAIN) else "error"


class AllowedDiagnostic(NamedTuple):
    """A diagnostic that the rulebook's author allows, and why."""

    diagnostic: Diagnostic
    because: str


@dataclass(frozen=True)
class Report:
    """All that the checks have to say of a rulebook."""

    #: The rulebook's id and version; empty where they could not be read.
    id: str
    version: str
    diagnostics: tuple[Diagnostic, ...]
    allowed: tuple[AllowedDiagnostic, ...]
    #: How many rules and decisions there are, and how many decisions were looked into.
    rules: int = 0
    decisions: int = 0
    examined: int = 0

    def count(self, severity: Severity) -> int:
        """How many diagnostics are so severe."""
        return sum(diagnostic.severity == severity for diagnostic in self.diagnostics)

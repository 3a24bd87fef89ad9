"""What the checks found, as the workflow commands that GitHub shows beside the lines of a change."""

from __future__ import annotations

from ..language import _
from .checks import CHECKS
from .diagnostics import Diagnostic, Report


def report_github(report: Report) -> str:
    """One workflow command a line, one for each diagnostic."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in report.diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {"title": f"{diagnostic.code} {_(CHECKS[diagnostic.code].title)}"}
    if diagnostic.places:
        place = diagnostic.places[0]
        properties = {
            "file": place.source.name,
            "line": str(place.line),
            "col": str(place.column),
            "endColumn": str(place.column + place.length),
            **properties,
        }
    lines = [diagnostic.message]
    if diagnostic.example:
        lines.append(_("for example where {facts}").format(facts=diagnostic.example))
    if diagnostic.suggestion:
        lines.append(_("help: {help}").format(help=diagnostic.suggestion))
    told = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{diagnostic.severity} {told}::{_escaped(chr(10).join(lines))}"


def _escaped(text: str, also: str = "") -> str:
    """Text with the characters that end a command, a line, or (`also`) a property."""
    for character in f"%\r\n{also}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text

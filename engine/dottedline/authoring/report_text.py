"""What the checks found, as text for people in a terminal."""

from __future__ import annotations

from ..language import N_, _, counted
from ..problems import excerpt
from ..words import join_sentences
from .diagnostics import Diagnostic, Report

#: So many places of one diagnostic are shown.
_SHOWN = 3

_HEADS = {"error": N_("error[{code}]: {message}"), "warning": N_("warning[{code}]: {message}")}


def report_text(report: Report) -> str:
    """The diagnostics, each with its lines underlined, and how many there are."""
    parts = [diagnostic_text(diagnostic) for diagnostic in report.diagnostics]
    return "\n\n".join([*parts, _summary(report)]) + "\n"


def diagnostic_text(diagnostic: Diagnostic) -> str:
    """One diagnostic as several lines: message, places, the underlined lines, example, help."""
    lines = [_(_HEADS[diagnostic.severity]).format(code=diagnostic.code, message=diagnostic.message)]
    lines += [excerpt(place) for place in diagnostic.places[:_SHOWN]]
    if diagnostic.example:
        lines.append("  " + _("for example where {facts}").format(facts=diagnostic.example))
    if diagnostic.suggestion:
        lines.append("  " + _("help: {help}").format(help=diagnostic.suggestion))
    return "\n".join(lines)


def _summary(report: Report) -> str:
    errors, warnings = report.count("error"), report.count("warning")
    parts = []
    if errors:
        parts.append(counted("{n} error", "{n} errors", errors))
    if warnings:
        parts.append(counted("{n} warning", "{n} warnings", warnings))
    told = _(", ").join(parts) or _("nothing found")
    if report.decisions:
        rules = counted("{n} rule", "{n} rules", report.rules)
        decisions = counted("{n} decision", "{n} decisions", report.decisions)
        looked_at = _("{rules} in {decisions}, looked at in every case")
        if report.examined < report.decisions:
            looked_at = _("{rules} in {decisions}, of which {number} could be looked at in every case")
        looked_at = looked_at.format(rules=rules, decisions=decisions, number=report.examined)
        told = _("{told}: {looked_at}").format(told=told, looked_at=looked_at)
    sentences = [_("{text}.").format(text=told)]
    if report.allowed:
        sentences.append(
            counted(
                "{n} more is allowed, with a reason.",
                "{n} more are allowed, each with a reason.",
                len(report.allowed),
            )
        )
    if report.diagnostics:
        sentences.append(_("`dottedline rules explain-code CODE` says what a code means."))
    return join_sentences(*sentences)

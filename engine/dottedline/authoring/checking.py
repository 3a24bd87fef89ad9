"""Runs the checks on a rulebook, and sets aside what its author allows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from ..codes import ALLOWED_IN_VAIN
from ..language import _
from ..loading import DEFAULT, Read, read_as_far_as_can_be
from ..problems import Problem
from ..reading import Allowed
from .checks import CHECKS
from .diagnostics import AllowedDiagnostic, Diagnostic, Report
from .examined import Examined


def check(rules: str | os.PathLike[str] = DEFAULT, facts: str | os.PathLike[str] | None = None) -> Report:
    """Everything that the checks find in a rulebook and its vocabulary.

    Args:
        rules: the name of a shipped rulebook, or the path of a folder.
        facts: the folder of its vocabulary; None for the one that the rulebook names.
    """
    return report_on(read_as_far_as_can_be(rules, facts))


def report_on(read: Read) -> Report:
    """Everything that the checks find in a rulebook, as far as it could be read."""
    found = [_as_diagnostic(problem) for problem in read.problems]
    if read.data is None:
        return Report("", "", tuple(sorted(found, key=_order)), ())
    book = Examined(read, read.data)
    for check in CHECKS.values():
        found += check.find(book)
    once = {(each.code, each.message, str(each.places[:1])): each for each in found if _is_own(each, read)}
    kept, allowed = _set_aside(once.values(), read.allowed)
    if not any(each.severity == "error" for each in kept):
        # Where something is refused, what rests on it was not looked at, and more may be found.
        used = [allowance for _diagnostic, allowance in allowed]
        in_vain = [_in_vain(each) for each in read.allowed if each not in used]
        kept += [each for each in in_vain if _is_own(each, read)]
    return Report(
        read.data.id,
        read.data.version,
        tuple(sorted(kept, key=_order)),
        tuple(AllowedDiagnostic(diagnostic, allowance.because) for diagnostic, allowance in allowed),
        rules=sum(len(decision.rules) for decision in read.data.decisions.values()),
        decisions=len(read.data.decisions),
        examined=len({cases.unit.decision.id for cases in book.units}),
    )


def _is_own(diagnostic: Diagnostic, read: Read) -> bool:
    """Whether it is about the rulebook itself, not merely about one that it extends: that may be as it is."""
    own = {value.span.source.name for value in (*read.rules, *read.facts) if value.span is not None}
    return diagnostic.severity == "error" or any(place.source.name in own for place in diagnostic.places)


def _as_diagnostic(problem: Problem) -> Diagnostic:
    places = (problem.span, *problem.also)
    return Diagnostic(
        problem.code,
        problem.message,
        tuple(place for place in places if place is not None),
        problem.help or "",
    )


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    if not diagnostic.places:
        return ("", 0, 0, diagnostic.code)
    place = diagnostic.places[0]
    return (place.source.name, place.line, place.column, diagnostic.code)


def _set_aside(
    found: Iterable[Diagnostic], allowed: Sequence[Allowed]
) -> tuple[list[Diagnostic], list[tuple[Diagnostic, Allowed]]]:
    """What is not allowed, and what is, with what allows it."""
    allowances = {(each.code, each.owner, each.id): each for each in allowed}
    kept: list[Diagnostic] = []
    aside: list[tuple[Diagnostic, Allowed]] = []
    for diagnostic in found:
        owners = [*diagnostic.owners, ("book", "")]
        keys = [(diagnostic.code, owner, id) for owner, id in owners]
        allowance = next((allowances[key] for key in keys if key in allowances), None)
        if allowance is None:
            kept.append(diagnostic)
        else:
            aside.append((diagnostic, allowance))
    return kept, aside


def _in_vain(allowed: Allowed) -> Diagnostic:
    told = _("`{code}` is allowed here, but there is nothing to allow").format(code=allowed.code)
    places = () if allowed.span is None else (allowed.span,)
    return Diagnostic(ALLOWED_IN_VAIN, told, places, _("remove it"), owners=((allowed.owner, allowed.id),))

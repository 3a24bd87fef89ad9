"""A case that would notice a mutant: what the rulebook says now, to be held against the source."""

from __future__ import annotations

from typing import Any

from ...answer import json_value
from ...language import _
from .judging import Difference
from .said import DecisionSaid, FindingSaid


def suggested(difference: Difference, id: str) -> dict[str, Any]:
    """A case as a file of cases has it, of what a mutant says otherwise.

    Args:
        difference: a company for which the two differ.
        id: what to call it.
    """
    before, after = _as_expected(difference.before), _as_expected(difference.after)
    differs = {key: value for key, value in before.items() if after.get(key) != value}
    fires = _fired(difference.before) - _fired(difference.after)
    fires_not = _fired(difference.after) - _fired(difference.before)
    return {
        "id": id,
        "says": _("To be held against the source."),
        **({} if difference.with_inferred else {"inferred": False}),
        "facts": {name: json_value(value) for name, value in difference.facts.items()},
        **({"expect": {difference.about: differs}} if differs else {}),
        **({"expect": {difference.about: "absent"}} if difference.before is None else {}),
        **({"fires": sorted(fires)} if fires else {}),
        **({"fires_not": sorted(fires_not)} if fires_not else {}),
    }


def _fired(said: DecisionSaid | FindingSaid | None) -> frozenset[str]:
    return frozenset() if said is None else said.fired


def _as_expected(said: DecisionSaid | FindingSaid | None) -> dict[str, Any]:
    """What is said, as a case expects it: key by key."""
    if said is None:
        return {}
    if isinstance(said, FindingSaid):
        return said._asdict()
    told = {"status": said.status, "outcome": said.outcome, "modality": said.modality}
    return {
        **{key: value for key, value in told.items() if value is not None},
        "options": {option.outcome: option.modality for option in sorted(said.options)},
        "rules": sorted(said.rules),
        "overridden": sorted(said.overridden),
    }

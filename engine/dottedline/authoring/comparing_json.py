"""What differs between two rulebooks, as JSON values for programs."""

from __future__ import annotations

from typing import Any

from .advice import Advice, Change
from .comparing import ToldCases
from .comparing_words import Words
from .contents import Content


def comparison_dict(words: Words) -> dict[str, Any]:
    """A comparison as JSON values."""
    found = words.found

    def cases(told: ToldCases) -> dict[str, Any]:
        return {
            "cases": [{"where": words.cases.where(case), "example": dict(case.facts)} for case in told.cases],
            "left_out": told.left_out,
        }

    return {
        "old": words.named("old"),
        "new": words.named("new"),
        "differ": found.differ,
        "compared": found.compared,
        "contents": [_content_dict(content) for content in found.contents],
        "advice": [
            {
                "id": unit.id,
                "decision": unit.decision.id,
                "is_finding": unit.is_finding,
                "altered": list(unit.altered),
                "follows": list(unit.follows),
                "changes": [
                    {
                        "kind": one.kind,
                        "advice": [change_dict(change) for change in one.changes],
                        **cases(one.cases),
                    }
                    for one in unit.changes
                ],
            }
            for unit in found.units
        ],
        "rules": [
            {"rule": rule.id, "of": rule.unit, "gains": cases(rule.gains), "loses": cases(rule.loses)}
            for rule in found.rules
        ],
    }


def _content_dict(content: Content) -> dict[str, Any]:
    return {
        "kind": content.kind,
        "id": content.id,
        "label": content.label,
        "decision": content.decision or None,
        "only": content.only,
        "words": content.is_words,
        "altered": [altered._asdict() for altered in content.altered],
    }


def change_dict(change: Change) -> dict[str, Any]:
    """A change of advice as JSON values."""
    return {"old": _advice_dict(change.old), "new": _advice_dict(change.new)}


def _advice_dict(advice: Advice) -> dict[str, Any]:
    return {
        "status": advice.status,
        "outcome": advice.outcome,
        "options": [option._asdict() for option in sorted(advice.options)],
        "modality": advice.modality,
        "rules": list(advice.rules),
        "remarks": list(advice.remarks),
    }

"""What differs between two answers of one rulebook: which results move, and which stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .answer import Answer, DecisionAnswer, FindingAnswer


class Move(NamedTuple):
    """A decision whose result is another one, or one that is more or less sure."""

    before: DecisionAnswer
    after: DecisionAnswer

    @property
    def same_advice(self) -> bool:
        """Whether only its status moved: the advice is the same, but more or less sure."""
        return _advice(self.before) == _advice(self.after)

    def to_dict(self) -> dict[str, Any]:
        return {
            "decision": self.after.id,
            "before": _result_to_dict(self.before),
            "after": _result_to_dict(self.after),
            "same_advice": self.same_advice,
        }


class Difference(NamedTuple):
    """What moves from one answer to another."""

    moves: tuple[Move, ...]
    #: Findings that come, those that go, and those whose state moves (as before and after).
    come: tuple[FindingAnswer, ...]
    go: tuple[FindingAnswer, ...]
    turn: tuple[tuple[FindingAnswer, FindingAnswer], ...]
    #: The decisions and findings that stay as they are.
    stay: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.moves or self.come or self.go or self.turn)

    def to_dict(self) -> dict[str, Any]:
        return {
            "moves": [move.to_dict() for move in self.moves],
            "findings": {
                "come": [finding.id for finding in self.come],
                "go": [finding.id for finding in self.go],
                "turn": [
                    {"finding": after.id, "before": before.state, "after": after.state}
                    for before, after in self.turn
                ],
            },
            "stay": list(self.stay),
        }


def difference(before: Answer, after: Answer) -> Difference:
    """What moves between two answers about the same topics."""
    moves, stay = [], []
    for id, now in after.decisions.items():
        was = before.decisions[id]
        if (was.status, _advice(was)) != (now.status, _advice(now)):
            moves.append(Move(was, now))
        else:
            stay.append(id)
    old, new = _findings(before), _findings(after)
    both = [(old[id], new[id]) for id in new if id in old]
    return Difference(
        moves=tuple(moves),
        come=tuple(finding for id, finding in new.items() if id not in old),
        go=tuple(finding for id, finding in old.items() if id not in new),
        turn=tuple((was, now) for was, now in both if was.state != now.state),
        stay=(*stay, *(now.id for was, now in both if was.state == now.state)),
    )


def _advice(decision: DecisionAnswer) -> tuple[object, ...]:
    result = decision.outcome if decision.outcome is not None else _unsaid(decision)
    return result, frozenset(option.outcome for option in decision.options), decision.modality


def _unsaid(decision: DecisionAnswer) -> str | None:
    return decision.status if decision.status in ("open", "silent", "not_applicable") else None


def _findings(answer: Answer) -> Mapping[str, FindingAnswer]:
    return {finding.id: finding for finding in answer.findings}


def _result_to_dict(decision: DecisionAnswer) -> dict[str, Any]:
    return {
        "status": decision.status,
        "outcome": decision.outcome,
        "options": [option.outcome for option in decision.options],
        "modality": decision.modality,
    }

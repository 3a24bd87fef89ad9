"""What to do first: the changes a company could make, by how much they would put right.

A change puts a finding's remedy in place, or moves a function to where the
advice has it. What it does is not estimated: each is tried, by consulting on
the company as it would then be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .answer import Answer, FindingAnswer, json_value
from .conditions import FactValue, Test, alternatives, truth
from .frozen import FrozenDict
from .library import Rulebook
from .placements import Placement, placements
from .problems import ProfileError
from .reasons import values_of
from .rulebook import Modality, RulebookData, organisation_of, strength
from .vocabulary import Fact
from .whatif import supposing


class Action(NamedTuple):
    """A change that the company could make, with what it would put right."""

    #: The facts that it makes true; of several ways that do the same, any one will do.
    ways: tuple[Mapping[str, FactValue], ...]
    #: The findings and the functions to check that it settles, and those that it brings.
    settles: tuple[str, ...]
    brings: tuple[str, ...]
    #: The firmest advice that it follows.
    modality: Modality | None
    #: The function that it moves, None where it moves none: a bigger thing, and one to check first.
    moves: str | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "ways": [{id: json_value(value) for id, value in way.items()} for way in self.ways],
            "settles": list(self.settles),
            "brings": list(self.brings),
            "modality": self.modality,
            "moves": self.moves,
        }


def actions(book: Rulebook, answer: Answer, placed: Sequence[Placement]) -> tuple[Action, ...]:
    """The changes that settle something, those that settle most first.

    Args:
        book: the rulebook that gave the answer.
        answer: the answer for the company as it is.
        placed: where its functions are, as `placements` gives it.
    """
    before = _open(book.data, answer, placed)
    found: list[Action] = []
    for candidate in _candidates(book.data, answer, placed):
        tried = _tried(book, answer, before, candidate)
        if tried is None or any(candidate.ways == action.ways for action in found):
            continue
        same = next((action for action in found if tried.moves and action.moves == tried.moves), None)
        if same is None:
            found.append(tried)
        elif _rank(tried) < _rank(same):
            found[found.index(same)] = tried
        elif _rank(tried) == _rank(same):
            found[found.index(same)] = same._replace(ways=(*same.ways, *tried.ways))
    return tuple(sorted(found, key=_rank))


def _rank(action: Action) -> tuple[int, bool, tuple[int, ...], int]:
    """What settles most comes first; of as much, what moves nothing, then what is advised most firmly."""
    return (
        len(action.brings) - len(action.settles),
        action.moves is not None,
        tuple(-part for part in strength(action.modality)),
        len(action.ways[0]),
    )


def _tried(
    book: Rulebook, answer: Answer, before: Mapping[str, Modality | None], action: Action
) -> Action | None:
    """The action with what it does to the company; None where it settles nothing, or cannot be."""
    try:
        after = supposing(book, answer, action.ways[0])
    except ProfileError:
        return None  # it contradicts what else is known
    then = _open(book.data, after, placements(book.data, after))
    settles = tuple(id for id in before if id not in then)
    if not settles:
        return None
    firmest = max((action.modality, *(before[id] for id in settles)), key=strength)
    return action._replace(
        settles=settles, brings=tuple(id for id in then if id not in before), modality=firmest
    )


def _open(book: RulebookData, answer: Answer, placed: Iterable[Placement]) -> dict[str, Modality | None]:
    """What there is to settle: findings that a remedy could settle, and functions to check."""
    remedied = {rule.id for _decision, rule in book.rules() if rule.finding and rule.unless is not None}
    found: dict[str, Modality | None] = {
        finding.id: finding.modality for finding in answer.findings if finding.rule in remedied
    }
    return found | {placement.function: None for placement in placed if placement.to_check}


def _candidates(book: RulebookData, answer: Answer, placed: Iterable[Placement]) -> Iterator[Action]:
    for finding in answer.findings:
        for facts in _remedies(book, answer, finding):
            yield Action((FrozenDict(facts),), (), (), finding.modality, None)
    family = organisation_of(book).place
    for placement in placed:
        result = answer.decisions[placement.function]
        for option in result.options if placement.to_check else ():
            for place in book.decisions[result.id].outcomes[option.outcome].places[:1]:
                way = FrozenDict({f"{family}.{result.id}": place})
                yield Action((way,), (), (), option.modality, result.id)


def _remedies(book: RulebookData, answer: Answer, finding: FindingAnswer) -> Iterator[dict[str, FactValue]]:
    """Ways to make the remedy of a finding true, by facts that the company can choose."""
    rule = next(rule for _decision, rule in book.rules() if rule.id == finding.rule)
    known = values_of(book, answer)
    for way in alternatives(rule.unless) if rule.unless is not None else ():
        facts: dict[str, FactValue] = {}
        for test in way:
            if truth(test, known.get) is True:
                continue
            fact = book.vocabulary.facts.get(test.fact)
            value = _made_true(test, fact, known.get(test.fact)) if fact is not None and fact.lever else None
            if value is None:
                break
            facts[test.fact] = value
        else:
            if facts:
                yield facts


def _made_true(test: Test, fact: Fact, now: FactValue | None) -> FactValue | None:
    """A value of a fact that passes a test, near to what it is; None where none is at hand."""
    if test.operator == "includes":
        wanted = next((id for id in fact.values if id in test.values), None)
        here = now if isinstance(now, frozenset) else frozenset()
        return here | {wanted} if wanted is not None else None
    choices: Iterable[FactValue] = fact.values if fact.type == "choice" else sorted(test.values, key=str)
    return next((value for value in choices if test.operator == "is" and test.accepts(value)), None)

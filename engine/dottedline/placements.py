"""The organisation as it is, held against what the source says: place by place.

A place that differs is something to check, never a mistake: the source calls
its own list a place to start (items 1, 14, 61, 102 of the shipped rulebook).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from .answer import Answer, DecisionAnswer, Remark
from .conditions import ALWAYS
from .language import _
from .reading import ItemId
from .reasons import Reading, RuleTrace, explain
from .rulebook import Decision, Modality, Organisation, RulebookData, organisation_of
from .why_not import lacking

#: How the source speaks of a function's present place.
PlaceClass = Literal[
    "default",
    "exception",
    "alternative",
    "exception_not_met",
    "exception_unclear",
    "not_covered",
    "contracted",
    "planned",
    "absent",
    "unknown",
]

#: The classes that call for a look.
_TO_CHECK = ("exception_not_met", "exception_unclear", "not_covered")


class Placement(NamedTuple):
    """One function: where it is, and how the source speaks of that."""

    function: str
    title: str
    #: The present place, None where it is not known, and its label.
    place: str | None
    place_label: str
    kind: PlaceClass
    #: Why it is so classed, in words; empty where there is nothing to say.
    because: str
    #: How firmly the source speaks for this place; None where it does not.
    modality: Modality | None
    rule: str | None
    guidance: tuple[ItemId, ...]
    inferred: bool
    #: The id of the book that the rule comes from; None where there is no rule.
    book: str | None
    #: For an exception: what its condition lacks.
    lacks: Reading | None
    #: Whether the advice for this company is another place.
    differs: bool
    #: What the source allows for this company.
    advised: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def to_check(self) -> bool:
        """Whether it is something to have a look at."""
        return self.differs or self.kind in _TO_CHECK

    def to_dict(self) -> dict[str, Any]:
        return {
            "function": self.function,
            "place": self.place,
            "class": self.kind,
            "to_check": self.to_check,
            "because": self.because,
            "modality": self.modality,
            "rule": self.rule,
            "guidance": list(self.guidance),
            "inferred": self.inferred,
            "book": self.book,
            "lacks": self.lacks.to_dict() if self.lacks else None,
            "advised": list(self.advised),
        }


def placements(book: RulebookData, answer: Answer) -> tuple[Placement, ...]:
    """Every function that the answer places, with how the source speaks of its present place.

    Raises:
        RulebookError: where the rulebook describes no organisation.
    """
    organisation = organisation_of(book)
    family = organisation.place
    return tuple(
        _placement(book, organisation, answer, decision)
        for decision in answer.decisions.values()
        if f"{family}.{decision.id}" in book.vocabulary.facts
    )


def _placement(
    book: RulebookData, organisation: Organisation, answer: Answer, result: DecisionAnswer
) -> Placement:
    fact = book.vocabulary.facts[f"{organisation.place}.{result.id}"]
    place = answer.profile.facts.get(fact.id)
    allowed = tuple(option.outcome for option in result.options) if result.status != "undetermined" else ()
    found = Placement(
        function=result.id,
        title=result.title,
        place=str(place) if place is not None else None,
        place_label=fact.label_of(place),
        kind="unknown",
        because="",
        modality=None,
        rule=None,
        guidance=(),
        inferred=False,
        book=None,
        lacks=None,
        differs=False,
        advised=allowed,
        remarks=result.remarks,
    )
    special: dict[str, tuple[PlaceClass, str]] = {
        organisation.contractor: (
            "contracted",
            _("A contractor does the work. The source says where functions sit, not who may do their work."),
        ),
        organisation.open_role: ("planned", _("It is an open role: the advice is for when it is filled.")),
        organisation.absent: ("absent", _("You say that there is no such function.")),
    }
    if found.place is None:
        return found
    if found.place in special:
        kind, because = special[found.place]
        return found._replace(kind=kind, because=because)
    decision = book.decisions[result.id]
    outcome = next((o.id for o in decision.outcomes.values() if found.place in o.places), None)
    if outcome is None:
        return found._replace(kind="not_covered", differs=bool(allowed))
    return _described(book, answer, decision, found, outcome, allowed)


def _described(
    book: RulebookData,
    answer: Answer,
    decision: Decision,
    found: Placement,
    outcome: str,
    allowed: tuple[str, ...],
) -> Placement:
    """A place that the source names: the rule that speaks for it best."""
    best: tuple[int, PlaceClass, RuleTrace, Modality | None] | None = None
    for trace in explain(book, answer, decision.id).rules:
        ranked = _ranked(decision, trace, outcome)
        if ranked is not None and (best is None or ranked[0] < best[0]):
            best = ranked
    assert best is not None, "an outcome that no rule gives"
    _rank, kind, trace, modality = best
    return found._replace(
        kind=kind,
        because=trace.because,
        modality=modality,
        rule=trace.id,
        guidance=trace.guidance,
        inferred=trace.inferred,
        book=trace.book,
        lacks=lacking(trace.when) or _blocking(trace),
        differs=bool(allowed) and outcome not in allowed,
    )


def _blocking(trace: RuleTrace) -> Reading | None:
    return trace.unless if trace.unless is not None and trace.unless.truth is True else None


def _ranked(
    decision: Decision, trace: RuleTrace, outcome: str
) -> tuple[int, PlaceClass, RuleTrace, Modality | None] | None:
    """How a rule speaks of an outcome, with its rank: the lowest is the best; None where it does not."""
    holds = trace.state in ("fired", "overridden")
    unclear = not holds and trace.when.truth is None
    rank = 3 if unclear else 4
    missing: PlaceClass = "exception_unclear" if unclear else "exception_not_met"
    rule = next((rule for rule in decision.rules if rule.id == trace.id), None)
    if rule is not None and rule.outcome == outcome:
        if not holds:
            return rank, missing, trace, rule.modality
        # What takes the place of another rule is an exception to it.
        return (
            (1, "exception", trace, rule.modality) if rule.overrides else (0, "default", trace, rule.modality)
        )
    for option in rule.open if rule is not None else decision.alternatives:
        if option.outcome == outcome and option.rule == trace.id:
            if not holds:
                return rank, missing, trace, option.modality
            said = trace._replace(because=option.because, guidance=option.guidance, book=option.book)
            # An option that has a condition is an exception; one without is open to everybody.
            return 2, "alternative" if option.when == ALWAYS else "exception", said, option.modality
    return None

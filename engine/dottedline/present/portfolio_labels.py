"""What things are called in a portfolio: findings, cohorts, results."""

from __future__ import annotations

from collections.abc import Mapping

from ..batch.tallies import Portfolio, one_line
from ..inference import as_fact
from ..language import _, number_of
from ..reasons import subject_label, value_label
from ..rulebook import Rule, RulebookData, strength
from ..words import capital
from .portfolio_blocks import Series
from .tags import ADVICE, STATE


class Labels:
    """The words of a rulebook for what is in a portfolio.

    A table made with another version of the rulebook can hold ids that the
    rulebook does not know: they are shown as they are.
    """

    def __init__(self, book: RulebookData, found: Portfolio) -> None:
        self._book = book
        self._by = found.by
        self._rules: Mapping[str, tuple[Rule, ...]] = {
            id: rules for decision in book.decisions.values() for id, rules in decision.findings.items()
        }
        #: Findings go by a number where there is no room for their text.
        self.numbers = {tally.id: number_of(n) for n, tally in enumerate(found.findings, 1)}

    def question(self, fact: str) -> str:
        """The question that asks for a fact."""
        known = self._book.vocabulary.facts.get(fact)
        return known.question if known is not None else fact

    def why(self, fact: str) -> str:
        """Why a fact is asked for."""
        known = self._book.vocabulary.facts.get(fact)
        return known.why if known is not None else ""

    def finding(self, id: str) -> str:
        """The text of a finding; where rules word it differently, each way."""
        return _(" / ").join(dict.fromkeys(rule.text for rule in self._rules.get(id, ()))) or id

    def advice(self, id: str) -> str:
        """How firmly the source says what a finding says, the weakest of its rules, and whether it does."""
        rules = self._rules.get(id)
        if not rules:
            return ""
        firmly = _(ADVICE[min((rule.modality for rule in rules), key=strength) or "info"])
        inferred = [rule.inferred for rule in rules]
        if not any(inferred) or firmly == _("our inference"):
            return firmly
        # A table of results does not tell by which rule a finding shows.
        told = _("{advice}, our inference") if all(inferred) else _("{advice}, in part our inference")
        return told.format(advice=firmly)

    def decision(self, id: str) -> str:
        """The title of a decision."""
        return self._book.decisions[id].title

    def named(self, id: str) -> str:
        """A decision, a fact, or a column, which has its own name only."""
        known = id in self._book.decisions or id in self._book.vocabulary.facts
        return subject_label(self._book, id) if known else one_line(id)

    def cohort(self, id: str | None) -> str:
        """What the companies of a cohort have in common."""
        if self._by is None:
            return _("All companies")
        return capital(_("not known")) if id is None else self.value(self._by, id)

    def value(self, id: str, value: str) -> str:
        """A result of a decision, or a value of a column."""
        if id in self._book.decisions or id in self._book.vocabulary.facts:
            return capital(value_label(self._book, id, as_fact(self._book, id, value)))
        return one_line(value)


def states() -> tuple[Series, ...]:
    """In what ways a finding can show, the clearest first."""
    missing, to_check = STATE["missing"], STATE["to_check"]
    return (Series(capital(_(missing)), "strong"), Series(capital(_(to_check)), "striped"))

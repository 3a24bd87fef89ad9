"""Mutants: the rulebook with one thing altered, each of which a case should notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from ...conditions import ALWAYS, Condition
from ...inference import Network
from ...rulebook import MODALITIES, Decision, Modality, Option, Rule, RulebookData
from .alterations import Alterations, Altered

#: What is altered: a rule or alternative as a whole, or one of its keys.
Key = Literal[
    "rule", "when", "unless", "not_applicable", "overrides", "modality", "outcome", "silent", "open", "inferred"
]


class Mutant(NamedTuple):
    """A decision with one thing altered."""

    #: The decision as it would then be.
    decision: Decision
    #: The rule, alternative or decision that is altered.
    about: str
    key: Key
    #: What it was and what it is, where that can be told in words of the rule language; empty for nothing.
    before: str = ""
    after: str = ""
    #: Where a condition is altered: how.
    altered: Altered | None = None
    #: Which of the open choices it is about.
    choice: str = ""


def mutants(network: Network) -> Iterator[Mutant]:
    """Every mutant of a rulebook, decision by decision.

    Drops or alters each rule, alternative, condition, override, modality,
    outcome, open choice and mark of inference in turn; not those of a book
    that it extends.
    """
    alterations = Alterations(network)
    for decision in network.book.decisions.values():
        yield from _Mutating(network.book, decision, alterations).all()


class _Mutating:
    def __init__(self, book: RulebookData, decision: Decision, alterations: Alterations) -> None:
        self.book = book
        self.decision = decision
        self.alterations = alterations

    def all(self) -> Iterator[Mutant]:
        decision, book = self.decision, self.book.id
        books = {rule.book for rule in decision.rules} | {option.book for option in decision.alternatives}
        if decision.not_applicable is not None and books <= {book}:
            for condition, altered in self._conditions(decision.not_applicable):
                changed = replace(decision, not_applicable=condition)
                yield Mutant(changed, decision.id, "not_applicable", altered=altered)
        for rule in decision.rules:
            if rule.book == book:
                yield self._without(rule)
                yield from self._of_rule(rule)
        for option in decision.alternatives:
            if option.book == book:
                yield Mutant(self._option(option), option.rule, "rule")
                yield from self._of_alternative(option)

    def _conditions(self, condition: Condition) -> Iterator[tuple[Condition | None, Altered | None]]:
        """A condition altered, and, where it has several parts, left out."""
        for altered in self.alterations.of(condition):
            yield altered.whole, altered
        if len(self.alterations.parts(condition)) > 1:
            yield None, None

    # -- rules ------------------------------------------------------------------------

    def _rule(self, rule: Rule, **changed: object) -> Decision:
        other = rule._replace(**changed)  # type: ignore[arg-type]
        rules = tuple(other if each is rule else each for each in self.decision.rules)
        return replace(self.decision, rules=rules)

    def _without(self, rule: Rule) -> Mutant:
        rules = tuple(
            each._replace(overrides=each.overrides - {rule.id})
            for each in self.decision.rules
            if each is not rule
        )
        return Mutant(replace(self.decision, rules=rules), rule.id, "rule")

    def _of_rule(self, rule: Rule) -> Iterator[Mutant]:
        for condition, altered in self._conditions(rule.when):
            yield Mutant(self._rule(rule, when=condition or ALWAYS), rule.id, "when", altered=altered)
        if rule.unless is not None:
            for condition, altered in self._conditions(rule.unless):
                yield Mutant(self._rule(rule, unless=condition), rule.id, "unless", altered=altered)
        for id in sorted(rule.overrides):
            changed = self._rule(rule, overrides=rule.overrides - {id})
            yield Mutant(changed, rule.id, "overrides", before=id)
        if rule.modality is not None:
            for modality in _other_modalities(rule.modality):
                changed = self._rule(rule, modality=modality)
                yield Mutant(changed, rule.id, "modality", rule.modality, modality)
        if rule.inferred:
            yield Mutant(self._rule(rule, inferred=False), rule.id, "inferred")
        yield from self._conclusions(rule)

    def _conclusions(self, rule: Rule) -> Iterator[Mutant]:
        """The rule with another conclusion."""
        outcomes = list(self.decision.outcomes)
        if rule.outcome is not None:
            yield Mutant(self._rule(rule, outcome=None, silent=True), rule.id, "outcome", rule.outcome)
            for outcome in _others(outcomes, [rule.outcome])[:1]:
                yield Mutant(self._rule(rule, outcome=outcome), rule.id, "outcome", rule.outcome, outcome)
        elif rule.silent:
            changed = self._rule(rule, outcome=outcomes[0], silent=False)
            yield Mutant(changed, rule.id, "silent", after=outcomes[0])
        for n, option in enumerate(rule.open):
            yield from self._of_choice(rule, n, option)

    def _of_choice(self, rule: Rule, number: int, option: Option) -> Iterator[Mutant]:
        before, after = rule.open[:number], rule.open[number + 1 :]

        def with_(*options: Option) -> Decision:
            return self._rule(rule, open=(*before, *options, *after))

        if before or after:
            yield Mutant(with_(), rule.id, "open", before=option.outcome, choice=option.outcome)
        for modality in _other_modalities(option.modality):
            changed = with_(option._replace(modality=modality))
            yield Mutant(changed, rule.id, "modality", option.modality, modality, choice=option.outcome)
        for outcome in _others(list(self.decision.outcomes), [each.outcome for each in rule.open])[:1]:
            changed = with_(option._replace(outcome=outcome))
            yield Mutant(changed, rule.id, "open", option.outcome, outcome, choice=option.outcome)

    # -- alternatives -----------------------------------------------------------------

    def _option(self, option: Option, **changed: object) -> Decision:
        """The decision with an alternative changed; without it where nothing is to be changed."""
        others = [option._replace(**changed)] if changed else []  # type: ignore[arg-type]
        alternatives = self.decision.alternatives
        number = alternatives.index(option)
        return replace(
            self.decision, alternatives=(*alternatives[:number], *others, *alternatives[number + 1 :])
        )

    def _of_alternative(self, option: Option) -> Iterator[Mutant]:
        if option.inferred:
            yield Mutant(self._option(option, inferred=False), option.rule, "inferred")
        for condition, altered in self._conditions(option.when):
            yield Mutant(self._option(option, when=condition or ALWAYS), option.rule, "when", altered=altered)
        for modality in _other_modalities(option.modality):
            changed = self._option(option, modality=modality)
            yield Mutant(changed, option.rule, "modality", option.modality, modality)
        for outcome in _others(list(self.decision.outcomes), [option.outcome])[:1]:
            changed = self._option(option, outcome=outcome)
            yield Mutant(changed, option.rule, "outcome", option.outcome, outcome)


def _other_modalities(modality: Modality) -> list[Modality]:
    """The next firmer and the next weaker one."""
    at = MODALITIES.index(modality)
    return [*MODALITIES[max(0, at - 1) : at], *MODALITIES[at + 1 : at + 2]]


def _others(names: list[str], named: list[str]) -> list[str]:
    """What is not named, beginning after the first that is."""
    at = names.index(named[0])
    return [name for name in (*names[at + 1 :], *names[:at]) if name not in named]

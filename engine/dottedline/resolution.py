"""From the conditions that hold to a result: overrides, alternatives, open choices, silence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .codes import CONTRADICTION
from .conditions import Condition, known_false, tests
from .language import _
from .lazy import lazy
from .problems import Problem, RulebookError
from .rulebook import Decision, Modality, Option, Rule, strength

Kind = Literal["outcome", "open", "silent", "not_applicable", "nothing"]


@dataclass(frozen=True)
class Resolved:
    """What a `single` decision gives where exactly certain conditions hold."""

    kind: Kind
    outcome: str | None = None
    options: tuple[Option, ...] = ()
    modality: Modality | None = None
    #: Rules that give the result, and remarks that go with it.
    rules: tuple[Rule, ...] = ()
    remarks: tuple[Rule, ...] = ()
    overridden: tuple[Rule, ...] = ()

    @lazy
    def key(self) -> tuple[Kind, str | None, frozenset[str]]:
        """What is compared between completions; that no rule speaks is silence too."""
        kind = "silent" if self.kind == "nothing" else self.kind
        return (kind, self.outcome, frozenset(option.outcome for option in self.options))


@dataclass(frozen=True)
class Shown:
    """A finding that shows: by which rule, and whether its remedy is known to be missing."""

    rule: Rule
    state: Literal["missing", "to_check"]

    @property
    def key(self) -> tuple[str, str]:
        return (self.rule.id, self.state)


@dataclass(frozen=True)
class Unit:
    """What is inferred as one: a `single` decision, or one finding of a `collect` decision.

    Its *patterns* are the conditions that the matcher matches; a set of them
    is written as the bits of an integer, in the order of `patterns`.
    """

    id: str
    decision: Decision
    rules: tuple[Rule, ...]

    @lazy
    def is_finding(self) -> bool:
        return self.decision.hit_policy == "collect"

    @lazy
    def patterns(self) -> Mapping[str, Condition]:
        patterns: dict[str, Condition] = {}
        if self.decision.not_applicable is not None:
            patterns["not_applicable"] = self.decision.not_applicable
        for rule in self.rules:
            patterns[f"when {rule.id}"] = rule.when
            if rule.unless is not None:
                patterns[f"unless {rule.id}"] = rule.unless
                if self.is_finding:
                    patterns[f"missing {rule.id}"] = known_false(rule.unless)
        if not self.is_finding:
            for option in self.decision.alternatives:
                patterns[f"when {option.rule}"] = option.when
        return patterns

    @lazy
    def needs(self) -> tuple[str, ...]:
        """The facts and decisions that its conditions name, in reading order."""
        named = (test.fact for condition in self.patterns.values() for test in tests(condition))
        return tuple(dict.fromkeys(named))

    @lazy
    def flags(self) -> Mapping[str, int]:
        """The bit of each pattern."""
        return {name: 1 << n for n, name in enumerate(self.patterns)}

    def bits(self, holds: Callable[[str], bool]) -> int:
        """The patterns for which `holds` is true, as bits."""
        return sum(flag for name, flag in self.flags.items() if holds(name))

    def names(self, bits: int) -> frozenset[str]:
        return frozenset(name for name, flag in self.flags.items() if bits & flag)

    @lazy
    def _rule_flags(self) -> list[tuple[Rule, int, int]]:
        """Each rule with the bits of its `when` and of its `unless`."""
        flags = self.flags
        return [(rule, flags[f"when {rule.id}"], flags.get(f"unless {rule.id}", 0)) for rule in self.rules]

    def standing(self, bits: int) -> tuple[list[Rule], list[Rule]]:
        """The rules that hold and stand, and those that hold and are overridden."""
        holding = [rule for rule, when, unless in self._rule_flags if bits & when and not bits & unless]
        beaten = {id for rule in holding for id in rule.overrides}
        return [r for r in holding if r.id not in beaten], [r for r in holding if r.id in beaten]


def resolve(unit: Unit, bits: int) -> Resolved:
    """The result of a `single` decision where the patterns in `bits` hold, and no others.

    Raises:
        RulebookError: where rules that stand differ and none overrides the other.
    """
    flags = unit.flags
    if bits & flags.get("not_applicable", 0):
        return Resolved("not_applicable")
    standing, overridden = unit.standing(bits)
    remarks = tuple(rule for rule in standing if rule.concludes == "remark")
    deciding = tuple(rule for rule in standing if rule.concludes != "remark")
    allowed = [option for option in unit.decision.alternatives if bits & flags[f"when {option.rule}"]]
    if not deciding:
        return Resolved("nothing", options=_options([], allowed), remarks=remarks, overridden=tuple(overridden))
    if (pair := conflict(unit, bits)) is not None:
        raise RulebookError([conflict_problem(unit, *pair)])
    first = deciding[0]
    firmest = max((rule.modality for rule in deciding), key=strength)
    own: list[Option] = []
    for rule in _firmest_first(deciding):
        if rule.outcome is not None:
            modality = firmest or "info"
            own.append(
                Option(
                    rule.outcome,
                    modality,
                    rule.because,
                    rule.guidance,
                    rule.id,
                    inferred=rule.inferred,
                    book=rule.book,
                )
            )
        own.extend(rule.open)
    return Resolved(
        first.concludes,  # type: ignore[arg-type]
        first.outcome,
        _options(own, allowed),
        firmest,
        deciding,
        remarks,
        tuple(overridden),
    )


def finding(unit: Unit, bits: int) -> Shown | None:
    """How a finding shows where the patterns in `bits` hold; None where it does not."""
    standing, _beaten = unit.standing(bits)
    if not standing:
        return None
    rule = standing[0]
    return Shown(rule, "missing" if bits & unit.flags.get(f"missing {rule.id}", 0) else "to_check")


def _options(own: list[Option], allowed: list[Option]) -> tuple[Option, ...]:
    """Each outcome once, the decision's own first."""
    options: dict[str, Option] = {}
    for option in (*own, *allowed):
        options.setdefault(option.outcome, option)
    return tuple(options.values())


def _firmest_first(deciding: tuple[Rule, ...]) -> Sequence[Rule]:
    """Rules of several books with the firmest first: no book is said to be as firm as another one is."""
    if len({rule.book for rule in deciding}) < 2:
        return deciding
    return sorted(deciding, key=lambda rule: strength(rule.modality), reverse=True)


def conflict(unit: Unit, bits: int) -> tuple[Rule, Rule] | None:
    """Two rules of a `single` decision that stand together with different results; None where none do."""
    if bits & unit.flags.get("not_applicable", 0):
        return None
    deciding = [rule for rule in unit.standing(bits)[0] if rule.concludes != "remark"]
    first = deciding[0] if deciding else None
    return next(((first, rule) for rule in deciding if first and _result(rule) != _result(first)), None)


def conflict_problem(unit: Unit, first: Rule, second: Rule) -> Problem:
    """That two rules conflict."""
    told = _("the rules `{first}` and `{second}` of `{decision}` can hold together, with different results")
    return Problem(
        told.format(first=first.id, second=second.id, decision=unit.id),
        second.span,
        _("let one override the other, or make their conditions exclude each other"),
        also=(first.span,) if first.span else (),
        code=CONTRADICTION,
    )


def _result(rule: Rule) -> object:
    return (rule.concludes, rule.outcome, frozenset(option.outcome for option in rule.open))

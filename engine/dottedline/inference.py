"""Inference: what each decision gives, on what is known and over all completions.

For each unit (a decision, or a finding) the rulebook's conditions are composed
into a decision diagram over the base facts. Walking it with a profile's
tokens gives the conditions that hold on what is known, and every set of them
that some completion of the unknown facts can bring about. So a status is
exact: no completion is left out, and none is enumerated for each company.

durable_rules fires every combination of tokens before it is said: its answer
is held against the conditions read one by one and against the diagram, and a
difference is a fault, never advice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import NamedTuple

from .codes import LIMIT
from .condition_reader import SPECIAL_RESULTS
from .conditions import AllOf, Condition, FactValue, Test, tests
from .diagram import Diagrams, Node, TooLarge, evaluate, leaves, variables_of, witness
from .frozen import FrozenDict
from .language import _, list_of
from .lazy import LOCK, lazy
from .matcher import EngineFault
from .problems import Problem, RulebookError
from .resolution import Shown, Unit, finding, resolve
from .rows import Rows
from .rulebook import Decision, RulebookData
from .splitting import BUDGET, too_large
from .variables import MAX_SET_ELEMENTS, Variable
from .verdicts import Verdict, verdict_of
from .vocabulary import Constraint

#: Stands in a diagram where a constraint is broken: no company is so.
BROKEN = "broken"

#: Verdicts remembered for each unit; beyond that the oldest are forgotten.
_REMEMBERED = 4096


class Given(NamedTuple):
    """The leaf of a derived fact that a profile gives outright."""

    outcome: str


class Network:
    """A rulebook made ready for inference. Safe to share between threads.

    `soundness` says whether it may be consulted.

    Args:
        book: the rulebook.
        banding: facts in the order in which diagrams are to ask for them, each with tests that its
            bands are to tell apart beside those of the book: what another book asks of it.
    """

    def __init__(self, book: RulebookData, banding: Mapping[str, Iterable[Test]] = FrozenDict()) -> None:
        self.book = book
        self.diagrams = Diagrams()
        #: The diagram of each condition met so far.
        self.conditions: dict[Condition, Node] = {}
        self.units: dict[str, UnitInference] = {}
        self.variables: dict[str, Variable] = {}
        #: Those that no profile may break.
        self.constraints = [c for c in book.vocabulary.constraints if c.level == "error"]
        #: The sets of which conditions name too many elements, with what is to be said of them.
        self.oversized: dict[str, Problem] = {}
        self._make_variables(banding)
        for decision in book.decisions.values():
            for unit in units_of(decision):
                self.units[unit.id] = UnitInference(self, unit)

    def tokens(self, facts: Mapping[str, FactValue]) -> tuple[int, ...]:
        """The tokens of a company's facts, one for each variable."""
        return tuple(variable.token(facts.get(id)) for id, variable in self.variables.items())

    def decision(self, id: str) -> UnitInference:
        return self.units[id]

    def holds(self, condition: Condition) -> Node:
        """Tokens -> whether a condition is true; false where it rests on something unknown."""
        with LOCK:
            known = self.conditions.get(condition)
            if known is None:
                known = self.conditions[condition] = self._make_holds(condition)
            return known

    def _make_holds(self, condition: Condition) -> Node:
        diagrams = self.diagrams
        if isinstance(condition, Test):
            return diagrams.map(
                lambda value: value is not None and condition.accepts(value), self.value_of(condition.fact)
            )
        every = isinstance(condition, AllOf)
        result = diagrams.leaf(every)
        # Last part first: its variables mostly come last, so that what is built on stays small.
        for part in reversed(condition.parts):
            result = diagrams.combine(
                (lambda a, b: a and b) if every else (lambda a, b: a or b), self.holds(part), result
            )
        return result

    def value_of(self, name: str) -> Node:
        if name in self.book.decisions:
            return self.units[name].value
        variable = self.variables[name]
        values = [self.diagrams.leaf(None), *(self.diagrams.leaf(b.example) for b in variable.bands)]
        return self.diagrams.node(variable.position, values)

    def given_or(self, id: str, given: Iterable[Hashable], inferred: Node) -> Node:
        """A derived fact: for each of its bands what goes with it where it is given, else what is inferred."""
        diagrams, position = self.diagrams, self.variables[id].position
        leaves_given = [diagrams.leaf(value) for value in given]
        if position < inferred.variable:
            return diagrams.node(position, [inferred, *leaves_given])
        # In the order of another book it may come after what it is derived from.
        chosen = diagrams.node(position, [diagrams.leaf(None), *leaves_given])
        return diagrams.combine(lambda a, b: a if b is None else b, inferred, chosen)

    def is_derived(self, id: str) -> bool:
        fact = self.book.vocabulary.facts.get(id)
        return fact is not None and fact.derived

    def requirements(self, unit: Unit) -> dict[str, None]:
        """The base facts of a unit's whole requirements, in order, derived facts included."""
        found: dict[str, None] = {}
        for name in unit.needs:
            if name in self.book.decisions:
                if self.is_derived(name):
                    found[name] = None
                found.update(self.requirements(self.units[name].unit))
            else:
                found[name] = None
        return found

    def binding(self, facts: Iterable[str]) -> list[Constraint]:
        """The constraints that could keep a completion of these facts from being possible."""
        inside = set(facts)

        def can_bind(constraint: Constraint) -> bool:
            return any(
                test.fact in inside
                and any(
                    test.accepts(self.variables[test.fact].bands[n - 1].example)
                    for n in self.variables[test.fact].fills
                )
                for test in tests(constraint.when)
            )

        return [constraint for constraint in self.constraints if can_bind(constraint)]

    def facts_at(self, tokens: Sequence[int]) -> dict[str, FactValue]:
        """Facts that have these tokens, without the unknown ones."""
        known = ((id, variable.example(tokens[variable.position])) for id, variable in self.variables.items())
        return {id: value for id, value in known if value is not None}

    def in_words(self, facts: Mapping[str, FactValue]) -> str:
        """Facts in words; `{}` for none, as a profile has it."""
        known = self.book.vocabulary.facts
        return list_of([known[id].stated(value) for id, value in facts.items()]) or "{}"

    def _make_variables(self, banding: Mapping[str, Iterable[Test]]) -> None:
        """One variable for each fact that a condition names."""
        used = {id: dict.fromkeys(asked) for id, asked in banding.items()}
        for id, asked in tests_of(self.book).items():
            used.setdefault(id, {}).update(asked)
        facts = self.book.vocabulary.facts
        for id in used:
            named = {element for test in used[id] for element in test.values}
            if facts[id].type == "set" and len(named) > MAX_SET_ELEMENTS:
                told = _("conditions name {number} elements of the set `{name}`; {most} is the most")
                self.oversized[id] = Problem(
                    told.format(number=len(named), name=id, most=MAX_SET_ELEMENTS),
                    facts[id].span,
                    _("split it into several facts"),
                    code=LIMIT,
                )
                used[id] = {}  # a stand-in: what rests on it is refused
            self.variables[id] = Variable(len(self.variables), facts[id], used[id])


def tests_of(book: RulebookData) -> dict[str, dict[Test, None]]:
    """Each fact that a condition names, with the tests of it: derived facts first, then as they are met."""
    # A derived fact comes before all that it is derived from: where it is given, that plays no part.
    facts = book.vocabulary.facts
    used: dict[str, dict[Test, None]] = {
        id: {} for id in reversed(list(book.decisions)) if id in facts and facts[id].derived
    }
    conditions = [condition for decision in book.decisions.values() for condition in decision.conditions()]
    conditions += [constraint.when for constraint in book.vocabulary.constraints if constraint.level == "error"]
    for condition in conditions:
        for test in tests(condition):
            if test.fact in facts:
                used.setdefault(test.fact, {})[test] = None
    return used


def units_of(decision: Decision) -> list[Unit]:
    if decision.hit_policy == "single":
        return [Unit(decision.id, decision, decision.rules)]
    return [Unit(id, decision, rules) for id, rules in decision.findings.items()]


def diagram(make: Callable[[UnitInference], Node]) -> lazy[Node]:
    """A diagram of a unit, made once, and refused where it grows too large.

    Raises:
        RulebookError: on use, where it is too large.
    """

    @wraps(make)
    def made(unit: UnitInference) -> Node:
        network = unit.network
        with LOCK:
            try:
                with network.diagrams.within(BUDGET):
                    return make(unit)
            except TooLarge:
                raise RulebookError([too_large(unit.unit, unit.facts, network.variables)]) from None

    return lazy(made)


class UnitInference:
    """The inference of one unit: its diagrams, its matcher, its rows."""

    def __init__(self, network: Network, unit: Unit) -> None:
        self.network = network
        self.unit = unit
        #: The patterns that durable_rules has fired, as bits.
        self.attested: set[int] = set()
        #: Remembering wrappers, one for each unit, so that a forgotten rulebook is forgotten whole.
        self.verdict_of = lru_cache(_REMEMBERED)(self._verdict_of)
        self.resolved = lru_cache(_REMEMBERED)(lambda bits: resolve(unit, bits))

    # -- diagrams -----------------------------------------------------------------

    @lazy
    def facts(self) -> tuple[str, ...]:
        """The base facts (and derived facts, where they can be given) that the unit rests on."""
        return tuple(self.network.requirements(self.unit))

    @lazy
    def positions(self) -> tuple[int, ...]:
        """The variables that the unit's answer depends on, those of its constraints included.

        Whether a derived fact still matters rests on all that it is derived from.
        """
        derived_from = (source.positions for _variable, source in self.derived)
        return tuple(sorted(variables_of(self.known).union(*derived_from)))

    @lazy
    def completions(self) -> list[tuple[int, ...]]:
        """For each variable: the tokens that a completion may give it; none where it is not filled."""
        own = {id for id in self.facts if not self.network.is_derived(id)}
        return [variable.fills if id in own else () for id, variable in self.network.variables.items()]

    @lazy
    def derived(self) -> list[tuple[Variable, UnitInference]]:
        """The derived facts among the unit's requirements, with what derives them."""
        network = self.network
        return [(network.variables[id], network.units[id]) for id in self.facts if network.is_derived(id)]

    @lazy
    def can_break(self) -> bool:
        """Whether a constraint limits the unit's completions."""
        return any(bits is BROKEN for bits in leaves(self.known))

    @diagram
    def known(self) -> Node:
        """Tokens -> the patterns that hold on what is known, as bits; BROKEN where that cannot be."""
        combine = self.network.diagrams.combine
        bits = self.network.diagrams.leaf(0)
        for n, condition in enumerate(self.unit.patterns.values()):
            bits = combine(_adding(1 << n), bits, self.network.holds(condition))
        for constraint in self.network.binding(self.facts):
            bits = combine(
                lambda acc, broken: BROKEN if broken else acc, bits, self.network.holds(constraint.when)
            )
        return bits

    @diagram
    def verdicts(self) -> Node:
        """Tokens -> the patterns that hold on what is known, and the sets of them that completions give."""
        diagrams = self.network.diagrams
        single = diagrams.map(
            lambda bits: frozenset[int]() if bits is BROKEN else frozenset({bits}), self.known
        )
        possible = diagrams.unknown_as(single, frozenset.union, self.completions.__getitem__)
        return diagrams.combine(
            lambda bits, sets: BROKEN if bits is BROKEN else (bits, sets), self.known, possible
        )

    @diagram
    def whole(self) -> Node:
        """The verdicts, and for a derived fact that is given outright, that it is."""
        network, id = self.network, self.unit.id
        if not network.is_derived(id):
            return self.verdicts
        bands = network.variables[id].bands
        return network.given_or(id, [Given(as_outcome(band.example)) for band in bands], self.verdicts)

    @diagram
    def certain(self) -> Node:
        """Tokens -> whether all completions give the same result."""
        return self.network.diagrams.map(
            lambda leaf: leaf is BROKEN or len({self.resolved(bits).key for bits in leaf[1]}) == 1,
            self.verdicts,
        )

    @diagram
    def results(self) -> Node:
        """Tokens -> what is compared between completions; BROKEN where that cannot be."""
        return self.network.diagrams.map(lambda bits: BROKEN if bits is BROKEN else self._key(bits), self.known)

    @diagram
    def answers(self) -> Node:
        """Tokens -> (status, result key) of the answer; BROKEN where that cannot be."""

        def answer(leaf: Hashable) -> Hashable:
            if leaf is BROKEN:
                return BROKEN
            verdict = self.verdict_of(leaf)
            return (verdict.status, verdict.key)

        return self.network.diagrams.map(answer, self.verdicts)

    @diagram
    def value(self) -> Node:
        """Tokens -> the value that other decisions see, None where it is unknown."""
        network, id = self.network, self.unit.id
        inferred = network.diagrams.map(
            lambda leaf: None if leaf is BROKEN else self._as_fact(self.verdict_of(leaf).passed_on),
            self.verdicts,
        )
        if not network.is_derived(id):
            return inferred
        return network.given_or(id, [band.example for band in network.variables[id].bands], inferred)

    def _as_fact(self, value: str | None) -> FactValue | None:
        """An outcome as the value of its fact: `true` becomes True for a yes/no fact."""
        return as_fact(self.network.book, self.unit.id, value)

    def _key(self, bits: int) -> Hashable:
        if self.unit.is_finding:
            shown = finding(self.unit, bits)
            return shown.key if shown else None
        return self.resolved(bits).key

    # -- verdicts -------------------------------------------------------------------

    def verdict(self, tokens: Sequence[int], seen: Mapping[str, FactValue | None]) -> Verdict:
        """What a decision gives; `seen` holds the values of the facts and decisions it needs."""
        leaf = evaluate(self.verdicts, tokens)
        self._fire(leaf[0], seen)
        for bits in leaf[1] - self.attested:
            self._attest(bits)
        return self.verdict_of(leaf)

    def is_certain(self, tokens: Sequence[int]) -> bool:
        """Whether all completions give the same result."""
        return bool(evaluate(self.certain, tokens))

    def possible(self, tokens: Sequence[int]) -> frozenset[str | None]:
        """The outcomes that some completion gives; None stands for all that are none."""
        leaf = evaluate(self.verdicts, tokens)
        return frozenset(self.resolved(bits).outcome for bits in leaf[1])

    def shown(self, tokens: Sequence[int], seen: Mapping[str, FactValue | None]) -> Shown | None:
        """How a finding shows, or None."""
        bits = evaluate(self.known, tokens)
        self._fire(bits, seen)
        return finding(self.unit, bits)

    def _verdict_of(self, leaf: tuple[int, frozenset[int]]) -> Verdict:
        known = self.resolved(leaf[0])
        return verdict_of(known, [self.resolved(bits) for bits in sorted(leaf[1])] or [known])

    # -- the engine -------------------------------------------------------------------

    @lazy
    def rows(self) -> Rows:
        """The unit's rows, which durable_rules fills."""
        return Rows(self.unit, {name: self._values(name) for name in self.unit.needs})

    def _values(self, name: str) -> list[FactValue]:
        """Every value that a fact or decision can have, as far as conditions tell them apart."""
        network = self.network
        values: list[FactValue] = []
        if name in network.variables:
            values += [value for band in network.variables[name].bands for value in band.values]
        if name in network.book.decisions:
            outcomes = [as_fact(network.book, name, id) for id in network.book.decisions[name].outcomes]
            values += [value for value in outcomes if value is not None and value not in values]
            values += SPECIAL_RESULTS
        return values

    def _fire(self, bits: int, seen: Mapping[str, FactValue | None]) -> None:
        """Fires the rules on these values; raises where durable_rules and the diagram differ."""
        if self.rows.fire(seen) != bits:
            raise EngineFault(f"durable_rules and the decision diagram differ on `{self.unit.id}`")

    def attest(self, leaf: object) -> None:
        """Fires what a leaf says, once; raises EngineFault where durable_rules differs."""
        if isinstance(leaf, int):
            found = {leaf}
        elif isinstance(leaf, tuple) and not isinstance(leaf, Given):
            found = {leaf[0], *leaf[1]}
        else:
            return  # given outright, or what no company is
        for bits in found - self.attested:
            self._attest(bits)

    def _attest(self, bits: int) -> None:
        """Fires a completion that gives `bits`, so that nothing is said that no rule fired for."""
        tokens = witness(self.known, bits, len(self.network.variables))
        assert tokens is not None
        seen = {name: evaluate(self.network.value_of(name), tokens) for name in self.unit.needs}
        self._fire(bits, seen)
        self.attested.add(bits)


def as_outcome(value: FactValue) -> str:
    """A fact's value as the outcome of the decision that derives it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_fact(book: RulebookData, id: str, value: str | None) -> FactValue | None:
    """A decision's outcome as the value of the fact that it derives."""
    fact = book.vocabulary.facts.get(id)
    if value is not None and fact is not None and fact.type == "yes_no":
        return {"true": True, "false": False}.get(value, value)
    return value


def _adding(flag: int) -> Callable[[int, bool], int]:
    return lambda bits, holds: bits | flag if holds else bits

"""Several people of one company: where they disagree, which disagreements matter, and the advice for all.

A *way of choosing* takes one respondent's answer for every disputed fact. A
disputed fact matters to a decision or finding where two possible ways that
differ only in it give another result. No way is tried one by one: what is
left of a decision diagram, once all that is agreed is put in, branches on
exactly the facts that matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from .answer import Answer
from .changes import Remaining
from .conditions import Condition, FactValue, tests, truth
from .diagram import Diagrams, Node
from .disagreements import Contradiction, Disagreement, Said, Together
from .frozen import FrozenDict
from .inference import BROKEN, UnitInference, as_fact
from .library import Rulebook
from .profile import Profile, profile_from
from .vocabulary import Constraint


class Respondent(NamedTuple):
    """Somebody who filled in a profile, by the name of the file."""

    name: str
    profile: Profile


def together(book: Rulebook, respondents: Sequence[Respondent], topics: Collection[str] = ()) -> Together:
    """What several respondents say together.

    Args:
        book: the rulebook that is consulted.
        respondents: at least one.
        topics: as for `Rulebook.consult`.
    """
    return _Together(book, respondents, topics).told()


class _Together:
    def __init__(self, book: Rulebook, respondents: Sequence[Respondent], topics: Collection[str]) -> None:
        self.book = book
        self.respondents = respondents
        self.topics = topics
        self.network = book.network
        #: Every answer to every fact that somebody knows.
        self.said = {id: said for id in book.vocabulary.facts if (said := tuple(self._said(id)))}
        #: Facts with the answers between which to choose; None leaves a fact unknown.
        self.choices: dict[str, tuple[Any, ...]] = {
            id: tuple(dict.fromkeys(None if each.derived else each.value for each in said))
            for id, said in self.said.items()
            if id in self.network.variables
        }
        self.clashes = list(self._clashes())
        for id in {id for _constraint, opened in self.clashes for id in opened}:
            self.choices[id] = tuple(dict.fromkeys((*self.choices[id], None)))
        self.fixed = {id: values[0] for id, values in self.choices.items() if len(values) == 1}
        self.disputed = [id for id, values in self.choices.items() if len(values) > 1]
        self.agreed = self._agreed()
        self.set_aside = {id: self._deciding(id) for id in self.disputed if self.network.is_derived(id)}

    def told(self) -> Together:
        matters = self._matters()
        joint = self._joint()
        aside = {id for facts in self.set_aside.values() for id in facts}
        by_fact = {
            id: self._disagreement(id, matters.get(id, ()))
            for id in self.said
            if len(self.said[id]) > 1 or id in self.disputed
        }
        return Together(
            respondents=tuple(respondent.name for respondent in self.respondents),
            disagreements=tuple(found for found in by_fact.values() if len(found.said) > 1),
            contradictions=tuple(
                Contradiction(
                    constraint.id, constraint.says, tuple(by_fact[id] for id in involved if id in by_fact)
                )
                for constraint, involved in self._contradictions()
            ),
            known_by_one=FrozenDict(self._known_by_one()),
            set_aside=tuple(id for id in self.said if id in aside),
            answer=self.book.consult(joint, self.topics),
        )

    # -- what is said ---------------------------------------------------------------

    def _said(self, id: str) -> Iterator[Said]:
        given = [(respondent.name, _value(respondent.profile, id)) for respondent in self.respondents]
        answers = _grouped((name, value) for name, value in given if value is not None)
        yield from (Said(value, by) for value, by in answers)
        if not answers or not self.network.is_derived(id):
            return
        # Where some give a derived fact, what follows from the answers of the others may be another one.
        derived = []
        for respondent in self.respondents:
            if _value(respondent.profile, id) is None:
                outcome = self.book.consult(respondent.profile).derived[id].outcome
                derived.append((respondent.name, as_fact(self.book.data, id, outcome)))
        known = [value for value, _by in answers]
        for value, by in _grouped((name, value) for name, value in derived if value is not None):
            if value not in known:
                yield Said(value, by, derived=True)

    def _known_by_one(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for respondent in self.respondents:
            others = [other.profile for other in self.respondents if other is not respondent]
            alone = tuple(
                id
                for id in self.said
                if _value(respondent.profile, id) is not None
                and id not in respondent.profile.answered
                and all(_value(other, id) is None for other in others)
            )
            if alone and others:
                yield respondent.name, alone

    # -- what cannot be -------------------------------------------------------------

    @property
    def _constraints(self) -> Iterator[tuple[Constraint, list[str]]]:
        """The constraints that hold, each with the facts by which an answer could break it."""
        for constraint in self.book.vocabulary.constraints:
            if constraint.level == "error":
                by_fact: dict[str, list[Any]] = {}
                for test in tests(constraint.when):
                    values = self.choices.get(test.fact, ())
                    by_fact.setdefault(test.fact, []).extend(
                        value for value in values if value is not None and test.accepts(value)
                    )
                yield constraint, [id for id, values in by_fact.items() if values]

    def _clashes(self) -> Iterator[tuple[Constraint, set[str]]]:
        """Constraints that some answer breaks whatever is chosen else, with what has to be open for it."""
        for constraint, involved in self._constraints:
            opened: set[str] = set()
            for id in involved:
                others = [other for other in involved if other != id]
                for value in self.choices[id]:
                    if value is not None and not self._avoidable(constraint.when, {id: value}, others):
                        opened.update(others)
            if opened:
                yield constraint, opened

    def _avoidable(self, when: Condition, chosen: Mapping[str, Any], left: Sequence[str]) -> bool:
        """Whether some choice among the facts that are left keeps a condition from being true."""
        verdict = truth(when, chosen.get)
        if verdict is not None or not left:
            return verdict is not True
        id, *rest = left
        return any(self._avoidable(when, {**chosen, id: value}, rest) for value in self.choices[id])

    def _contradictions(self) -> Iterator[tuple[Constraint, list[str]]]:
        clashing = {constraint.id for constraint, _opened in self.clashes}
        yield from ((constraint, facts) for constraint, facts in self._constraints if constraint.id in clashing)

    # -- what matters ---------------------------------------------------------------

    def _matters(self) -> dict[str, tuple[str, ...]]:
        """For each disputed fact: the decisions and findings that it matters to."""
        variables = self.network.variables
        tokens = self.network.tokens(self.fixed)
        fills: list[tuple[int, ...]] = [()] * len(variables)
        for id in self.disputed:
            variable = variables[id]
            fills[variable.position] = tuple(dict.fromkeys(variable.token(value) for value in self.choices[id]))
        impossible = self._impossible(fills)
        names = list(variables)
        found: dict[str, list[str]] = {}
        for unit in self._units():
            remaining = Remaining(fills, can_break=True)
            left = remaining.restrict(unit.results if unit.unit.is_finding else unit.answers, tokens)
            left = Diagrams().combine(lambda result, broken: BROKEN if broken else result, left, impossible)
            for position in remaining.support(left):
                found.setdefault(names[position], []).append(unit.unit.id)
        return {id: tuple(units) for id, units in found.items()}

    def _units(self) -> Iterator[UnitInference]:
        """The decisions and findings that the answer is about."""
        about = set(self.topics)
        for decision in self.book.data.decisions.values():
            for id in [decision.id] if decision.hit_policy == "single" else decision.findings:
                if decision.kind != "fact" and (not about or about & {id, decision.id, decision.topic}):
                    yield self.network.units[id]

    def _impossible(self, fills: Sequence[Sequence[int]]) -> Node:
        """Choices -> whether a constraint is broken; it branches as what `Remaining` leaves does."""
        diagrams, variables = Diagrams(), self.network.variables

        def walk(when: Condition, chosen: Mapping[str, FactValue | None], left: Sequence[str]) -> Node:
            verdict = truth(when, chosen.get)
            if verdict is not None or not left:
                return diagrams.leaf(verdict is True)
            variable, rest = variables[left[0]], left[1:]
            values = [variable.example(token) for token in fills[variable.position]]
            return diagrams.node(
                variable.position, [walk(when, {**chosen, variable.fact.id: value}, rest) for value in values]
            )

        result = diagrams.leaf(False)
        for constraint, involved in self._constraints:
            open_facts = sorted(set(involved) & set(self.disputed), key=lambda id: variables[id].position)
            broken = walk(constraint.when, self.fixed, open_facts)
            result = diagrams.combine(lambda a, b: a or b, broken, result)
        return result

    # -- what is agreed -------------------------------------------------------------

    def _agreed(self) -> dict[str, FactValue]:
        """The facts to which all who know them give one answer that can stand."""
        return {
            id: said[0].value  # type: ignore[misc]
            for id, said in self.said.items()
            if len(said) == 1 and id not in self.disputed and not self._is_list(id)
        }

    def _is_list(self, id: str) -> bool:
        return self.book.vocabulary.facts[id].type in ("records", "note")

    def _deciding(self, derived: str) -> list[str]:
        """What has to be left open, and no more, so that a derived fact is as open as it is disputed."""
        unit = self.network.units[derived]
        sides = {
            str(said.value).lower() if isinstance(said.value, bool) else said.value
            for said in self.said[derived]
        }
        sources = [id for id in self.network.requirements(unit.unit) if id in self.agreed]
        kept = {id: value for id, value in self.agreed.items() if id not in sources}
        aside = []
        for id in sources:
            kept[id] = self.agreed[id]
            if not sides <= unit.possible(self.network.tokens(kept)):
                del kept[id]
                aside.append(id)
        return aside

    def _joint(self) -> Profile:
        """What is agreed, as a profile."""
        aside = {id for facts in self.set_aside.values() for id in facts}
        facts = {id: value for id, value in self.agreed.items() if id not in aside}
        records: dict[str, Any] = {
            id: said[0].value
            for id, said in self.said.items()
            if len(said) == 1 and self._is_list(id) and self._answers_all(id, facts)
        }
        answered = {
            id: by
            for respondent in self.respondents
            for id, by in respondent.profile.answered.items()
            if id in facts and by in records and all(self._answered(other, id) for other in self.respondents)
        }
        checked = profile_from(facts, self.book.vocabulary)
        return replace(checked, records=FrozenDict(records), answered=FrozenDict(answered))

    def _answers_all(self, listing: str, facts: Mapping[str, object]) -> bool:
        """Whether all that a list answers is agreed: else the list would take a side."""
        answered = {id for r in self.respondents for id, by in r.profile.answered.items() if by == listing}
        return answered <= facts.keys()

    @staticmethod
    def _answered(respondent: Respondent, id: str) -> bool:
        """Whether a respondent knows a fact by a list alone, or not at all."""
        return id not in respondent.profile.facts or id in respondent.profile.answered

    # -- where it leads -------------------------------------------------------------

    def _disagreement(self, id: str, matters_to: tuple[str, ...]) -> Disagreement:
        said = self.said[id]
        if matters_to:
            said = tuple(each._replace(answer=self._led_to(id, each)) for each in said)
        decisions = self.book.data.decisions.values()
        weighed = tuple(d.id for d in decisions if any(weighed.fact == id for weighed in d.weighs))
        return Disagreement(id, said, matters_to, weighed)

    def _led_to(self, id: str, said: Said) -> Answer:
        """The answer to all that is agreed, with one disagreement settled."""
        aside = {other for fact, facts in self.set_aside.items() if fact != id for other in facts}
        facts = {other: value for other, value in self.agreed.items() if other not in aside}
        if not said.derived:
            facts[id] = said.value  # type: ignore[assignment]
        return self.book.consult(Profile(FrozenDict(facts)), self.topics)


def _grouped(given: Iterable[tuple[str, object]]) -> list[tuple[object, tuple[str, ...]]]:
    """Each value once, in the order in which they are given, with the names of those who gave it."""
    groups: list[tuple[object, dict[str, None]]] = []
    for name, value in given:
        names = next((names for known, names in groups if known == value), None)
        if names is None:
            groups.append((value, names := {}))
        names[name] = None
    return [(value, tuple(names)) for value, names in groups]


def _value(profile: Profile, id: str) -> object:
    """What a profile says of a fact, a list or a note; None where it says nothing."""
    value = profile.facts.get(id)
    return profile.records.get(id) if value is None else value


def names_of(paths: Iterable[str]) -> list[str]:
    """The names by which to tell files: those of the files alone, where no two are the same."""
    paths = list(paths)
    short = {path: path.replace("\\", "/").rpartition("/")[2] or path for path in paths}
    unique = len(set(short.values())) == len(short)
    return [short[path] if unique else path for path in paths]

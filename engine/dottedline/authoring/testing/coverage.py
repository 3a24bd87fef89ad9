"""What cases reach of a rulebook: its rules, its guidance items, the rows of its decision tables.

A rule or alternative is reached where it fires: where an answer names it. A
guidance item is reached by what carries it, which its role says. A row of a
decision's table is a set of conditions that some company can bring about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from ...answer import Answer, json_value
from ...conditions import FactValue
from ...diagram import evaluate, leaves, simplest
from ...inference import BROKEN, UnitInference
from ...library import Rulebook
from ...reading import ItemId
from ...resolution import Unit
from ...rulebook import RulebookData
from .said import Said, fired

Kind = Literal["rules", "items", "rows"]
KINDS: tuple[Kind, ...] = ("rules", "items", "rows")


class UnreachedRow(NamedTuple):
    """A row that no case reaches."""

    #: The decision or finding.
    about: str
    #: The rules and alternatives whose conditions hold in it.
    holds: tuple[str, ...]
    #: Facts that reach it.
    facts: Mapping[str, FactValue]


class Measure(NamedTuple):
    """How much of something is reached."""

    reached: int
    total: int

    @property
    def percent(self) -> float:
        """Reached of all, in per cent, cut to one digit: only all is 100."""
        return 100.0 if self.reached == self.total else 1000 * self.reached // self.total / 10


class Coverage(NamedTuple):
    """What cases reach, and what none does."""

    rules: Measure
    items: Measure
    rows: Measure
    unreached_rules: tuple[str, ...]
    unreached_items: tuple[ItemId, ...]
    unreached_rows: tuple[UnreachedRow, ...]
    #: The rows of each decision and finding.
    rows_of: Mapping[str, Measure]

    def measure(self, kind: Kind) -> Measure:
        return getattr(self, kind)  # type: ignore[no-any-return]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        measures = {kind: self.measure(kind) for kind in KINDS}
        return {
            **{kind: {**m._asdict(), "percent": m.percent} for kind, m in measures.items()},
            "unreached_rules": list(self.unreached_rules),
            "unreached_items": list(self.unreached_items),
            "unreached_rows": [
                {
                    "about": row.about,
                    "holds": list(row.holds),
                    "facts": {id: json_value(value) for id, value in row.facts.items()},
                }
                for row in self.unreached_rows
            ],
        }


def coverage(book: Rulebook, answers: Iterable[tuple[bool, Answer, Said]]) -> Coverage:
    """What answers reach together, of what the rulebook says itself: a book that it extends has its own cases.

    Args:
        book: the rulebook, with what the project inferred.
        answers: each with whether that was consulted on, and what it says.
    """
    seen = _Seen(book)
    for with_inferred, answer, said in answers:
        seen.add(answer, said, with_inferred)
    data = book.data
    own_items = [number for number, item in data.guidance.items() if item.book == data.id]
    rules = [rule.id for _decision, rule in data.rules() if rule.book == data.id]
    rules += [o.rule for d in data.decisions.values() for o in d.alternatives if o.book == data.id]
    carried = seen.items()
    unreached_rules = tuple(id for id in rules if id not in seen.fired)
    unreached_items = tuple(number for number in own_items if number not in carried)
    rows_of: dict[str, Measure] = {}
    unreached_rows: list[UnreachedRow] = []
    for id, unit in book.network.units.items():
        if not _is_own(unit.unit, data.id):
            continue
        rows = [bits for bits in leaves(unit.known) if bits is not BROKEN]
        left = [bits for bits in rows if bits not in seen.rows[id]]
        rows_of[id] = Measure(len(rows) - len(left), len(rows))
        unreached_rows += [_unreached(unit, bits) for bits in left]
    return Coverage(
        rules=Measure(len(rules) - len(unreached_rules), len(rules)),
        items=Measure(len(own_items) - len(unreached_items), len(own_items)),
        rows=Measure(
            sum(measure.reached for measure in rows_of.values()),
            sum(measure.total for measure in rows_of.values()),
        ),
        unreached_rules=unreached_rules,
        unreached_items=unreached_items,
        unreached_rows=tuple(unreached_rows),
        rows_of=rows_of,
    )


class _Seen:
    """What is reached so far."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.fired: set[str] = set()
        self.rows: dict[str, set[int]] = {id: set() for id in book.network.units}
        self._weighed: set[ItemId] = set()
        self._asked: set[str] = set()
        self._answered = False

    def add(self, answer: Answer, said: Said, with_inferred: bool) -> None:
        self._answered = True
        self.fired |= fired(said)
        self._asked.update(question.fact for question in answer.questions)
        for decision in answer.decisions.values():
            for consideration in decision.considerations:
                self._weighed.update(consideration.guidance)
        if with_inferred:
            network = self.book.network
            tokens = network.tokens(answer.profile.facts)
            for id, unit in network.units.items():
                given_outright = network.is_derived(id) and id in answer.profile.facts
                if not given_outright:
                    self.rows[id].add(evaluate(unit.known, tokens))

    def items(self) -> set[ItemId]:
        """The guidance items that are carried by what was reached."""
        data = self.book.data
        by_rule = _cited_by_rules(data, self.fired)
        facts = data.vocabulary.facts
        by_question = {item for id in self._asked for item in facts[id].guidance}
        by_text = _cited_by_texts(data) if self._answered else set()
        left_out = {item for left in data.left_out for item in left.guidance}
        by_role = {"rule": by_rule, "criterion": self._weighed, "question": by_question | by_rule}
        by_any = by_rule | self._weighed | by_question | by_text
        return {n for n, item in data.guidance.items() if n in by_role.get(item.role, by_any)} | left_out


def _cited_by_rules(data: RulebookData, ids: set[str]) -> set[ItemId]:
    cited: set[ItemId] = set()
    for decision in data.decisions.values():
        for rule in decision.rules:
            if rule.id in ids:
                cited.update(rule.guidance)
                cited.update(item for option in rule.open for item in option.guidance)
        cited.update(i for option in decision.alternatives if option.rule in ids for i in option.guidance)
    return cited


def _cited_by_texts(data: RulebookData) -> set[ItemId]:
    """The items in texts that belong to every answer, and in the charters of the teams."""
    cited = {item for statement in data.statements for item in statement.guidance}
    for team in data.teams:
        cited.update(team.guidance)
        for entry in (*team.responsibilities, *team.sub_teams):
            cited.update(entry.guidance)
    return cited


def _is_own(unit: Unit, book: str) -> bool:
    """Whether a book says something of a decision or finding itself."""
    of_rules = (rule.book for rule in unit.rules)
    of_options = () if unit.is_finding else (option.book for option in unit.decision.alternatives)
    return book in (*of_rules, *of_options)


def _unreached(unit: UnitInference, bits: int) -> UnreachedRow:
    network = unit.network
    tokens = simplest(unit.known, lambda value: value == bits, len(network.variables))
    assert tokens is not None
    facts = network.facts_at(tokens)
    return UnreachedRow(unit.unit.id, _holding(unit.unit, bits), facts)


def _holding(unit: Unit, bits: int) -> tuple[str, ...]:
    """The rules and alternatives that hold; `not_applicable` where that is all there is to say."""
    names = unit.names(bits)
    if "not_applicable" in names:
        return ("not_applicable",)
    standing, beaten = unit.standing(bits)
    holding = [*standing, *beaten]
    options = () if unit.is_finding else unit.decision.alternatives
    return (
        *(rule.id for rule in unit.rules if rule in holding),
        *(option.rule for option in options if f"when {option.rule}" in names),
    )

"""Reads decisions; `rule_reader` reads their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .codes import DECISION_CIRCLE, FIRMER, TWICE, UNDEFINED
from .condition_reader import GROUPS, SPECIAL_RESULTS, ConditionReader, Subject
from .conditions import Condition
from .frozen import FrozenDict
from .guidance_reader import GuidanceReader
from .language import N_, _
from .problems import Problems, did_you_mean, listing
from .reading import Record, lacks
from .rule_reader import RuleReader, report_circles
from .rulebook import (
    Decision,
    Outcome,
    Weighed,
)
from .rulebook_shapes import (
    DECISION,
    HIT_POLICIES,
    KINDS,
    OUTCOME,
    WEIGHED,
)
from .values import Entries, Value, shorten
from .vocabulary import Vocabulary
from .vocabulary_reader import families_of, subjects_of


def conditions_on(vocabulary: Vocabulary, decisions: Iterable[Decision], problems: Problems) -> ConditionReader:
    """Reads conditions on the facts of a vocabulary and on the results of decisions."""
    subjects = subjects_of(vocabulary.facts)
    for decision in decisions:
        if decision.hit_policy == "single" and decision.id not in subjects:
            subjects[decision.id] = Subject("choice", tuple(decision.outcomes), is_decision=True)
    return ConditionReader(subjects, problems, families_of(vocabulary.facts))


class DecisionReader:
    """Reads the decisions of a rulebook; conditions of one may name another."""

    def __init__(self, vocabulary: Vocabulary, guidance: GuidanceReader, topics: Mapping[str, str]) -> None:
        self.vocabulary = vocabulary
        self.guidance = guidance
        self.topics = topics
        self.problems = guidance.problems
        self.reading = guidance.reading
        self.decisions: dict[str, Decision] = {}
        #: The decisions that cannot be reasoned about, as something is wrong with them.
        self.broken: set[str] = set()
        self.conditions = ConditionReader({}, self.problems, families_of(vocabulary.facts))

    def read(self, values: list[Value]) -> None:
        """Reads the heads first, since conditions of one decision may name another."""
        heads: dict[str, tuple[Record, Decision]] = {}
        for value in values:
            before = len(self.problems.found)
            record = self.reading.shaped(value, DECISION)
            decision = self._head(record)
            self._note_broken(decision.id, before)
            self.guidance.once(decision.id, N_("`{id}` names two decisions"), record.span)
            heads[decision.id] = (record, decision)
        for fact in self.vocabulary.facts.values():
            if fact.derived and (fact.id not in heads or heads[fact.id][1].kind != "fact"):
                self.problems.add(
                    _("the fact `{id}` is derived, but no decision of kind `fact` gives it").format(id=fact.id),
                    fact.span,
                )
        decisions = [decision for _record, decision in heads.values()]
        self.conditions = conditions_on(self.vocabulary, decisions, self.problems)
        rule_reader = RuleReader(self.guidance, self.conditions)
        for id, (record, decision) in heads.items():
            before = len(self.problems.found)
            self.decisions[id] = self._body(record, decision, rule_reader)
            self._note_broken(id, before)
        self._findings()

    def _note_broken(self, id: str, before: int) -> None:
        """Notes that something is wrong with a decision, where there are more problems than before."""
        if any(problem.code != FIRMER for problem in self.problems.found[before:]):
            self.broken.add(id)

    def _findings(self) -> None:
        """A finding belongs to one decision, and has a name that is no decision's."""
        for decision in self.decisions.values():
            for id, rules in decision.findings.items():
                if id in self.decisions:
                    told = _("the finding `{id}` has the name of a decision").format(id=id)
                    self.problems.add(told, rules[0].span, code=TWICE)
                self.guidance.once(id, N_("`{id}` names two findings of different decisions"), rules[0].span)

    def _head(self, record: Record) -> Decision:
        reading = self.reading
        id = reading.name(record, "id")
        if id in GROUPS:
            self.problems.add(
                _("a decision cannot be named `{name}`: conditions are joined by it").format(name=id),
                record.entries["id"].span,
            )
        kind = reading.one_of(record, "kind", KINDS, "placement")
        hit_policy = reading.one_of(record, "hit_policy", HIT_POLICIES, "single")
        topic = reading.plain(record, "topic")
        if topic and topic not in self.topics:
            self.problems.add(
                _("there is no topic `{topic}`").format(topic=shorten(topic)),
                record.entries["topic"].span,
                did_you_mean(
                    topic, self.topics, _("the topics are {names}").format(names=listing(self.topics))
                ),
                code=UNDEFINED,
            )
        if (kind == "findings") != (hit_policy == "collect"):
            self.problems.add(
                _("{what}: `findings` go with `collect`, and nothing else does").format(what=record.what),
                record.entries["hit_policy"].span if record.get("hit_policy") else record.span,
            )
        return Decision(
            id=id,
            title=reading.text(record, "title"),
            asks=reading.text(record, "asks"),
            topic=topic,
            kind=kind,  # type: ignore[arg-type]
            hit_policy=hit_policy,  # type: ignore[arg-type]
            outcomes=FrozenDict(self._outcomes(record, id, kind, hit_policy)),
            span=record.span,
        )

    def _outcomes(self, record: Record, id: str, kind: str, hit_policy: str) -> dict[str, Outcome]:
        value = record.get("outcomes")
        if kind == "fact":
            fact = self.vocabulary.facts.get(id)
            if fact is None or not fact.derived or fact.type not in ("choice", "yes_no"):
                self.problems.add(
                    _(
                        "{what} is of kind `fact`, but the vocabulary has no derived choice or yes/no fact "
                        "of that name"
                    ).format(what=record.what),
                    record.span,
                )
                return {}
            if value is not None:
                told = _("the outcomes of {what} are the values of its fact").format(what=record.what)
                self.problems.add(told, value.span)
            if fact.type == "yes_no":
                return {word: Outcome(word, label) for word, label in (("true", _("yes")), ("false", _("no")))}
            return {choice.id: Outcome(choice.id, choice.label) for choice in fact.values.values()}
        if id in self.vocabulary.facts:
            self.problems.add(
                _("{what} has the name of a fact").format(what=record.what),
                record.span,
                _("make its kind `fact`"),
                code=TWICE,
            )
        if hit_policy == "collect":
            for name in ("outcomes", "alternatives", "weighs", "not_applicable"):
                if (extra := record.get(name)) is not None:
                    told = _("{what} collects findings: it has no `{key}`").format(what=record.what, key=name)
                    self.problems.add(told, extra.span)
            return {}
        if value is None or (isinstance(value, Entries) and not value.entries):
            self.problems.add(lacks(record.what, "outcomes"), record.span)
        outcomes = {}
        for key, item in self.reading.named(value, record.part("outcomes")):
            what = _("the outcome `{id}`").format(id=shorten(key.text))
            entry = self.reading.shaped(item, OUTCOME, what)
            places = tuple(word.text for word in self.reading.names(entry, "places"))
            outcomes[key.text] = Outcome(key.text, self.reading.text(entry, "label"), places)
            reserved = (*SPECIAL_RESULTS, "unknown", "null")
            self.reading.value(key, reserved, N_("an outcome cannot be named `{name}`"))
        return outcomes

    def _body(self, record: Record, decision: Decision, rule_reader: RuleReader) -> Decision:
        reading = self.reading
        not_applicable: Condition | None = None
        if (value := record.get("not_applicable")) is not None:
            not_applicable = self.conditions.read(value, record.part("not_applicable"))
        rules = tuple(
            rule_reader.rule(item, decision)
            for item in reading.items(record.get("rules"), record.part("rules"))
        )
        rule_reader.check_overrides(rules, record)
        reading.allow(record, "decision", decision.id)
        return replace(
            decision,
            rules=rules,
            alternatives=tuple(
                rule_reader.option(item, decision, own_id=True)
                for item in reading.items(record.get("alternatives"), record.part("alternatives"))
            ),
            weighs=tuple(
                self._weighed(item) for item in reading.items(record.get("weighs"), record.part("weighs"))
            ),
            not_applicable=not_applicable,
        )

    def _weighed(self, value: Value) -> Weighed:
        record = self.reading.shaped(value, WEIGHED)
        fact = self.reading.plain(record, "fact")
        if fact and fact not in self.vocabulary.facts:
            self.problems.add(
                _("there is no fact `{name}`").format(name=shorten(fact)),
                record.entries["fact"].span,
                did_you_mean(fact, self.vocabulary.facts),
                code=UNDEFINED,
            )
        return Weighed(
            fact,
            self.reading.text(record, "because"),
            self.guidance.of(record),
            self.reading.book_of(record.span),
        )

    def in_order(self) -> dict[str, Decision]:
        """The decisions in an order in which each follows those it needs, as far as there is one."""
        needs = {
            id: [name for name in decision.needs if name in self.decisions]
            for id, decision in self.decisions.items()
        }
        places = {id: decision.span for id, decision in self.decisions.items()}
        message = N_("the decisions need each other in a circle: {circle}")
        self.broken |= report_circles(needs, places, message, DECISION_CIRCLE, self.problems)
        met: set[str] = set()
        ordered: dict[str, Decision] = {}

        def place(id: str) -> None:
            if id not in met:
                met.add(id)
                for name in needs[id]:
                    place(name)
                ordered[id] = self.decisions[id]

        for id in self.decisions:
            place(id)
        return ordered

"""Reads decisions and their rules."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .codes import DECISION_CIRCLE, FIRMER, OVERRIDE_CIRCLE, TWICE, UNDEFINED
from .condition_reader import GROUPS, SPECIAL_RESULTS, ConditionReader, Subject
from .conditions import ALWAYS, Condition
from .frozen import FrozenDict
from .guidance_reader import GuidanceReader
from .language import N_, _
from .problems import Problems, Span, did_you_mean, listing
from .reading import Record, lacks
from .rulebook import (
    Decision,
    LineAsked,
    Modality,
    Option,
    Outcome,
    Rule,
    Weighed,
)
from .rulebook_shapes import (
    ALTERNATIVE,
    CONCLUSIONS,
    DECISION,
    HIT_POLICIES,
    KINDS,
    LINE,
    OPEN_CHOICE,
    OUTCOME,
    RULE,
    WEIGHED,
)
from .values import Entries, Items, Scalar, Value, shorten
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
        #: For each rule, the words that say what it overrides.
        self.overrides: dict[str, list[Scalar]] = {}
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
        for id, (record, decision) in heads.items():
            before = len(self.problems.found)
            self.decisions[id] = self._body(record, decision)
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
            if key.text in SPECIAL_RESULTS or key.text in ("unknown", "null"):
                told = _("an outcome cannot be named `{name}`").format(name=key.text)
                self.problems.add(told, key.span)
        return outcomes

    def _body(self, record: Record, decision: Decision) -> Decision:
        reading = self.reading
        not_applicable: Condition | None = None
        if (value := record.get("not_applicable")) is not None:
            not_applicable = self.conditions.read(value, record.part("not_applicable"))
        rules = tuple(
            self._rule(item, decision) for item in reading.items(record.get("rules"), record.part("rules"))
        )
        self._overrides(rules, record)
        reading.allow(record, "decision", decision.id)
        return replace(
            decision,
            rules=rules,
            alternatives=tuple(
                self._option(item, decision, own_id=True)
                for item in reading.items(record.get("alternatives"), record.part("alternatives"))
            ),
            weighs=tuple(
                self._weighed(item) for item in reading.items(record.get("weighs"), record.part("weighs"))
            ),
            not_applicable=not_applicable,
        )

    def _rule(self, value: Value, decision: Decision) -> Rule:
        reading = self.reading
        record = reading.shaped(value, RULE)
        id = self._id(record)
        concluded = [key for key in CONCLUSIONS if record.get(key) is not None]
        allowed = ("finding", "remark") if decision.hit_policy == "collect" else CONCLUSIONS[:-1]
        if len(concluded) != 1:
            told = _("{what} must have one conclusion, not none").format(what=record.what)
            if concluded:
                told = _("{what} must have one conclusion, not {number}").format(
                    what=record.what, number=len(concluded)
                )
            self.problems.add(told, record.span, _("one of {names}").format(names=listing(allowed)))
        elif concluded[0] not in allowed:
            span = record.entries[concluded[0]].span
            self.problems.add(
                _("a `{hit_policy}` decision has no `{key}`").format(
                    hit_policy=decision.hit_policy, key=concluded[0]
                ),
                span,
                _("use {names}").format(names=listing(allowed)),
            )
        guidance = self.guidance.of(record)
        modality = None
        if concluded != ["remark"]:
            modality = self.guidance.bounded_modality(record, guidance)
        elif record.get("modality") is not None:
            told = _("{what} is a remark: it has no modality").format(what=record.what)
            self.problems.add(told, record.entries["modality"].span)
        unless = None
        if record.get("unless") is not None:
            unless = self.conditions.read(record.get("unless"), record.part("unless"))
        if record.get("presumes") is not None and unless is None:
            told = _("{what} presumes something, but has no `unless`").format(what=record.what)
            self.problems.add(told, record.span)
        if ("text" in record.entries) != ("finding" in record.entries):
            told = _("{what}: a finding has a `text`, and nothing else does").format(what=record.what)
            self.problems.add(told, record.span)
        silent = reading.flag(record, "silent")
        if concluded == ["silent"] and not silent:
            self.problems.add(
                _("{what} concludes nothing").format(what=record.what),
                record.entries["silent"].span,
                _("write `silent: true`"),
            )
        self.overrides[id] = reading.names(record, "overrides")
        reading.allow(record, "rule", id)
        choices = reading.items(record.get("open"), record.part("open"))
        if isinstance(record.get("open"), Items) and not choices:
            told = _("{what} names no choice").format(what=record.part("open"))
            self.problems.add(told, record.entries["open"].span)
        return Rule(
            id=id,
            because=reading.text(record, "because"),
            guidance=guidance,
            when=self.conditions.read(record.get("when"), record.part("when")),
            unless=unless,
            modality=modality,
            overrides=frozenset(word.text for word in self.overrides[id]),
            presumes=reading.text(record, "presumes"),
            inferred=reading.flag(record, "inferred"),
            outcome=self._outcome(record, decision),
            open=tuple(
                self._option(item, decision, own_id=False, rule=id, default=modality) for item in choices
            ),
            silent=silent,
            remark=reading.text(record, "remark"),
            finding=reading.name(record, "finding"),
            text=reading.text(record, "text"),
            line=self._line(record),
            book=reading.book_of(record.span),
            span=record.span,
        )

    def _line(self, record: Record) -> LineAsked | None:
        """The dotted line that a finding asks for; the reader of the organisation looks at its ends."""
        value = record.get("line")
        if value is None:
            return None
        if "finding" not in record.entries:
            told = _("{what}: a finding may have a `line`, and nothing else does").format(what=record.what)
            self.problems.add(told, value.span)
        ends = self.reading.shaped(value, LINE, record.part("line"))
        return LineAsked(self.reading.name(ends, "from"), self.reading.name(ends, "to"))

    def _id(self, record: Record) -> str:
        id = self.reading.name(record, "id")
        if id:
            self.guidance.once(id, N_("`{id}` names two rules"), record.entries["id"].span)
        return id

    def _outcome(self, record: Record, decision: Decision) -> str | None:
        value = record.get("outcome")
        if value is None or decision.hit_policy == "collect" or not decision.outcomes:
            return None
        if isinstance(value, Scalar) and "true" in decision.outcomes and value.as_bool() is not None:
            value = replace(value, text="true" if value.as_bool() else "false")
        return self.reading.choice(value, decision.outcomes, record.part("outcome"), UNDEFINED)

    def _option(
        self,
        value: Value,
        decision: Decision,
        *,
        own_id: bool,
        rule: str = "",
        default: Modality | None = None,
    ) -> Option:
        """An alternative, which has an id and conditions of its own, or an open choice of a rule."""
        record = self.reading.shaped(value, ALTERNATIVE if own_id else OPEN_CHOICE)
        if own_id:
            rule = self._id(record)
            self.reading.allow(record, "rule", rule)
        guidance = self.guidance.of(record)
        modality = default
        if own_id or record.get("modality") is not None:
            modality = self.guidance.bounded_modality(record, guidance)
        return Option(
            outcome=self._outcome(record, decision) or "",
            modality=modality or "info",
            because=self.reading.text(record, "because"),
            guidance=guidance,
            rule=rule,
            when=self.conditions.read(record.get("when"), record.part("when")) if own_id else ALWAYS,
            inferred=self.reading.flag(record, "inferred"),
            book=self.reading.book_of(record.span),
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

    def _overrides(self, rules: tuple[Rule, ...], record: Record) -> None:
        """Every override names another rule of the decision, and none goes in a circle."""
        places = {rule.id: rule.span for rule in rules}
        for rule in rules:
            for word in self.overrides[rule.id]:
                if word.text not in places:
                    self.problems.add(
                        _("`{word}` is no rule of {what}").format(word=shorten(word.text), what=record.what),
                        word.span,
                        did_you_mean(word.text, places),
                        code=UNDEFINED,
                    )
        needs = {rule.id: rule.overrides & places.keys() for rule in rules}
        message = N_("the rules override each other in a circle: {circle}")
        self._circles(needs, places, message, OVERRIDE_CIRCLE)

    def _circles(
        self, needs: Mapping[str, Iterable[str]], places: Mapping[str, Span | None], message: str, code: str
    ) -> set[str]:
        """Reports circles, with a message to be translated; returns what is in one."""
        found: set[str] = set()
        while True:
            left = {id: set(needed) - found for id, needed in needs.items() if id not in found}
            try:
                graphlib.TopologicalSorter(left).prepare()
            except graphlib.CycleError as error:
                circle = error.args[1][::-1]
                spans = [span for id in dict.fromkeys(circle) if (span := places[id]) is not None]
                told = _(message).format(circle=" -> ".join(f"`{id}`" for id in circle))
                self.problems.add(told, spans[0] if spans else None, also=spans[1:], code=code)
                found.update(circle)
            else:
                return found

    def in_order(self) -> dict[str, Decision]:
        """The decisions in an order in which each follows those it needs, as far as there is one."""
        needs = {
            id: [name for name in decision.needs if name in self.decisions]
            for id, decision in self.decisions.items()
        }
        places = {id: decision.span for id, decision in self.decisions.items()}
        message = N_("the decisions need each other in a circle: {circle}")
        self.broken |= self._circles(needs, places, message, DECISION_CIRCLE)
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

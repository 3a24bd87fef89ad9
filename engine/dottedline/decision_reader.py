"""Reads decisions and their rules."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .condition_reader import GROUPS, SPECIAL_RESULTS, ConditionReader, Subject
from .conditions import ALWAYS, Condition
from .guidance_reader import GuidanceReader
from .problems import Span, did_you_mean, listing
from .reading import Record
from .rulebook import (
    Decision,
    Modality,
    Option,
    Outcome,
    Rule,
    Weighed,
)
from .values import Entries, Items, Scalar, Value, shorten
from .vocabulary import Vocabulary
from .vocabulary_reader import families_of, subjects_of

_CONCLUSIONS = ("outcome", "open", "silent", "remark", "finding")
_RULE_KEYS = ("when", "unless", *_CONCLUSIONS, "modality", "overrides", "presumes", "inferred", "text")


class DecisionReader:
    """Reads the decisions of a rulebook; conditions of one may name another."""

    def __init__(self, vocabulary: Vocabulary, guidance: GuidanceReader, topics: Mapping[str, str]) -> None:
        self.vocabulary = vocabulary
        self.guidance = guidance
        self.topics = topics
        self.problems = guidance.problems
        self.reading = guidance.reading
        self.decisions: dict[str, Decision] = {}
        #: For each rule, the words that say what it overrides.
        self.overrides: dict[str, list[Scalar]] = {}
        self.conditions = ConditionReader({}, self.problems, families_of(vocabulary.facts))

    def read(self, values: list[Value]) -> None:
        """Reads the heads first, since conditions of one decision may name another."""
        heads: dict[str, tuple[Record, Decision]] = {}
        for value in values:
            record = self.reading.record(
                value,
                "a decision",
                ["id", "title", "asks", "topic", "kind", "hit_policy", "rules"],
                ["outcomes", "alternatives", "weighs", "not_applicable"],
            )
            decision = self._head(record)
            self.guidance.once(decision.id, "decisions", record.span)
            heads[decision.id] = (record, decision)
        subjects = subjects_of(self.vocabulary.facts)
        for id, (_, decision) in heads.items():
            if decision.hit_policy == "single" and id not in subjects:
                subjects[id] = Subject("choice", tuple(decision.outcomes), is_decision=True)
        for fact in self.vocabulary.facts.values():
            if fact.derived and (fact.id not in heads or heads[fact.id][1].kind != "fact"):
                self.problems.add(
                    f"the fact `{fact.id}` is derived, but no decision of kind `fact` gives it", fact.span
                )
        self.conditions = ConditionReader(subjects, self.problems, families_of(self.vocabulary.facts))
        for id, (record, decision) in heads.items():
            self.decisions[id] = self._body(record, decision)
        self._findings()

    def _findings(self) -> None:
        """A finding belongs to one decision, and has a name that is no decision's."""
        for decision in self.decisions.values():
            for id, rules in decision.findings.items():
                if id in self.decisions:
                    self.problems.add(f"the finding `{id}` has the name of a decision", rules[0].span)
                self.guidance.once(id, "findings of different decisions", rules[0].span)

    def _head(self, record: Record) -> Decision:
        reading = self.reading
        id = reading.name(record, "id")
        if id in GROUPS:
            self.problems.add(
                f"a decision cannot be named `{id}`: conditions are joined by it", record.entries["id"].span
            )
        kind = reading.one_of(record, "kind", ["placement", "fact", "findings"], "placement")
        hit_policy = reading.one_of(record, "hit_policy", ["single", "collect"], "single")
        topic = reading.plain(record, "topic")
        if topic and topic not in self.topics:
            self.problems.add(
                f"there is no topic `{shorten(topic)}`",
                record.entries["topic"].span,
                did_you_mean(topic, self.topics, f"the topics are {listing(self.topics)}"),
            )
        if (kind == "findings") != (hit_policy == "collect"):
            self.problems.add(
                f"{record.what}: `findings` go with `collect`, and nothing else does",
                record.entries["hit_policy"].span if record.get("hit_policy") else record.span,
            )
        return Decision(
            id=id,
            title=reading.text(record, "title"),
            asks=reading.text(record, "asks"),
            topic=topic,
            kind=kind,  # type: ignore[arg-type]
            hit_policy=hit_policy,  # type: ignore[arg-type]
            outcomes=self._outcomes(record, id, kind, hit_policy),
            span=record.span,
        )

    def _outcomes(self, record: Record, id: str, kind: str, hit_policy: str) -> dict[str, Outcome]:
        value = record.get("outcomes")
        if kind == "fact":
            fact = self.vocabulary.facts.get(id)
            if fact is None or not fact.derived or fact.type not in ("choice", "yes_no"):
                self.problems.add(
                    f"{record.what} is of kind `fact`, but the vocabulary has no derived choice or yes/no fact "
                    f"of that name",
                    record.span,
                )
                return {}
            if value is not None:
                self.problems.add(f"the outcomes of {record.what} are the values of its fact", value.span)
            if fact.type == "yes_no":
                return {word: Outcome(word, label) for word, label in (("true", "yes"), ("false", "no"))}
            return {choice.id: Outcome(choice.id, choice.label) for choice in fact.values.values()}
        if id in self.vocabulary.facts:
            self.problems.add(f"{record.what} has the name of a fact", record.span, "make its kind `fact`")
        if hit_policy == "collect":
            for name in ("outcomes", "alternatives", "weighs", "not_applicable"):
                if (extra := record.get(name)) is not None:
                    self.problems.add(f"{record.what} collects findings: it has no `{name}`", extra.span)
            return {}
        if value is None or (isinstance(value, Entries) and not value.entries):
            self.problems.add(f"{record.what} lacks `outcomes`", record.span)
        outcomes = {}
        for key, item in self.reading.named(value, f"`outcomes` of {record.what}"):
            entry = self.reading.record(item, f"the outcome `{shorten(key.text)}`", ["label"], ["places"])
            places = tuple(word.text for word in self.reading.names(entry, "places"))
            outcomes[key.text] = Outcome(key.text, self.reading.text(entry, "label"), places)
            if key.text in SPECIAL_RESULTS or key.text in ("unknown", "null"):
                self.problems.add(f"an outcome cannot be named `{key.text}`", key.span)
        return outcomes

    def _body(self, record: Record, decision: Decision) -> Decision:
        reading = self.reading
        not_applicable: Condition | None = None
        if (value := record.get("not_applicable")) is not None:
            not_applicable = self.conditions.read(value, f"`not_applicable` of {record.what}")
        rules = tuple(
            self._rule(item, decision)
            for item in reading.items(record.get("rules"), f"`rules` of {record.what}")
        )
        self._overrides(rules, record)
        return replace(
            decision,
            rules=rules,
            alternatives=tuple(
                self._option(item, decision, "an alternative", own_id=True)
                for item in reading.items(record.get("alternatives"), f"`alternatives` of {record.what}")
            ),
            weighs=tuple(
                self._weighed(item)
                for item in reading.items(record.get("weighs"), f"`weighs` of {record.what}")
            ),
            not_applicable=not_applicable,
        )

    def _rule(self, value: Value, decision: Decision) -> Rule:
        reading = self.reading
        record = reading.record(value, "a rule", ["id", "because", "guidance"], _RULE_KEYS)
        id = self._id(record)
        concluded = [key for key in _CONCLUSIONS if record.get(key) is not None]
        allowed = ("finding", "remark") if decision.hit_policy == "collect" else _CONCLUSIONS[:-1]
        if len(concluded) != 1:
            self.problems.add(
                f"{record.what} must have one conclusion, not {len(concluded) or 'none'}",
                record.span,
                f"one of {listing(allowed)}",
            )
        elif concluded[0] not in allowed:
            span = record.entries[concluded[0]].span
            self.problems.add(
                f"a `{decision.hit_policy}` decision has no `{concluded[0]}`", span, f"use {listing(allowed)}"
            )
        guidance = self.guidance.of(record)
        modality = None
        if concluded != ["remark"]:
            modality = self.guidance.bounded_modality(record, guidance)
        elif record.get("modality") is not None:
            self.problems.add(f"{record.what} is a remark: it has no modality", record.entries["modality"].span)
        unless = None
        if record.get("unless") is not None:
            unless = self.conditions.read(record.get("unless"), f"`unless` of {record.what}")
        if record.get("presumes") is not None and unless is None:
            self.problems.add(f"{record.what} presumes something, but has no `unless`", record.span)
        if ("text" in record.entries) != ("finding" in record.entries):
            self.problems.add(f"{record.what}: a finding has a `text`, and nothing else does", record.span)
        silent = reading.flag(record, "silent")
        if concluded == ["silent"] and not silent:
            self.problems.add(
                f"{record.what} concludes nothing", record.entries["silent"].span, "write `silent: true`"
            )
        self.overrides[id] = reading.names(record, "overrides")
        choices = reading.items(record.get("open"), f"`open` of {record.what}")
        if isinstance(record.get("open"), Items) and not choices:
            self.problems.add(f"`open` of {record.what} names no choice", record.entries["open"].span)
        return Rule(
            id=id,
            because=reading.text(record, "because"),
            guidance=guidance,
            when=self.conditions.read(record.get("when"), f"`when` of {record.what}"),
            unless=unless,
            modality=modality,
            overrides=frozenset(word.text for word in self.overrides[id]),
            presumes=reading.text(record, "presumes"),
            inferred=reading.flag(record, "inferred"),
            outcome=self._outcome(record, decision),
            open=tuple(
                self._option(item, decision, "an open choice", own_id=False, rule=id, default=modality)
                for item in choices
            ),
            silent=silent,
            remark=reading.text(record, "remark"),
            finding=reading.name(record, "finding"),
            text=reading.text(record, "text"),
            span=record.span,
        )

    def _id(self, record: Record) -> str:
        id = self.reading.name(record, "id")
        if id:
            self.guidance.once(id, "rules", record.entries["id"].span)
        return id

    def _outcome(self, record: Record, decision: Decision) -> str | None:
        value = record.get("outcome")
        if value is None or decision.hit_policy == "collect" or not decision.outcomes:
            return None
        if isinstance(value, Scalar) and "true" in decision.outcomes and value.as_bool() is not None:
            value = replace(value, text="true" if value.as_bool() else "false")
        return self.reading.choice(value, decision.outcomes, f"`outcome` of {record.what}")

    def _option(
        self,
        value: Value,
        decision: Decision,
        what: str,
        *,
        own_id: bool,
        rule: str = "",
        default: Modality | None = None,
    ) -> Option:
        required = ["outcome", "because", "guidance"]
        optional = ["modality"]
        if own_id:
            required, optional = ["id", *required], ["modality", "when", "inferred"]
        record = self.reading.record(value, what, required, optional)
        if own_id:
            rule = self._id(record)
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
            when=self.conditions.read(record.get("when"), f"`when` of {record.what}") if own_id else ALWAYS,
            inferred=self.reading.flag(record, "inferred"),
        )

    def _weighed(self, value: Value) -> Weighed:
        record = self.reading.record(value, "an entry of `weighs`", ["fact", "because", "guidance"])
        fact = self.reading.plain(record, "fact")
        if fact and fact not in self.vocabulary.facts:
            self.problems.add(
                f"there is no fact `{shorten(fact)}`",
                record.entries["fact"].span,
                did_you_mean(fact, self.vocabulary.facts),
            )
        return Weighed(fact, self.reading.text(record, "because"), self.guidance.of(record))

    def _overrides(self, rules: tuple[Rule, ...], record: Record) -> None:
        """Every override names another rule of the decision, and none goes in a circle."""
        places = {rule.id: rule.span for rule in rules}
        for rule in rules:
            for word in self.overrides[rule.id]:
                if word.text not in places:
                    self.problems.add(
                        f"`{shorten(word.text)}` is no rule of {record.what}",
                        word.span,
                        did_you_mean(word.text, places),
                    )
        needs = {rule.id: rule.overrides & places.keys() for rule in rules}
        self._no_circle(needs, places, "the rules override each other")

    def _no_circle(
        self, needs: Mapping[str, Iterable[str]], places: Mapping[str, Span | None], what: str
    ) -> bool:
        try:
            graphlib.TopologicalSorter(needs).prepare()
        except graphlib.CycleError as error:
            circle = error.args[1][::-1]
            spans = [span for id in dict.fromkeys(circle) if (span := places[id]) is not None]
            told = " -> ".join(f"`{id}`" for id in circle)
            self.problems.add(f"{what} in a circle: {told}", spans[0] if spans else None, also=spans[1:])
            return False
        return True

    def in_order(self) -> dict[str, Decision]:
        """The decisions in an order in which each follows those it needs; else the book's own order."""
        needs = {
            id: [name for name in decision.needs if name in self.decisions]
            for id, decision in self.decisions.items()
        }
        places = {id: decision.span for id, decision in self.decisions.items()}
        if not self._no_circle(needs, places, "the decisions need each other"):
            return self.decisions
        ordered: dict[str, Decision] = {}

        def place(id: str) -> None:
            if id not in ordered:
                for name in needs[id]:
                    place(name)
                ordered[id] = self.decisions[id]

        for id in self.decisions:
            place(id)
        return ordered

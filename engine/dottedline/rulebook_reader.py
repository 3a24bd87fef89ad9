"""Reads a rulebook from the YAML files of a folder, and checks it as a whole."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .condition_reader import SPECIAL_RESULTS, ConditionReader, Subject
from .conditions import ALWAYS, Condition
from .problems import Problems, did_you_mean, listing
from .reading import Reading, Record
from .rulebook import (
    MODALITIES,
    STRENGTH,
    Decision,
    Entry,
    GuidanceItem,
    LeftOut,
    Modality,
    Option,
    Outcome,
    Rule,
    RulebookData,
    Silence,
    Source,
    Statement,
    Team,
    Weighed,
)
from .source import Scalar, Value, shorten
from .vocabulary import Vocabulary
from .vocabulary_reader import families_of, subjects_of

LANGUAGE_VERSION = 1

_TOP = ("rulebook", "guidance", "topics", "decisions", "teams", "statements", "left_out", "silences")
_CONCLUSIONS = ("outcome", "open", "silent", "remark", "finding")
_RULE_KEYS = ("when", "unless", *_CONCLUSIONS, "modality", "overrides", "presumes", "inferred", "text")


def read_rulebook(
    documents: Iterable[Value], vocabulary: Vocabulary, sha256: str, problems: Problems
) -> RulebookData:
    """The rulebook that these documents hold together; what is wrong goes to `problems`."""
    return _RulebookReader(vocabulary, problems).read(documents, sha256)


def vocabulary_named(documents: Iterable[Value]) -> Scalar | None:
    """The vocabulary that a rulebook's head asks for, before it is read in full."""
    silent = Reading(Problems())
    for document in documents:
        head = {
            key.text: value
            for top, value in silent.named(document, "")
            if top.text == "rulebook"
            for key, value in silent.named(value, "")
        }
        if isinstance(name := head.get("vocabulary"), Scalar):
            return name
    return None


class _RulebookReader:
    def __init__(self, vocabulary: Vocabulary, problems: Problems) -> None:
        self.vocabulary = vocabulary
        self.problems = problems
        self.reading = Reading(problems)
        self.guidance: dict[int, GuidanceItem] = {}
        self.topics: dict[str, str] = {}
        self.decisions: dict[str, Decision] = {}
        #: Every id of a rule or alternative, to keep them unique in the book.
        self.ids: set[str] = set()
        self.conditions = ConditionReader({}, problems, families_of(vocabulary.facts))

    def read(self, documents: Iterable[Value], sha256: str) -> RulebookData:
        reading = self.reading
        files = [reading.record(document, "a rulebook file", optional=_TOP) for document in documents]
        heads = [value for file in files if (value := file.get("rulebook")) is not None]
        if not heads:
            self.problems.add("no file of the rulebook has `rulebook`", help="with its id, title and version")
        for extra in heads[1:]:
            self.problems.add("`rulebook` is given twice", extra.span)
        head = reading.record(
            heads[0] if heads else None,
            "`rulebook`",
            ["id", "title", "version", "language", "vocabulary", "source"],
        )
        if heads and reading.number(head, "language") not in (None, LANGUAGE_VERSION):
            self.problems.add(
                f"this program reads rule language {LANGUAGE_VERSION}", head.entries["language"].span
            )
        source = reading.record(head.get("source"), "`source`", ["title", "date"], ["note"])
        for value in self._all(files, "guidance"):
            self._guidance_item(value)
        for value in self._all(files, "topics"):
            record = reading.record(value, "a topic", ["id", "title"])
            self.topics[reading.name(record, "id")] = reading.text(record, "title")
        self._decisions(self._all(files, "decisions"))
        return RulebookData(
            id=reading.name(head, "id"),
            title=reading.text(head, "title"),
            version=reading.text(head, "version"),
            source=Source(*(reading.text(source, key) for key in ("title", "date", "note"))),
            sha256=sha256,
            vocabulary=self.vocabulary,
            guidance=self.guidance,
            topics=self.topics,
            decisions=self._in_order(),
            teams=tuple(self._team(value) for value in self._all(files, "teams")),
            statements=tuple(self._statement(value) for value in self._all(files, "statements")),
            left_out=tuple(self._left_out(value) for value in self._all(files, "left_out")),
            silences=tuple(self._silence(value) for value in self._all(files, "silences")),
        )

    def _all(self, files: list[Record], key: str) -> list[Value]:
        return [value for file in files for value in self.reading.items(file.get(key), f"`{key}`")]

    # -- guidance ---------------------------------------------------------------

    def _guidance_item(self, value: Value) -> None:
        reading = self.reading
        record = reading.record(
            value,
            "a guidance item",
            ["item", "modality", "says"],
            ["section", "role", "uses", "reading", "single_witness"],
        )
        number = reading.number(record, "item")
        if not isinstance(number, int):
            return
        record.what = f"guidance item {number}"
        if number in self.guidance:
            self.problems.add(f"there are two guidance items {number}", record.span)
        self.guidance[number] = GuidanceItem(
            item=number,
            section=reading.text(record, "section"),
            modality=self._modality(record) or "info",
            role=reading.text(record, "role", "text"),
            says=reading.text(record, "says"),
            uses=tuple(word.text for word in reading.names(record, "uses")),
            reading=reading.text(record, "reading"),
            single_witness=reading.flag(record, "single_witness"),
        )

    def _modality(self, record: Record) -> Modality | None:
        value = record.get("modality")
        if value is None:
            return None
        word = self.reading.choice(value, MODALITIES, f"`modality` of {record.what}")
        return word  # type: ignore[return-value]

    def _bounded_modality(self, record: Record, guidance: tuple[int, ...]) -> Modality:
        """A modality, not firmer than that of the item that carries it."""
        modality = self._modality(record)
        if modality is None:
            if record.get("modality") is None:
                self.problems.add(f"{record.what} lacks `modality`", record.span)
            return "info"
        if not guidance:
            return modality
        span = record.entries["modality"].span
        carrier = self.guidance[guidance[0]]
        if STRENGTH.get(modality, 0) > STRENGTH.get(carrier.modality, 0):
            self.problems.add(
                f"`{modality}` is firmer than item {carrier.item}, which says `{carrier.modality}`",
                span,
                "the first guidance item carries the rule and bounds its modality",
            )
        if modality == "caution" and carrier.modality != "caution":
            self.problems.add(
                f"`caution` needs a caution item to carry it; item {carrier.item} is `{carrier.modality}`", span
            )
        if modality == "contested" and len(set(guidance)) < 2:
            self.problems.add("`contested` needs guidance items that speak for different outcomes", span)
        return modality

    def _guidance_of(self, record: Record) -> tuple[int, ...]:
        guidance = self.reading.guidance(record, self.guidance)
        if record.get("guidance") is not None and not guidance:
            self.problems.add(f"{record.what} rests on no guidance item", record.entries["guidance"].span)
        return guidance

    # -- decisions ----------------------------------------------------------------

    def _decisions(self, values: list[Value]) -> None:
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
            if decision.id in heads:
                self.problems.add(f"there are two decisions `{decision.id}`", record.span)
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

    def _head(self, record: Record) -> Decision:
        reading = self.reading
        id = reading.name(record, "id")
        record.what = f"the decision `{shorten(id)}`" if id else "a decision"
        kind = reading.one_of(record, "kind", ["placement", "fact", "findings"], "placement")
        hit_policy = reading.one_of(record, "hit_policy", ["single", "collect"], "single")
        topic = reading.text(record, "topic")
        if topic and topic not in self.topics:
            self.problems.add(
                f"there is no topic `{shorten(topic)}`",
                record.entries["topic"].span,
                did_you_mean(topic, self.topics, f"the topics are {listing(self.topics)}"),
            )
        if (kind == "findings") != (hit_policy == "collect"):
            self.problems.add(
                f"{record.what}: `findings` go with `collect`, and nothing else does", record.span
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
            if value is not None:
                self.problems.add(f"{record.what} collects findings: it has no outcomes", value.span)
            return {}
        if value is None:
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
        id = self._id(record, "the rule")
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
        guidance = self._guidance_of(record)
        modality = None
        if concluded != ["remark"]:
            modality = self._bounded_modality(record, guidance)
        elif record.get("modality") is not None:
            self.problems.add(f"{record.what} is a remark: it has no modality", record.entries["modality"].span)
        unless = None
        if record.get("unless") is not None:
            unless = self.conditions.read(record.get("unless"), f"`unless` of {record.what}")
        if record.get("presumes") is not None and unless is None:
            self.problems.add(f"{record.what} presumes something, but has no `unless`", record.span)
        if ("text" in record.entries) != ("finding" in record.entries):
            self.problems.add(f"{record.what}: a finding has a `text`, and nothing else does", record.span)
        return Rule(
            id=id,
            because=reading.text(record, "because"),
            guidance=guidance,
            when=self.conditions.read(record.get("when"), f"`when` of {record.what}"),
            unless=unless,
            modality=modality,
            overrides=frozenset(word.text for word in reading.names(record, "overrides")),
            presumes=reading.text(record, "presumes"),
            inferred=reading.flag(record, "inferred"),
            outcome=self._outcome(record, decision),
            open=tuple(
                self._option(item, decision, "an open choice", own_id=False, rule=id, default=modality)
                for item in reading.items(record.get("open"), f"`open` of {record.what}")
            ),
            silent=reading.flag(record, "silent"),
            remark=reading.text(record, "remark"),
            finding=reading.name(record, "finding"),
            text=reading.text(record, "text"),
            span=record.span,
        )

    def _id(self, record: Record, what: str) -> str:
        id = self.reading.name(record, "id")
        if id:
            record.what = f"{what} `{shorten(id)}`"
            if id in self.ids:
                self.problems.add(f"`{shorten(id)}` names two rules", record.entries["id"].span)
            self.ids.add(id)
        return id

    def _outcome(self, record: Record, decision: Decision) -> str | None:
        value = record.get("outcome")
        if value is None or decision.hit_policy == "collect":
            return None
        if isinstance(value, Scalar) and decision.kind == "fact" and value.as_bool() is not None:
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
            required, optional = ["id", *required, "modality"], ["when", "inferred"]
        record = self.reading.record(value, what, required, optional)
        if own_id:
            rule = self._id(record, "the alternative")
        guidance = self._guidance_of(record)
        modality = default
        if own_id or record.get("modality") is not None:
            modality = self._bounded_modality(record, guidance)
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
        fact = self.reading.text(record, "fact")
        if fact and fact not in self.vocabulary.facts:
            self.problems.add(
                f"there is no fact `{shorten(fact)}`",
                record.entries["fact"].span,
                did_you_mean(fact, self.vocabulary.facts),
            )
        return Weighed(fact, self.reading.text(record, "because"), self._guidance_of(record))

    def _overrides(self, rules: tuple[Rule, ...], record: Record) -> None:
        """Every override names another rule of the decision, and none goes in a circle."""
        ids = {rule.id for rule in rules}
        for rule in rules:
            for name in sorted(rule.overrides - ids):
                self.problems.add(
                    f"the rule `{rule.id}` overrides `{shorten(name)}`, which is no rule of {record.what}",
                    rule.span,
                    did_you_mean(name, ids),
                )
        self._no_circle({rule.id: rule.overrides & ids for rule in rules}, "the rules override each other")

    def _no_circle(self, needs: Mapping[str, Iterable[str]], what: str) -> list[str] | None:
        try:
            return list(graphlib.TopologicalSorter(needs).static_order())
        except graphlib.CycleError as error:
            circle = " -> ".join(f"`{id}`" for id in error.args[1])
            span = next((self.decisions[id].span for id in error.args[1] if id in self.decisions), None)
            self.problems.add(f"{what} in a circle: {circle}", span)
            return None

    def _in_order(self) -> dict[str, Decision]:
        """The decisions in an order in which each follows those it needs; else the book's own order."""
        needs = {
            id: [name for name in decision.needs if name in self.decisions]
            for id, decision in self.decisions.items()
        }
        if self._no_circle(needs, "decisions need each other") is None:
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

    # -- texts ----------------------------------------------------------------------

    def _team(self, value: Value) -> Team:
        reading = self.reading
        record = reading.record(
            value, "a team", ["id", "label", "mission", "guidance"], ["responsibilities", "sub_teams", "note"]
        )
        return Team(
            id=reading.name(record, "id"),
            label=reading.text(record, "label"),
            mission=reading.text(record, "mission"),
            guidance=self._guidance_of(record),
            responsibilities=self._entries(record, "responsibilities"),
            sub_teams=self._entries(record, "sub_teams"),
            note=reading.text(record, "note"),
        )

    def _entries(self, team: Record, key: str) -> tuple[Entry, ...]:
        entries = []
        for value in self.reading.items(team.get(key), f"`{key}` of {team.what}"):
            record = self.reading.record(
                value,
                f"an entry of `{key}`",
                ["id", "label", "guidance", "modality"],
                ["shared_with", "note"],
            )
            guidance = self._guidance_of(record)
            entries.append(
                Entry(
                    id=self.reading.name(record, "id"),
                    label=self.reading.text(record, "label"),
                    guidance=guidance,
                    modality=self._bounded_modality(record, guidance),
                    shared_with=tuple(word.text for word in self.reading.names(record, "shared_with")),
                    note=self.reading.text(record, "note"),
                )
            )
        return tuple(entries)

    def _statement(self, value: Value) -> Statement:
        record = self.reading.record(value, "a statement", ["id", "text", "guidance", "show"])
        show = self.reading.one_of(record, "show", ["always", "on_request"], "on_request")
        return Statement(
            self.reading.name(record, "id"),
            self.reading.text(record, "text"),
            self._guidance_of(record),
            "always" if show == "always" else "on_request",
        )

    def _left_out(self, value: Value) -> LeftOut:
        record = self.reading.record(value, "an entry of `left_out`", ["guidance", "reason"])
        return LeftOut(self._guidance_of(record), self.reading.text(record, "reason"))

    def _silence(self, value: Value) -> Silence:
        record = self.reading.record(value, "a silence", ["id", "says", "about"])
        about = self.reading.names(record, "about")
        for word in about:
            if word.text not in self.decisions:
                self.problems.add(
                    f"there is no decision `{shorten(word.text)}`",
                    word.span,
                    did_you_mean(word.text, self.decisions),
                )
        return Silence(
            self.reading.name(record, "id"),
            self.reading.text(record, "says"),
            tuple(word.text for word in about),
        )

"""Reads the rules and alternatives of decisions."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .codes import OVERRIDE_CIRCLE, UNDEFINED
from .condition_reader import ConditionReader
from .conditions import ALWAYS
from .guidance_reader import GuidanceReader
from .language import N_, _
from .problems import Problems, Span, did_you_mean, listing
from .reading import Record
from .rulebook import Decision, LineAsked, Modality, Option, Rule
from .rulebook_shapes import ALTERNATIVE, CONCLUSIONS, LINE, OPEN_CHOICE, RULE
from .values import Items, Scalar, Value, shorten


class RuleReader:
    """Reads what decides a decision.

    Args:
        guidance: reads what it rests on; the problems go where it reports its own.
        conditions: reads conditions; those of one decision may name another.
    """

    def __init__(self, guidance: GuidanceReader, conditions: ConditionReader) -> None:
        self._guidance = guidance
        self._conditions = conditions
        self._reading = guidance.reading
        self.problems = guidance.problems
        #: For each rule, the words that say what it overrides.
        self._overrides: dict[str, list[Scalar]] = {}

    def rule(self, value: Value, decision: Decision) -> Rule:
        """A rule of a decision."""
        reading = self._reading
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
        guidance = self._guidance.of(record)
        modality = None
        if concluded != ["remark"]:
            modality = self._guidance.bounded_modality(record, guidance)
        elif record.get("modality") is not None:
            told = _("{what} is a remark: it has no modality").format(what=record.what)
            self.problems.add(told, record.entries["modality"].span)
        unless = None
        if record.get("unless") is not None:
            unless = self._conditions.read(record.get("unless"), record.part("unless"))
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
        self._overrides[id] = reading.names(record, "overrides")
        reading.allow(record, "rule", id)
        choices = reading.items(record.get("open"), record.part("open"))
        if isinstance(record.get("open"), Items) and not choices:
            told = _("{what} names no choice").format(what=record.part("open"))
            self.problems.add(told, record.entries["open"].span)
        return Rule(
            id=id,
            because=reading.text(record, "because"),
            guidance=guidance,
            when=self._conditions.read(record.get("when"), record.part("when")),
            unless=unless,
            modality=modality,
            overrides=frozenset(word.text for word in self._overrides[id]),
            presumes=reading.text(record, "presumes"),
            inferred=reading.flag(record, "inferred"),
            outcome=self._outcome(record, decision),
            open=tuple(
                self.option(item, decision, own_id=False, rule=id, default=modality) for item in choices
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
        ends = self._reading.shaped(value, LINE, record.part("line"))
        return LineAsked(self._reading.name(ends, "from"), self._reading.name(ends, "to"))

    def _id(self, record: Record) -> str:
        id = self._reading.name(record, "id")
        if id:
            self._guidance.once(id, N_("`{id}` names two rules"), record.entries["id"].span)
        return id

    def _outcome(self, record: Record, decision: Decision) -> str | None:
        value = record.get("outcome")
        if value is None or decision.hit_policy == "collect" or not decision.outcomes:
            return None
        if isinstance(value, Scalar) and "true" in decision.outcomes and value.as_bool() is not None:
            value = replace(value, text="true" if value.as_bool() else "false")
        return self._reading.choice(value, decision.outcomes, record.part("outcome"), UNDEFINED)

    def option(
        self,
        value: Value,
        decision: Decision,
        *,
        own_id: bool,
        rule: str = "",
        default: Modality | None = None,
    ) -> Option:
        """An alternative, which has an id and conditions of its own, or an open choice of a rule."""
        record = self._reading.shaped(value, ALTERNATIVE if own_id else OPEN_CHOICE)
        if own_id:
            rule = self._id(record)
            self._reading.allow(record, "rule", rule)
        guidance = self._guidance.of(record)
        modality = default
        if own_id or record.get("modality") is not None:
            modality = self._guidance.bounded_modality(record, guidance)
        return Option(
            outcome=self._outcome(record, decision) or "",
            modality=modality or "info",
            because=self._reading.text(record, "because"),
            guidance=guidance,
            rule=rule,
            when=self._conditions.read(record.get("when"), record.part("when")) if own_id else ALWAYS,
            inferred=self._reading.flag(record, "inferred"),
            book=self._reading.book_of(record.span),
        )

    def check_overrides(self, rules: tuple[Rule, ...], record: Record) -> None:
        """Every override names another rule of the decision, and none goes in a circle."""
        places = {rule.id: rule.span for rule in rules}
        for rule in rules:
            for word in self._overrides[rule.id]:
                if word.text not in places:
                    self.problems.add(
                        _("`{word}` is no rule of {what}").format(word=shorten(word.text), what=record.what),
                        word.span,
                        did_you_mean(word.text, places),
                        code=UNDEFINED,
                    )
        needs = {rule.id: rule.overrides & places.keys() for rule in rules}
        message = N_("the rules override each other in a circle: {circle}")
        report_circles(needs, places, message, OVERRIDE_CIRCLE, self.problems)


def report_circles(
    needs: Mapping[str, Iterable[str]],
    places: Mapping[str, Span | None],
    message: str,
    code: str,
    problems: Problems,
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
            problems.add(told, spans[0] if spans else None, also=spans[1:], code=code)
            found.update(circle)
        else:
            return found

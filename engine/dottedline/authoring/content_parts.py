"""What there is in a rulebook, kind by kind, in parts that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ..conditions import Condition
from ..language import _, list_of
from ..reasons import conclusion
from ..rulebook import Decision, Option, Rule, RulebookData
from ..vocabulary import Fact
from .words import condition_text

Kind = Literal[
    "source",
    "fact",
    "constraint",
    "topic",
    "decision",
    "finding",
    "rule",
    "alternative",
    "responsibility",
    "guidance",
    "statement",
    "silence",
    "left_out",
    "organisation",
    "section",
]


class Worded(NamedTuple):
    """What is compared, where words alone would not do: two conditions may read alike."""

    value: object
    text: str


#: Of one thing: what may differ, by key.
Parts = Mapping[str, "str | Worded | tuple[str, ...]"]


class Told(NamedTuple):
    """One thing that a rulebook has."""

    label: str
    parts: Parts
    decision: str = ""


def _source(book: RulebookData) -> Iterator[tuple[str, Told]]:
    source = book.source
    yield (
        book.id,
        Told(book.title, {"title": f"{book.title} / {source.title}", "date": source.date, "note": source.note}),
    )


def _facts(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for fact in book.vocabulary.facts.values():
        yield fact.id, Told(fact.label, _fact(book, fact))


def _fact(book: RulebookData, fact: Fact) -> Parts:
    answered = fact.answered_by
    by = Worded(answered, answered.records if answered else "")
    section = book.vocabulary.sections[fact.section].title
    fields = [f"{field.id}: {listed(field.values or ())}" for field in fact.fields.values()]
    return {
        "type": f"{fact.type}{' (integer)' if fact.integer else ''}",
        "values": _each([*fact.values, *fields]),
        "only_if_stated": _each(id for id, choice in fact.values.items() if choice.only_if_stated),
        "min": _number(fact.minimum),
        "max": _number(fact.maximum),
        "lever": _yes(fact.lever),
        "derived": _yes(fact.derived),
        "answered_by": by,
        "guidance": _each(fact.guidance),
        "section": section,
        "label": fact.label,
        "labels": _each(" / ".join(filter(None, (c.label, c.hint, *c.synonyms))) for c in fact.values.values()),
        "question": fact.question,
        "why": fact.why,
        "unit": fact.unit,
    }


def _constraints(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for constraint in book.vocabulary.constraints:
        parts: Parts = {
            "level": constraint.level,
            "when": _condition(book, constraint.when),
            "says": constraint.says,
        }
        yield constraint.id, Told(constraint.says, parts)


def _topics(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for id, title in book.topics.items():
        yield id, Told(title, {"title": title})


def _decisions(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for decision in book.decisions.values():
        outcomes = decision.outcomes.values() if decision.kind == "placement" else ()
        parts: Parts = {
            "title": decision.title,
            "asks": decision.asks,
            "topic": decision.topic,
            "kind": decision.kind,
            "hit_policy": decision.hit_policy,
            "outcomes": _each(outcome.id for outcome in outcomes),
            "labels": _each(outcome.label for outcome in outcomes),
            "places": _each(f"{o.id}: {listed(o.places)}" for o in outcomes if o.places),
            "not_applicable": _condition(book, decision.not_applicable),
            "weighs": _each(weighed.fact for weighed in decision.weighs),
        }
        yield decision.id, Told(decision.title, parts)


def _findings(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for decision in book.decisions.values():
        for id, rules in decision.findings.items():
            yield id, Told(rules[0].text, {}, decision.id)


def _rules(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for decision, rule in book.rules():
        yield rule.id, Told(conclusion(decision, rule), _rule(book, decision, rule), decision.id)


def _rule(book: RulebookData, decision: Decision, rule: Rule) -> Parts:
    options = [_option(decision, option) for option in rule.open]
    told = conclusion(decision, rule) if not options else list_of(options, "or")
    compared = (rule.concludes, rule.outcome, rule.finding, [(o.outcome, o.modality) for o in rule.open])
    return {
        "decision": decision.id,
        "when": _condition(book, rule.when),
        "unless": _condition(book, rule.unless),
        "concludes": Worded(compared, told),
        "modality": rule.modality or "",
        "overrides": _each(sorted(rule.overrides)),
        "inferred": _yes(rule.inferred),
        "line": f"{rule.line.source} - {rule.line.target}" if rule.line else "",
        "guidance": " / ".join(map(listed, (rule.guidance, *(option.guidance for option in rule.open)))),
        "text": rule.text or rule.remark,
        "because": " / ".join((rule.because, *(option.because for option in rule.open))),
        "presumes": rule.presumes,
    }


def _option(decision: Decision, option: Option) -> str:
    return f"{decision.outcomes[option.outcome].label} [{option.modality}]"


def _alternatives(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for decision in book.decisions.values():
        for option in decision.alternatives:
            parts: Parts = {
                "decision": decision.id,
                "when": _condition(book, option.when),
                "concludes": option.outcome,
                "modality": option.modality,
                "inferred": _yes(option.inferred),
                "guidance": _each(option.guidance),
                "because": option.because,
            }
            yield option.rule, Told(decision.outcomes[option.outcome].label, parts, decision.id)


def _responsibilities(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for team in book.teams:
        yield (
            team.id,
            Told(
                team.label,
                {
                    "label": team.label,
                    "text": team.mission,
                    "guidance": _each(team.guidance),
                    "note": team.note,
                },
            ),
        )
        for entries, has in ((team.responsibilities, "{team}: {id}"), (team.sub_teams, "{team}: {id} (team)")):
            for entry in entries:
                parts: Parts = {
                    "label": entry.label,
                    "modality": entry.modality,
                    "shared_with": _each(entry.shared_with),
                    "guidance": _each(entry.guidance),
                    "note": entry.note,
                }
                yield has.format(team=team.id, id=entry.id), Told(entry.label, parts)


def _guidance(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for item in book.guidance.values():
        parts: Parts = {
            "modality": item.modality,
            "role": item.role,
            "uses": _each(item.uses),
            "says": item.says,
            "reading": item.reading,
        }
        yield str(item.item), Told(item.says, parts)


def _statements(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for said in book.statements:
        parts = {"show": said.show, "guidance": _each(said.guidance), "text": said.text}
        yield said.id, Told(said.text, parts)


def _silences(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for silence in book.silences:
        yield silence.id, Told(silence.says, {"about": _each(silence.about), "says": silence.says})


def _left_out(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for left in book.left_out:
        yield listed(left.guidance), Told(left.reason, {"reason": left.reason})


def _organisation(book: RulebookData) -> Iterator[tuple[str, Told]]:
    if book.organisation is not None:
        described = _each(f"{key}: {_plain(value)}" for key, value in book.organisation._asdict().items())
        yield "organisation", Told("", {"described": described})


def _sections(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for section in book.vocabulary.sections.values():
        parts = {"optional": _yes(section.optional), "title": section.title, "intro": section.intro}
        yield section.id, Told(section.title, parts)


#: What reads each kind out of a rulebook, in the order in which they are told.
KINDS: Mapping[Kind, Callable[[RulebookData], Iterator[tuple[str, Told]]]] = {
    "source": _source,
    "fact": _facts,
    "constraint": _constraints,
    "topic": _topics,
    "decision": _decisions,
    "finding": _findings,
    "rule": _rules,
    "alternative": _alternatives,
    "responsibility": _responsibilities,
    "guidance": _guidance,
    "statement": _statements,
    "silence": _silences,
    "left_out": _left_out,
    "organisation": _organisation,
    "section": _sections,
}


def _condition(book: RulebookData, condition: Condition | None) -> Worded:
    if condition is None:
        return Worded(None, "")
    return Worded(condition, condition_text(book, condition) or _("always"))


def _each(words: Any) -> tuple[str, ...]:
    """The entries of a list, to be compared one by one."""
    return tuple(str(word) for word in words if word != "")


def listed(words: Any) -> str:
    return list_of(_each(words), "unit")


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return listed(f"{key}={each}" for key, each in value.items())
    return listed(value) if isinstance(value, tuple) else str(value)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _number(value: float | None) -> str:
    return "" if value is None else str(int(value) if value == int(value) else value)

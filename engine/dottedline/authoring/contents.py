"""What is written otherwise in two rulebooks: what only one of them has, and what differs in what both have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ..conditions import Condition
from ..language import N_, _, list_of
from ..reasons import conclusion
from ..rulebook import Decision, Option, Rule, RulebookData
from ..vocabulary import Fact
from .joint import Side
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


class Altered(NamedTuple):
    """One thing about something: what it was, and what it is, in words."""

    what: str
    old: str
    new: str
    #: Of a list, only what it no longer has, and what it has now.
    in_part: bool = False


class Content(NamedTuple):
    """Something that only one of two books has, or that both have, but not alike."""

    kind: Kind
    id: str
    label: str
    #: The book that alone has it; None where both have it.
    only: Side | None = None
    altered: tuple[Altered, ...] = ()
    #: The decision that a rule, an alternative or a finding belongs to.
    decision: str = ""

    @property
    def is_words(self) -> bool:
        """Whether nothing but what people read differs."""
        return self.only is None and all(altered.what in WORDS for altered in self.altered)


#: What people read, as the keys of a rulebook have it: where it alone differs, advice does not.
WORDS: Mapping[str, str] = {
    "title": N_("title"),
    "asks": N_("question"),
    "label": N_("label"),
    "labels": N_("labels"),
    "question": N_("question"),
    "why": N_("why it is asked"),
    "unit": N_("unit"),
    "section": N_("section"),
    "because": N_("reason"),
    "presumes": N_("presumption in words"),
    "text": N_("text"),
    "says": N_("text"),
    "reading": N_("reading"),
    "note": N_("note"),
    "reason": N_("reason"),
    "intro": N_("introduction"),
}

#: What else can differ.
OTHERS: Mapping[str, str] = {
    "type": N_("type"),
    "values": N_("values"),
    "only_if_stated": N_("values that count only where they are stated"),
    "min": N_("least value"),
    "max": N_("greatest value"),
    "lever": N_("can be chosen"),
    "derived": N_("derived"),
    "answered_by": N_("answered by"),
    "level": N_("level"),
    "when": N_("condition"),
    "unless": N_("exception"),
    "kind": N_("kind"),
    "hit_policy": N_("hit policy"),
    "topic": N_("topic"),
    "outcomes": N_("outcomes"),
    "places": N_("places"),
    "not_applicable": N_("does not apply where"),
    "weighs": N_("weighs"),
    "decision": N_("decision"),
    "concludes": N_("conclusion"),
    "modality": N_("modality"),
    "overrides": N_("overrides"),
    "inferred": N_("our inference"),
    "line": N_("dotted line"),
    "guidance": N_("source items"),
    "date": N_("date"),
    "show": N_("shown"),
    "about": N_("decisions"),
    "role": N_("what carries it"),
    "uses": N_("facts"),
    "team": N_("team"),
    "shared_with": N_("shared with"),
    "optional": N_("optional"),
    "described": N_("what facts describe"),
}


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


def contents(old: RulebookData, new: RulebookData) -> tuple[Content, ...]:
    """Everything that is not alike in two rulebooks, in the order of the new one."""
    found: list[Content] = []
    for kind, told in _KINDS.items():
        here, there = dict(told(old)), dict(told(new))
        for id in [*there, *(id for id in here if id not in there)]:
            a, b = here.get(id), there.get(id)
            if a is None or b is None:
                only = a or b
                assert only is not None
                found.append(Content(kind, id, only.label, "old" if a else "new", decision=only.decision))
            elif altered := tuple(_altered(a.parts, b.parts)):
                found.append(Content(kind, id, b.label, None, altered, b.decision))
    return tuple(_by_family(old, new, found))


def _altered(old: Parts, new: Parts) -> Iterator[Altered]:
    for what in new:
        a, b = old[what], new[what]
        if (
            isinstance(a, Worded)
            or isinstance(b, Worded)
            or not (isinstance(a, tuple) and isinstance(b, tuple))
        ):
            if (a.value if isinstance(a, Worded) else a) != (b.value if isinstance(b, Worded) else b):
                yield Altered(what, _in_words(a), _in_words(b))
        elif a != b:
            gone = [each for each in a if each not in b]
            added = [each for each in b if each not in a]
            if gone or added:
                yield Altered(what, _listed(gone), _listed(added), in_part=True)
            else:
                yield Altered(what, _listed(a), _listed(b))


def _in_words(part: str | Worded | tuple[str, ...]) -> str:
    return part.text if isinstance(part, Worded) else str(part)


def _by_family(old: RulebookData, new: RulebookData, found: list[Content]) -> Iterator[Content]:
    """The same with what is said of each fact of a family said once."""
    alike: dict[tuple[object, ...], list[Content]] = {}
    for content in found:
        fact = new.vocabulary.facts.get(content.id) or old.vocabulary.facts.get(content.id)
        if content.kind != "fact" or fact is None or fact.family is None:
            yield content
            continue
        differs = tuple(a if a.what not in WORDS else a.what for a in content.altered)
        alike.setdefault((fact.family, content.only, differs), []).append(content)
    for (family, *_differs), members in alike.items():
        whole = {
            id for book in (old, new) for id, fact in book.vocabulary.facts.items() if fact.family == family
        }
        if len(members) == len(whole) > 1:
            yield members[0]._replace(id=f"{family}.*", label=f"{family}.*")
        else:
            yield from members


# --- what there is, kind by kind ----------------------------------------------------------


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
    fields = [f"{field.id}: {_listed(field.values or ())}" for field in fact.fields.values()]
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
            "places": _each(f"{o.id}: {_listed(o.places)}" for o in outcomes if o.places),
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
        "guidance": " / ".join(map(_listed, (rule.guidance, *(option.guidance for option in rule.open)))),
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
        yield _listed(left.guidance), Told(left.reason, {"reason": left.reason})


def _organisation(book: RulebookData) -> Iterator[tuple[str, Told]]:
    if book.organisation is not None:
        described = _each(f"{key}: {_plain(value)}" for key, value in book.organisation._asdict().items())
        yield "organisation", Told("", {"described": described})


def _sections(book: RulebookData) -> Iterator[tuple[str, Told]]:
    for section in book.vocabulary.sections.values():
        parts = {"optional": _yes(section.optional), "title": section.title, "intro": section.intro}
        yield section.id, Told(section.title, parts)


_KINDS: Mapping[Kind, Callable[[RulebookData], Iterator[tuple[str, Told]]]] = {
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


def _listed(words: Any) -> str:
    return list_of(_each(words), "unit")


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return _listed(f"{key}={each}" for key, each in value.items())
    return _listed(value) if isinstance(value, tuple) else str(value)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _number(value: float | None) -> str:
    return "" if value is None else str(int(value) if value == int(value) else value)

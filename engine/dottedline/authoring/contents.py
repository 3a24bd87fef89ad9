"""What is written otherwise in two rulebooks: what only one of them has, and what differs in what both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..language import N_
from ..rulebook import RulebookData
from .content_parts import KINDS, Kind, Parts, Worded, listed
from .joint import Side


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


def contents(old: RulebookData, new: RulebookData) -> tuple[Content, ...]:
    """Everything that is not alike in two rulebooks, in the order of the new one."""
    found: list[Content] = []
    for kind, told in KINDS.items():
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
                yield Altered(what, listed(gone), listed(added), in_part=True)
            else:
                yield Altered(what, listed(a), listed(b))


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

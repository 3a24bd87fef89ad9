"""What differs between two rulebooks, as a report for people and as JSON values for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..language import N_, _, counted, list_of
from ..present.report import ADVICE, DESCRIBED, PLACEMENT, STATE, STATUS, Entry, Report, Section
from ..reasons import subject_label, value_label
from ..rulebook import Modality, RulebookData
from ..words import capital, join_sentences, quoted, sentence
from .advice import Advice, Change, Difference
from .comparing import Asked, Comparison, RuleChange, Told, ToldCases, UnitChanges
from .contents import OTHERS, WORDS, Altered, Content
from .joint import SIDES, Side
from .words import values_text

#: What differs, as a tag.
KINDS: dict[Difference, str] = {
    "result": N_("another result"),
    "options": N_("other options"),
    "certainty": N_("more or less certain"),
    "firmness": N_("more or less firm"),
    "remarks": N_("other remarks"),
    "reasons": N_("the same, for other rules"),
}

#: What is written otherwise, by what it is.
_CONTENTS = {
    "source": N_("the rulebook"),
    "fact": N_("fact"),
    "constraint": N_("constraint"),
    "topic": N_("topic"),
    "decision": N_("decision"),
    "finding": N_("finding"),
    "rule": N_("rule"),
    "alternative": N_("alternative"),
    "responsibility": N_("responsibility"),
    "guidance": N_("source item"),
    "statement": N_("statement"),
    "silence": N_("silence"),
    "left_out": N_("source items left out"),
    "organisation": N_("the organisation"),
    "section": N_("section"),
}


#: More than this of one kind that only one book has are told by their ids.
_MANY = 8

#: So many facts of which the same is asked are told together; and as many values are better told by the others.
_ALIKE = 3


class Words:
    """Puts words to a comparison.

    Args:
        found: the comparison.
        names: what the two books are called by who compares them.
    """

    def __init__(self, found: Comparison, names: Mapping[Side, str]) -> None:
        self.found = found
        self.books = found.books
        self.joint = found.joint
        self.names = names

    # -- the report -----------------------------------------------------------------------

    def report(self) -> Report:
        """The comparison as a report."""
        sections = [*self._contents(), *map(self._unit, self.found.units), *self._rules()]
        return Report(
            title=_("{new} against {old}").format(new=self.names["new"], old=self.names["old"]),
            subtitle=self.summary(),
            known=self._counts(),
            sections=tuple(section for section in sections if section.entries),
            footer=join_sentences(*(self.book_line(side) for side in SIDES)),
        )

    def summary(self) -> str:
        """In a sentence: whether they advise the same."""
        found = self.found
        if found.units:
            return counted(
                "{n} decision or finding comes out otherwise for some companies.",
                "{n} decisions and findings come out otherwise for some companies.",
                len(found.units),
            )
        if not found.compared:
            return _("The two rulebooks have no decision and no finding in common.")
        if found.differ:
            return _("What both rulebooks decide comes out the same, whatever the facts.")
        return _("The advice is the same, whatever the facts.")

    def _counts(self) -> str:
        found = self.found
        told = [
            _("{kind}: {number}").format(kind=_(KINDS[kind]), number=number)
            for kind in KINDS
            if (number := found.of_kind(kind))
        ]
        if same := found.compared - len(found.units):
            told.append(
                counted("{n} is the same for all companies", "{n} are the same for all companies", same)
            )
        return sentence(_("; ").join(told)) if told else ""

    def book_line(self, side: Side) -> str:
        """Which rulebook one of them is, to the byte."""
        book = self.books[side]
        return _("{name}: rulebook {id} {version} ({hash}).").format(
            name=self.names[side], id=book.id, version=book.version, hash=book.sha256[:12]
        )

    def named(self, side: Side) -> dict[str, str]:
        """The same as JSON values."""
        book = self.books[side]
        return {"name": self.names[side], "id": book.id, "version": book.version, "sha256": book.sha256}

    # -- what is written otherwise ----------------------------------------------------------

    def _contents(self) -> Iterator[Section]:
        groups: tuple[tuple[str, list[Content]], ...] = (
            (_("Only in {book}").format(book=self.names["old"]), self._only("old")),
            (_("Only in {book}").format(book=self.names["new"]), self._only("new")),
            (_("Written otherwise"), [c for c in self.found.contents if not c.only and not c.is_words]),
            (_("Only words differ"), [c for c in self.found.contents if not c.only and c.is_words]),
        )
        for title, contents in groups:
            entries: list[Entry] = []
            for kind in _CONTENTS:
                of_kind = [content for content in contents if content.kind == kind]
                if len(of_kind) > _MANY and all(content.only for content in of_kind):
                    ids = list_of([content.id for content in of_kind], "unit")
                    number = counted("{n} of them", "{n} of them", len(of_kind))
                    entries.append(Entry(kind, capital(_(_CONTENTS[kind])), (number,), ids))
                else:
                    entries += map(self._content, of_kind)
            yield Section(title, tuple(entries))

    def _only(self, side: Side) -> list[Content]:
        return [content for content in self.found.contents if content.only == side]

    def _content(self, content: Content) -> Entry:
        kind = _(_CONTENTS[content.kind])
        heading = _("{kind} {id}").format(kind=kind, id=content.id)
        details = [(capital(_({**OTHERS, **WORDS}[a.what])), _altered(a)) for a in content.altered]
        return Entry(content.id, capital(heading), (), content.label, tuple(details))

    # -- advice that differs ------------------------------------------------------------------

    def _unit(self, unit: UnitChanges) -> Section:
        entries = []
        for one in unit.changes:
            details = [*self.cases(one.cases), *self.why(unit, one.changes)]
            lead = self.before_and_after(unit, *one.changes)
            entries.append(Entry(unit.id, capital(_(KINDS[one.kind])), (), lead, tuple(details)))
        return Section(self.title(unit), tuple(entries))

    def title(self, unit: UnitChanges) -> str:
        """What a decision or finding is called."""
        if unit.is_finding:
            return _("{decision}: finding {id}").format(decision=unit.decision.title, id=unit.id)
        return unit.decision.title

    def before_and_after(self, unit: UnitChanges, *changes: Change) -> str:
        """What was advised, and what is; changes that are told as one differ in nothing that is said."""
        (old, new), kind = changes[0], changes[0].kind
        sides: dict[Side, Advice] = {"old": old, "new": new}
        if kind == "options":
            return self._options(unit, changes)
        if kind == "remarks":
            told = [self._remarks(unit, side, advice) for side, advice in sides.items() if advice.remarks]
            return join_sentences(*told)
        if kind == "reasons":
            return _("The same: {advice}").format(advice=sentence(self.advice(unit, changes, "new")))
        before, after = (sentence(self.advice(unit, changes, side)) for side in sides)
        return _("Was: {before} Now: {after}").format(before=before, after=after)

    def _options(self, unit: UnitChanges, changes: Sequence[Change]) -> str:
        old, new = changes[0]
        parts = [self.advice(unit, changes, "new")]
        for side, gone, there, words in (
            ("new", old, new, _("now the source also allows {places}")),
            ("old", new, old, _("the source no longer allows {places}")),
        ):
            outcomes = self.books[side].decisions[unit.id].outcomes  # type: ignore[index]
            places = [o.label for id, o in outcomes.items() if id in there.allowed - gone.allowed]
            if places:
                parts.append(words.format(places=list_of(places, "or")))
        return capital(sentence(_("; ").join(parts)))

    def _remarks(self, unit: UnitChanges, side: Side, advice: Advice) -> str:
        rules = self.books[side].decisions[unit.id].rules
        remarks = list_of([quoted(rule.remark) for rule in rules if rule.id in advice.remarks])
        words = (
            _("No longer with the remark {remarks}") if side == "old" else _("Now with the remark {remarks}")
        )
        return sentence(words.format(remarks=remarks))

    def why(self, unit: UnitChanges, changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
        """The rules that changes come of, all of them alike, as details."""
        old, new = ([set(getattr(one, side).standing) for one in changes] for side in SIDES)
        before = sorted(set.intersection(*(a - b for a, b in zip(old, new, strict=True))))
        after = sorted(set.intersection(*(b - a for a, b in zip(old, new, strict=True))))
        if before:
            yield _("No longer speaks"), list_of(before, "unit")
        if after:
            yield _("Now speaks"), list_of(after, "unit")
        if unit.altered:
            yield _("Written otherwise"), list_of(unit.altered, "unit")
        if unit.follows:
            yield _("Follows from"), list_of(unit.follows, "unit")

    def advice(self, unit: UnitChanges, changes: Sequence[Change], side: Side) -> str:
        """One side of changes that are told as one, in words."""
        book = self.books[side]
        alike = [getattr(one, side) for one in changes]
        words = STATE if unit.is_finding else STATUS
        states = [_(words[status]) for status in dict.fromkeys(a.status for a in alike) if status in words]
        status = list_of(states, "or")
        if unit.is_finding:
            return self._finding(alike[0], status, book)
        firmness = changes[0].kind == "firmness"
        return capital(self._result(unit, alike[0], status, book, firmness=firmness))

    def _finding(self, advice: Advice, status: str, book: RulebookData) -> str:
        if advice.status == "not_shown":
            return _("not shown")
        texts = [rule.text for _decision, rule in book.rules() if rule.id in advice.rules]
        words = [status, _(ADVICE[advice.modality or "info"])]
        return _("{text} [{tags}]").format(text=quoted(join_sentences(*texts)), tags=list_of(words, "unit"))

    def _result(
        self, unit: UnitChanges, advice: Advice, status: str, book: RulebookData, *, firmness: bool
    ) -> str:
        """A decision's result; with how firm its options are, where that is what differs."""
        outcomes = book.decisions[unit.id].outcomes.items()
        options = {option.outcome: option for option in advice.options if option.outcome != advice.outcome}
        allowed = [
            _firm(outcome.label, options[id].modality if firmness else None)
            for id, outcome in outcomes
            if id in options
        ]
        if advice.outcome is None:
            if advice.status != "open":
                return status
            told = _("open: {places}").format(places=list_of(allowed, "or"))
            return told if firmness else _firm(told, advice.modality)
        label = book.decisions[unit.id].outcomes[advice.outcome].label
        if advice.status == "given":
            return label
        if unit.decision.kind == "placement":
            told = _(PLACEMENT.get(advice.modality or "", DESCRIBED)).format(place=label)
            told = _("{text} [{tags}]").format(text=told, tags=status)
        else:
            tags = [_(ADVICE[advice.modality])] if advice.modality else []
            told = _("{text} [{tags}]").format(text=label, tags=list_of([*tags, status], "unit"))
        if allowed and firmness:
            told = _("{advice}; the source also allows {places}").format(
                advice=told, places=list_of(allowed, "or")
            )
        return told

    # -- cases ------------------------------------------------------------------------------

    def cases(self, told: ToldCases) -> Iterator[tuple[str, str]]:
        """Cases as details: where it is so, and for which company."""
        for n, case in enumerate(told.cases):
            yield (_("Where") if n == 0 else _("Or where")), self.where(case)
            if n == 0 and case.example:
                yield _("For example"), self._example(case)
        if told.left_out:
            yield (
                _("Not told"),
                counted("{n} further combination of facts", "{n} further combinations of facts", told.left_out),
            )

    def where(self, case: Told) -> str:
        """What a case asks, in words."""
        asks, exceptions = self._clauses(case, False), self._clauses(case, True)
        told = list_of(asks, "clauses") if asks else _("whatever the facts are")
        if exceptions:
            told = _("{condition}, unless {exceptions}").format(
                condition=told, exceptions=list_of(exceptions, "or")
            )
        return told

    def _clauses(self, case: Told, as_exceptions: bool) -> list[str]:
        """What is asked of each fact, or the exceptions; what is asked of several alike is said once."""
        facts: dict[str, list[str]] = {}
        for asked in case.asks:
            fact, wanted, is_exception = self._clause(asked)
            if is_exception == as_exceptions:
                facts.setdefault(wanted, []).append(fact)
        told = []
        for wanted, of in facts.items():
            if len(of) < _ALIKE:
                told += [_("{fact} {wanted}").format(fact=fact, wanted=wanted) for fact in of]
            else:
                words = _("one of {facts} {wanted}") if as_exceptions else _("each of {facts} {wanted}")
                told.append(words.format(facts=list_of(of), wanted=wanted))
        return told

    def _example(self, case: Told) -> str:
        """A company of a case, as a profile has it."""
        return list_of([f"{id}: {_plain(value)}" for id, value in case.facts.items()], "unit")

    def _clause(self, asked: Asked) -> tuple[str, str, bool]:
        """A fact, what is asked of it, and whether it is better told as an exception."""
        book = self.books[asked.side]
        fact = quoted(subject_label(book, asked.name))
        if asked.side == "old" and asked.position is not None:
            fact = _("{fact} (only in {book})").format(fact=fact, book=self.names["old"])
        if not asked.groups:
            return fact, _("is not known"), False
        if not asked.others:
            return fact, _("is known"), False
        values = [value for group in asked.groups for value in group]
        of_numbers = any(isinstance(value, (int, float)) for value in values)
        few = sum(map(len, asked.others)) < len(values) and not of_numbers
        if asked.unknown and few:
            return fact, self._is(asked, asked.others), True
        told = self._is(asked, asked.groups)
        if few and len(values) > _ALIKE:
            if any(isinstance(value, frozenset) for value in values):
                told = _("is known, and not so that it {is_so}").format(is_so=self._is(asked, asked.others))
            else:
                others = [value_label(book, asked.name, value) for group in asked.others for value in group]
                told = _("is known and not {values}").format(values=list_of(others, "or"))
        if asked.unknown:
            told = _("{is_so} or is not known").format(is_so=told)
        return fact, told, False

    def _is(self, asked: Asked, groups: Sequence[Sequence[Any]]) -> str:
        book = self.books[asked.side]
        if asked.position is None:
            labels = [value_label(book, asked.name, value) for group in groups for value in group]
            return _("is {values}").format(values=list_of(labels, "or"))
        variable = self.joint.variables[asked.position]
        return values_text(book, variable.fact, groups, variable.tests)

    # -- by rule ------------------------------------------------------------------------------

    def _rules(self) -> Iterator[Section]:
        entries = []
        for rule in self.found.rules:
            details = [
                *((_("Now speaks"), self.where(case)) for case in rule.gains.cases),
                *((_("No longer speaks"), self.where(case)) for case in rule.loses.cases),
            ]
            if left_out := rule.gains.left_out + rule.loses.left_out:
                details += list(self.cases(ToldCases((), left_out)))
            entries.append(Entry(rule.id, rule.id, (self._state(rule),), self._title(rule), tuple(details)))
        yield Section(_("By rule"), tuple(entries))

    def _title(self, rule: RuleChange) -> str:
        unit = next(unit for unit in self.found.units if unit.id == rule.unit)
        return unit.decision.title

    def _state(self, rule: RuleChange) -> str:
        content = next(
            (c for c in self.found.contents if c.id == rule.id and c.kind in ("rule", "alternative")), None
        )
        if content is None or content.is_words:
            return _("as it was")
        if content.only:
            return _("only in {book}").format(book=self.names[content.only])
        return _("written otherwise")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def _altered(altered: Altered) -> str:
    if altered.in_part:
        told = (_("no longer {old}"), altered.old), (_("now also {new}"), altered.new)
        return _("; ").join(words.format(old=part, new=part) for words, part in told if part)
    if not altered.old or not altered.new:
        return (_("now {new}") if altered.new else _("was {old}")).format(new=altered.new, old=altered.old)
    return _("was {old}; now {new}").format(old=altered.old, new=altered.new)


def _firm(label: str, modality: Modality | None) -> str:
    return _("{text} [{tags}]").format(text=label, tags=_(ADVICE[modality])) if modality else label


# --- JSON ----------------------------------------------------------------------------------


def comparison_dict(words: Words) -> dict[str, Any]:
    """A comparison as JSON values."""
    found = words.found

    def cases(told: ToldCases) -> dict[str, Any]:
        return {
            "cases": [{"where": words.where(case), "example": dict(case.facts)} for case in told.cases],
            "left_out": told.left_out,
        }

    return {
        "old": words.named("old"),
        "new": words.named("new"),
        "differ": found.differ,
        "compared": found.compared,
        "contents": [_content_dict(content) for content in found.contents],
        "advice": [
            {
                "id": unit.id,
                "decision": unit.decision.id,
                "is_finding": unit.is_finding,
                "altered": list(unit.altered),
                "follows": list(unit.follows),
                "changes": [
                    {
                        "kind": one.kind,
                        "advice": [change_dict(change) for change in one.changes],
                        **cases(one.cases),
                    }
                    for one in unit.changes
                ],
            }
            for unit in found.units
        ],
        "rules": [
            {"rule": rule.id, "of": rule.unit, "gains": cases(rule.gains), "loses": cases(rule.loses)}
            for rule in found.rules
        ],
    }


def _content_dict(content: Content) -> dict[str, Any]:
    return {
        "kind": content.kind,
        "id": content.id,
        "label": content.label,
        "decision": content.decision or None,
        "only": content.only,
        "words": content.is_words,
        "altered": [altered._asdict() for altered in content.altered],
    }


def change_dict(change: Change) -> dict[str, Any]:
    """A change of advice as JSON values."""
    return {"old": _advice_dict(change.old), "new": _advice_dict(change.new)}


def _advice_dict(advice: Advice) -> dict[str, Any]:
    return {
        "status": advice.status,
        "outcome": advice.outcome,
        "options": [option._asdict() for option in sorted(advice.options)],
        "modality": advice.modality,
        "rules": list(advice.rules),
        "remarks": list(advice.remarks),
    }

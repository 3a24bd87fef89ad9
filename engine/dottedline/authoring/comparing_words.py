"""What differs between two rulebooks, as a report for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..language import N_, _, counted, list_of
from ..present.report import Entry, Report, Section
from ..present.tags import ADVICE, DESCRIBED, PLACEMENT, STATE, STATUS
from ..rulebook import Modality, RulebookData
from ..words import capital, join_sentences, quoted, sentence
from .advice import Advice, Change, Difference
from .case_words import CaseWords
from .comparing import Comparison, RuleChange, ToldCases, UnitChanges
from .contents import OTHERS, WORDS, Altered, Content
from .joint import SIDES, Side

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


class Words:
    """Puts words to a comparison.

    Args:
        found: the comparison.
        names: what the two books are called by who compares them.
    """

    def __init__(self, found: Comparison, names: Mapping[Side, str]) -> None:
        self.found = found
        self.books = found.books
        self.names = names
        self.cases = CaseWords(found, names)

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
        if found.units and (same := found.compared - len(found.units)):
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
        """Which rulebook one of them is, as JSON values."""
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
            details = [*self.cases.details(one.cases), *self.why(unit, one.changes)]
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

    # -- by rule ------------------------------------------------------------------------------

    def _rules(self) -> Iterator[Section]:
        entries = []
        for rule in self.found.rules:
            details = [
                *((_("Now speaks"), self.cases.where(case)) for case in rule.gains.cases),
                *((_("No longer speaks"), self.cases.where(case)) for case in rule.loses.cases),
            ]
            if left_out := rule.gains.left_out + rule.loses.left_out:
                details += list(self.cases.details(ToldCases((), left_out)))
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


def _altered(altered: Altered) -> str:
    if altered.in_part:
        told = (_("no longer {old}"), altered.old), (_("now also {new}"), altered.new)
        return _("; ").join(words.format(old=part, new=part) for words, part in told if part)
    if not altered.old or not altered.new:
        return (_("now {new}") if altered.new else _("was {old}")).format(new=altered.new, old=altered.old)
    return _("was {old}; now {new}").format(old=altered.old, new=altered.new)


def _firm(label: str, modality: Modality | None) -> str:
    return _("{text} [{tags}]").format(text=label, tags=_(ADVICE[modality])) if modality else label

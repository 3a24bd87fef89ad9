"""Reads a vocabulary from the YAML files of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from .codes import MALFORMED, TWICE, UNDEFINED
from .condition_reader import ANY_TEXT, GROUPS, TYPE_NAMES, ConditionReader, Subject
from .conditions import tests
from .frozen import FrozenDict
from .language import N_, _, list_of
from .problems import Span, did_you_mean, listing
from .reading import Reading, Record, lacks, part_of
from .values import Entries, Scalar, Value, shorten
from .vocabulary import AnsweredBy, Choice, Constraint, Fact, Field, Section, Vocabulary
from .vocabulary_shapes import (
    ANSWERED_BY,
    CHOICE,
    CONSTRAINT,
    FACT,
    FIELD,
    HEAD,
    LEVELS,
    SECTION,
    TYPES,
    VOCABULARY_FILE,
)

_RESERVED = ("unknown", "null")


def read_vocabulary(books: Iterable[Iterable[Value]], reading: Reading) -> Vocabulary:
    """The vocabulary that the documents of some books hold together, each of which extends the one before it.

    What is wrong goes to the reading's problems.
    """
    return _VocabularyReader(reading).read(books)


def subjects_of(facts: Mapping[str, Fact]) -> dict[str, Subject]:
    """What conditions can say of each fact."""
    return {
        fact.id: Subject(fact.type, tuple(fact.values), is_decision=fact.derived) for fact in facts.values()
    }


def families_of(facts: Mapping[str, Fact]) -> dict[str, list[str]]:
    """The facts of each family, in order."""
    families: dict[str, list[str]] = {}
    for fact in facts.values():
        if fact.family:
            families.setdefault(fact.family, []).append(fact.id)
    return families


class _VocabularyReader:
    def __init__(self, reading: Reading) -> None:
        self.problems = reading.problems
        self.reading = reading
        self.lists: dict[str, FrozenDict[str, Choice]] = {}
        self.sections: dict[str, Section] = {}
        self.facts: dict[str, Fact] = {}
        #: The place of each list, section, fact and constraint, by what is said of one that is there twice.
        self.places: dict[str, dict[str, Span | None]] = {}

    def read(self, books: Iterable[Iterable[Value]]) -> Vocabulary:
        reading = self.reading
        files: list[Record] = []
        subject = ""
        for documents in books:
            own = [reading.shaped(document, VOCABULARY_FILE) for document in documents]
            head = self._head(own)
            subject = reading.text(head, "subject") or subject
            reading.allow(head, "book")
            files += own
            before = dict(self.lists)
            for file in own:
                for key, entries in reading.named(file.get("lists"), "`lists`"):
                    self._list(key, entries, before.get(key.text))
        for file in files:
            for item in reading.items(file.get("sections"), "`sections`"):
                self._section(item)
        answered: list[tuple[str, Value]] = []
        for file in files:
            for key, value in reading.named(file.get("facts"), "`facts`"):
                answered += self._fact(key, value)
        for id, value in answered:
            self._answered_by(id, value)
        facts = self._in_order_of_sections()
        return Vocabulary(
            id=reading.name(head, "id"),
            title=reading.text(head, "title"),
            sections=FrozenDict(self.sections),
            facts=FrozenDict(facts),
            constraints=tuple(self._constraints(files, facts)),
            lists=FrozenDict(self.lists),
            subject=subject,
        )

    def _list(self, key: Scalar, entries: Value, base: Mapping[str, Choice] | None) -> None:
        """Adds a list, or adds to that of the book that this one extends."""
        what = _("the list `{id}`").format(id=key.text)
        choices = self._choices(entries, what)
        if base is None:
            self._once(key.text, N_("`{id}` names two lists"), key.span)
            self.lists.setdefault(key.text, choices)
            return
        for name, _item in self.reading.named(entries, what):
            if name.text in base:
                told = _("`{name}` is there already, in the book that this one extends")
                self.problems.add(told.format(name=shorten(name.text)), name.span, code=TWICE)
        self.lists[key.text] = FrozenDict({**self.lists[key.text], **choices})

    def _head(self, files: list[Record]) -> Record:
        heads = [value for file in files if (value := file.get("vocabulary")) is not None]
        if not heads:
            self.problems.add(_("no file of the vocabulary has `vocabulary`"), help=_("with its id and title"))
        for extra in heads[1:]:
            self.problems.add(_("`{name}` is given twice").format(name="vocabulary"), extra.span, code=TWICE)
        return self.reading.shaped(heads[0] if heads else None, HEAD)

    def _once(self, id: str, twice: str, span: Span | None) -> None:
        self.reading.once(id, self.places.setdefault(twice, {}), twice, span)

    def _constraints(self, files: list[Record], facts: Mapping[str, Fact]) -> list[Constraint]:
        reading = self.reading
        conditions = ConditionReader(subjects_of(facts), self.problems, families_of(facts))
        constraints: list[Constraint] = []
        for file in files:
            for item in reading.items(file.get("constraints"), "`constraints`"):
                record = reading.shaped(item, CONSTRAINT)
                level = reading.one_of(record, "level", LEVELS, "error")
                constraint = Constraint(
                    id=reading.name(record, "id"),
                    level="error" if level == "error" else "warning",
                    when=conditions.read(record.get("when"), record.part("when")),
                    says=reading.text(record, "says"),
                )
                self._once(constraint.id, N_("`{id}` names two constraints"), record.span)
                reading.allow(record, "constraint", constraint.id)
                derived = next((t.fact for t in tests(constraint.when) if facts[t.fact].derived), None)
                if constraint.level == "error" and derived is not None:
                    # What it is derived to be would rest on the constraint, which rests on it.
                    told = _("an error cannot rest on `{fact}`, which is derived").format(fact=derived)
                    help = _("name the facts that it is derived from, or make it a warning")
                    when = record.get("when")
                    self.problems.add(told, when.span if when is not None else record.span, help)
                constraints.append(constraint)
        return constraints

    def _in_order_of_sections(self) -> dict[str, Fact]:
        order = {id: position for position, id in enumerate(self.sections)}
        facts = sorted(self.facts.values(), key=lambda fact: order.get(fact.section, len(order)))
        return {fact.id: fact for fact in facts}

    def _section(self, value: Value) -> None:
        record = self.reading.shaped(value, SECTION)
        section = Section(
            self.reading.name(record, "id"),
            self.reading.text(record, "title"),
            self.reading.text(record, "intro"),
            self.reading.flag(record, "optional"),
        )
        self._once(section.id, N_("`{id}` names two sections"), record.span)
        self.sections[section.id] = section

    def _choices(self, value: Value | None, what: str) -> FrozenDict[str, Choice]:
        choices: dict[str, Choice] = {}
        for key, item in self.reading.named(value, what):
            self.reading.value(key, _RESERVED, N_("a value cannot be named `{name}`"))
            if isinstance(item, Entries):
                record = self.reading.shaped(item, CHOICE, part_of(what, key.text))
                choices[key.text] = Choice(
                    key.text,
                    self.reading.text(record, "label"),
                    self.reading.text(record, "hint"),
                    self.reading.synonyms(record),
                    self.reading.flag(record, "only_if_stated"),
                )
            else:
                record = Record({"label": item}, item.span, part_of(what, key.text))
                choices[key.text] = Choice(key.text, self.reading.text(record, "label"))
        return FrozenDict(choices)

    def _fact(self, key: Scalar, value: Value) -> list[tuple[str, Value]]:
        """Adds a fact, or a family of them; returns `answered_by` entries to read later."""
        reading = self.reading
        what = _("the fact `{id}`").format(id=shorten(key.text))
        record = reading.shaped(value, FACT, what, key.span)
        reading.word(key)
        reading.allow(record, "fact", key.text)
        if key.text in GROUPS:
            told = _("a fact cannot be named `{name}`: conditions are joined by it").format(name=key.text)
            self.problems.add(told, key.span)
        type = reading.one_of(record, "type", TYPES, "note")
        if record.get("type") is not None:
            self._fits(record, type)
        section = reading.plain(record, "section")
        if section and section not in self.sections:
            span = record.entries["section"].span
            self.problems.add(
                _("there is no section `{name}`").format(name=shorten(section)),
                span,
                did_you_mean(section, self.sections),
                code=UNDEFINED,
            )
        values = self._values_of(record) if type in ("choice", "set") else FrozenDict()
        fields = {
            name.text: self._field(name, item) for name, item in reading.named(record.get("fields"), "`fields`")
        }
        family, members = self._members(key, record)
        for item, item_label in members:
            id = f"{key.text}.{item}" if family else key.text
            self._once(id, N_("`{id}` names two facts"), key.span)

            def text(name: str, label: str = item_label) -> str:
                return reading.text(record, name).replace("{item}", label)

            self.facts[id] = Fact(
                id=id,
                type=type,  # type: ignore[arg-type]
                section=section,
                label=text("label"),
                question=text("question"),
                why=text("why"),
                values=values,
                unit=reading.text(record, "unit"),
                minimum=reading.number(record, "min"),
                maximum=reading.number(record, "max"),
                integer=reading.flag(record, "integer"),
                fields=FrozenDict(fields),
                lever=reading.flag(record, "lever"),
                derived=reading.flag(record, "derived"),
                family=key.text if family else None,
                item=item if family else None,
                guidance=reading.guidance(record),
                span=key.span,
            )
        answered = record.get("answered_by")
        return [(key.text, answered)] if answered is not None else []

    def _fits(self, record: Record, type: str) -> None:
        """Reports what does not go with a fact's type."""
        for key, types in FACT.only_for.items():
            if type not in types and (value := record.get(key)) is not None:
                wanted = list_of([_(TYPE_NAMES[name]) for name in types], "or")
                self.problems.add(
                    _("{what} has `{key}`, but is not {wanted}").format(
                        what=record.what, key=key, wanted=wanted
                    ),
                    value.span,
                )
        if type == "records" and record.get("fields") is None:
            self.problems.add(lacks(record.what, "fields"), record.span)
        low, high = self.reading.number(record, "min"), self.reading.number(record, "max")
        if low is not None and high is not None and low > high:
            told = _("{what} has a `min` above its `max`").format(what=record.what)
            self.problems.add(told, record.entries["min"].span)

    def _members(self, key: Scalar, record: Record) -> tuple[bool, list[tuple[str, str]]]:
        value = record.get("for_each")
        if value is None:
            return False, [("", "")]
        name = self.reading.choice(value, self.lists, record.part("for_each"), UNDEFINED)
        return True, [(choice.id, choice.label) for choice in self.lists.get(name or "", {}).values()]

    def _values_of(self, record: Record) -> Mapping[str, Choice]:
        value = record.get("values")
        if value is None or (isinstance(value, Entries) and not value.entries) or _nothing(value):
            self.problems.add(lacks(record.what, "values"), record.span)
            return FrozenDict()
        if isinstance(value, Scalar):
            if self.lists.get(value.text):
                return self.lists[value.text]
            told, code = _("there is no list `{name}`"), UNDEFINED
            help = _("the lists are {names}").format(names=listing(self.lists)) if self.lists else None
            if value.text in self.lists:
                told, code, help = _("the list `{name}` has no values"), MALFORMED, None
            else:
                help = did_you_mean(value.text, self.lists, help)
            self.problems.add(told.format(name=shorten(value.text)), value.span, help, code=code)
            return FrozenDict()
        return self._choices(value, record.part("values"))

    def _field(self, key: Scalar, value: Value) -> Field:
        what = _("the field `{id}`").format(id=shorten(key.text))
        record = self.reading.shaped(value, FIELD, what)
        type = self.reading.one_of(record, "type", ["choice", "note"], "note")
        values = self._values_of(record) if type == "choice" else None
        return Field(key.text, self.reading.text(record, "label"), values)

    def _answered_by(self, id: str, value: Value) -> None:
        reading = self.reading
        what = part_of(_("the fact `{id}`").format(id=id), "answered_by")
        if id not in self.facts or self.facts[id].type != "yes_no":
            # A wrong type is reported with the fact; a family has no fact of its name.
            if id not in self.facts:
                told = _("{what}: a family cannot be answered by records").format(what=what)
                self.problems.add(told, value.span)
            return
        entries = reading.named(value, what)
        if len(entries) != 1:
            told = _("{what} names one list of records, not none").format(what=what)
            if entries:
                told = _("{what} names one list of records, not {number}").format(
                    what=what, number=len(entries)
                )
            self.problems.add(told, value.span)
            return
        key, quantified = entries[0]
        records = self.facts.get(key.text)
        if records is None or records.type != "records":
            known = [fact.id for fact in self.facts.values() if fact.type == "records"]
            self.problems.add(
                _("{what} wants a fact that is a list of records").format(what=what),
                key.span,
                did_you_mean(key.text, known),
            )
            return
        record = reading.shaped(quantified, ANSWERED_BY, what)
        if len(record.entries) != 1:
            told = _("{what} has either `some` or `every`").format(what=what)
            self.problems.add(told, quantified.span)
        quantifier: Literal["some", "every"] = "every" if record.get("every") is not None else "some"
        subjects = {
            field.id: Subject("choice", tuple(field.values)) if field.values else ANY_TEXT
            for field in records.fields.values()
        }
        condition = ConditionReader(subjects, self.problems, {}).read(record.get(quantifier), what)
        answered_by = AnsweredBy(key.text, quantifier, condition)
        self.facts[id] = self.facts[id]._replace(answered_by=answered_by)


def _nothing(value: Value) -> bool:
    """Whether a key has nothing behind it."""
    return isinstance(value, Scalar) and not value.text

"""A company's facts, checked against the vocabulary before anything else sees them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from .conditions import Condition, FactValue, Test, holds, truth
from .fact_reader import FactReader, Records
from .frozen import FrozenDict
from .language import _, list_of
from .problems import Problems, ProfileError, Span, did_you_mean
from .source import first_given, parse, read_text, unseen
from .values import Entries, Scalar, Value, describe, from_python, shorten
from .vocabulary import Fact, Vocabulary
from .words import uncapital


@dataclass(frozen=True)
class Profile:
    """What is known about one company. Facts that are not here are unknown."""

    #: Known facts that conditions can test, by id.
    facts: Mapping[str, FactValue]
    #: Known lists of records and notes, by id.
    records: Mapping[str, Records | str] = field(default_factory=dict)
    #: Facts that a list of records answered, with the id of the list.
    answered: Mapping[str, str] = field(default_factory=dict)
    #: What is doubtful about it, as sentences.
    notes: tuple[str, ...] = ()
    #: Facts of which the profile itself says `unknown`: an interview does not ask for them again.
    unknown: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        # Whoever made it may keep what it was made of, and change that.
        for name in ("facts", "records", "answered"):
            if type(mapping := getattr(self, name)) is not FrozenDict:
                object.__setattr__(self, name, FrozenDict(mapping))


#: What a profile may say beside its facts: the id of the rulebook that it is for.
RULEBOOK = "rulebook"


def read_profile(
    source: str | os.PathLike[str] | IO[bytes],
    vocabulary: Vocabulary,
    rulebook: str = "",
    extended: Collection[str] = (),
) -> Profile:
    """The profile in a YAML or JSON file, an open binary file, or standard input for `-`.

    Args:
        source: where it is.
        vocabulary: what can be known.
        rulebook: the id of the rulebook; a profile may name it, and no other.
        extended: the ids of the rulebooks that it extends, which a profile may name too.

    Raises:
        ProfileError: with every problem found, each with its place.
    """
    problems = Problems(ProfileError)
    text = read_text(source, problems)
    value = parse(text, problems, "profile") if text else None
    if value is None:
        raise problems.as_error()
    return check_profile(value, vocabulary, problems, rulebook, extended)


def profile_from(
    facts: Mapping[str, object],
    vocabulary: Vocabulary,
    rulebook: str = "",
    extended: Collection[str] = (),
) -> Profile:
    """The profile given as Python objects: booleans, texts, numbers, lists or sets, mappings.

    Args:
        facts: what is known.
        vocabulary: what can be known.
        rulebook: as for `read_profile`.
        extended: as for `read_profile`.

    Raises:
        ProfileError: with every problem found.
    """
    problems = Problems(ProfileError)
    try:
        value = from_python(facts)
    except TypeError as error:
        problems.add(_("a profile cannot hold {what}").format(what=error))
        raise problems.as_error() from None
    except RecursionError:
        problems.add(_("the profile is nested too deeply"))
        raise problems.as_error() from None
    return check_profile(value, vocabulary, problems, rulebook, extended)


def check_profile(
    value: Value,
    vocabulary: Vocabulary,
    problems: Problems,
    rulebook: str = "",
    extended: Collection[str] = (),
) -> Profile:
    """`value` as a profile; raises ProfileError with `problems` and what is found here."""
    checker = _Checker(vocabulary, problems, rulebook, extended)
    profile = checker.check(value)
    problems.raise_if_any()
    return profile


class _Checker:
    def __init__(
        self, vocabulary: Vocabulary, problems: Problems, rulebook: str, extended: Collection[str]
    ) -> None:
        self.vocabulary = vocabulary
        self.problems = problems
        self.reader = FactReader(problems)
        self.rulebook = rulebook
        self.extended = extended
        #: Where each fact's value stands.
        self.places: dict[str, Span | None] = {}

    def check(self, value: Value) -> Profile:
        if not isinstance(value, Entries):
            self.problems.add(
                _("a profile must be a mapping from facts to values, not {found}").format(
                    found=describe(value)
                ),
                value.span,
                _mapping_help(value),
            )
            return Profile(FrozenDict())
        facts: dict[str, FactValue] = {}
        records: dict[str, Records | str] = {}
        unknown: set[str] = set()
        for fact, item in self._given(value):
            if isinstance(item, Scalar) and item.is_unknown:
                if item.text.lower() == "unknown":
                    unknown.add(fact.id)
                continue
            self.places[fact.id] = item.span
            known = self.reader.read(fact, item)
            if known is None:
                continue
            if isinstance(known, tuple) or fact.type == "note":
                records[fact.id] = known  # type: ignore[assignment]
            else:
                facts[fact.id] = known
        answered, notes = self._answer_from_records(facts, records)
        notes += self._constraints(facts)
        return Profile(
            FrozenDict(facts), FrozenDict(records), FrozenDict(answered), tuple(notes), frozenset(unknown)
        )

    def _given(self, profile: Entries) -> Iterator[tuple[Fact, Value]]:
        """Each fact with its value: a family may be nested or written with dots, not both."""
        known, families = self.vocabulary.facts, self.vocabulary.families
        seen: dict[str, Span | None] = {}

        def given(fact: Fact, key: Scalar, item: Value) -> Iterator[tuple[Fact, Value]]:
            if fact.id in seen:
                told = _("`{name}` is given twice").format(name=fact.id)
                self.problems.add(told, key.span, first_given(seen[fact.id]))
                return
            seen[fact.id] = key.span
            yield fact, item

        for key, item in profile:
            name = key.text
            if name in known:
                yield from given(known[name], key, item)
            elif name == RULEBOOK and self.rulebook:
                self._is_for(item)
            elif name in families and isinstance(item, Entries):
                for inner, inner_item in item:
                    id = f"{name}.{inner.text}"
                    if id in known:
                        yield from given(known[id], inner, inner_item)
                    else:
                        members = [fact.item for fact in known.values() if fact.family == name and fact.item]
                        self._unknown_fact(inner, members, family=name)
            elif name in families:
                if isinstance(item, Scalar) and item.is_unknown:
                    continue
                self.problems.add(
                    _("`{family}` holds several facts, not {found}").format(family=name, found=describe(item)),
                    item.span,
                    _("write `{family}: {{<one of them>: <value>}}`").format(family=name),
                )
            elif (family := name.partition(".")[0]) in families and "." in name:
                self._unknown_fact(key, [id for id, fact in known.items() if fact.family == family])
            else:
                self._unknown_fact(key, [*known, *families])

    def _is_for(self, value: Value) -> None:
        """Refuses a profile that is for another rulebook."""
        if isinstance(value, Scalar) and (
            value.is_unknown or value.text == self.rulebook or value.text in self.extended
        ):
            return
        told = _("this profile is for {found}, not for the rulebook `{rulebook}`")
        found = describe(Scalar(value.text) if isinstance(value, Scalar) else value)
        help = _("`--rules` names the rulebook to consult; a profile may also do without `rulebook`")
        self.problems.add(told.format(found=found, rulebook=self.rulebook), value.span, help)

    def _unknown_fact(self, key: Scalar, names: list[str], family: str | None = None) -> None:
        # `design: brand` lacks the name of a family before it.
        members = [f"`{fact.id}`" for fact in self.vocabulary.facts.values() if fact.item == key.text]
        help = unseen(key.text)
        if help is None and members and family is None:
            help = _("did you mean {names}?").format(names=list_of(members, "or"))
        elif help is None:
            help = did_you_mean(key.text, names, _("`dottedline facts` lists them all"))
        name = shorten(key.text)
        told = _("there is no fact `{name}`").format(name=name)
        if family is not None:
            told = _("there is no fact `{name}` in `{family}`").format(name=name, family=family)
        self.problems.add(told, key.span, help)

    # -- across facts -------------------------------------------------------------

    def _answer_from_records(
        self, facts: dict[str, FactValue], records: Mapping[str, Records | str]
    ) -> tuple[dict[str, str], list[str]]:
        answered: dict[str, str] = {}
        notes: list[str] = []
        for fact in self.vocabulary.facts.values():
            by = fact.answered_by
            if by is None or not isinstance(listed := records.get(by.records), tuple):
                continue
            verdicts = [truth(by.condition, record.get) for record in listed]
            answer: bool | None
            if by.quantifier == "some":
                # A list of some records does not say that there are no others: only none at all does.
                answer = True if True in verdicts else None if listed else False
            else:
                answer = False if False in verdicts else None if None in verdicts or not verdicts else True
            if answer is None:
                continue
            if fact.id not in facts:
                facts[fact.id] = answer
                answered[fact.id] = by.records
            elif facts[fact.id] != answer:
                notes.append(
                    _(
                        "`{fact}` is given as {given}, but `{records}` says {answer}; "
                        "what is given outright counts"
                    ).format(
                        fact=fact.id,
                        given=fact.label_of(facts[fact.id]),
                        records=by.records,
                        answer=fact.label_of(answer),
                    )
                )
        return answered, notes

    def _constraints(self, facts: Mapping[str, FactValue]) -> list[str]:
        notes = []
        for constraint, needed in self.vocabulary.constraints_with_needs:
            if not needed <= facts.keys() or not holds(constraint.when, facts.get):
                continue
            involved = dict.fromkeys(test.fact for test in _true_tests(constraint.when, facts))
            given = list_of([self.vocabulary.facts[id].stated(facts[id]) for id in involved])
            says = constraint.says.rstrip(".。")
            if constraint.level == "warning":
                notes.append(_("{says} ({facts})").format(says=says, facts=given))
                continue
            places = [span for id in involved if (span := self.places.get(id)) is not None]
            self.problems.add(
                _("the facts contradict each other: {says}").format(says=uncapital(says)),
                places[0] if places else None,
                given,
                also=places[1:],
            )
        return notes


def _true_tests(condition: Condition, facts: Mapping[str, FactValue]) -> Iterator[Test]:
    """The tests that make a condition true."""
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        if truth(part, facts.get) is True:
            yield from _true_tests(part, facts)


def _mapping_help(value: Value) -> str:
    """How to write a mapping, to somebody who has written something else."""
    text = value.text if isinstance(value, Scalar) else ""
    if ":" in text:
        return unseen(text) or _("write a space after each colon")
    return _("write `<fact>: <value>`, one on a line; `dottedline facts` lists the facts")

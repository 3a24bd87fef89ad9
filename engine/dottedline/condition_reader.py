"""Reads conditions (`when`, `unless`, ...) from YAML into `conditions`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .codes import UNDEFINED
from .conditions import AllOf, AnyOf, Bounds, Condition, FactValue, Test
from .language import N_, _
from .problems import Problems, did_you_mean, listing
from .values import Entries, Items, Scalar, Value, describe, shorten

#: Results of a decision that are no outcome; values of the decision where a condition uses it.
SPECIAL_RESULTS = ("open", "silent", "not_applicable")

#: What joins conditions; no fact and no decision can have such a name.
GROUPS = ("all", "any")

BOUNDS = ("at_least", "at_most", "above", "below")
_OPERATORS = ("not", *BOUNDS, "includes", "excludes")


class Subject(NamedTuple):
    """What a condition can speak of: a fact, a decision, or a field of a record."""

    type: str
    values: tuple[str, ...] = ()
    is_decision: bool = False

    @property
    def words(self) -> list[str]:
        known = ["true", "false"] if self.type == "yes_no" else list(self.values)
        return known + list(SPECIAL_RESULTS if self.is_decision else ())


#: A text field of a record: it can be compared with any word.
ANY_TEXT = Subject("text")


@dataclass(slots=True)
class ConditionReader:
    """Reads conditions over a scope of subjects by name."""

    subjects: Mapping[str, Subject]
    problems: Problems
    families: Mapping[str, Collection[str]]

    def read(self, value: Value | None, what: str) -> Condition:
        """A condition; a missing one always holds. Problems give a condition that never does."""
        if value is None:
            return AllOf()
        if not isinstance(value, Entries):
            self.problems.add(
                _("{what} must be a mapping from facts to values, not {found}").format(
                    what=what, found=describe(value)
                ),
                value.span,
                _("write `{{<fact>: <value>}}`").format(),
            )
            return AnyOf()
        parts: list[Condition] = []
        for key, item in value:
            if key.text in GROUPS:
                parts.append(self._group(key, item, what))
            elif key.text.endswith(".*"):
                parts.append(self._family(key, item))
            else:
                parts.append(self._test(key, key.text, item))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _group(self, key: Scalar, value: Value, what: str) -> Condition:
        if not isinstance(value, Items) or not value.items:
            found = _("an empty one") if isinstance(value, Items) else describe(value)
            self.problems.add(
                _("`{key}` holds a list of conditions, not {found}").format(key=key.text, found=found),
                value.span,
            )
            return AnyOf()
        parts = tuple(self.read(item, what) for item in value.items)
        return AllOf(parts) if key.text == "all" else AnyOf(parts)

    def _family(self, key: Scalar, value: Value) -> Condition:
        family = key.text.removesuffix(".*")
        if family not in self.families:
            known = listing(self.families)
            families = (
                _("the families are {names}").format(names=known) if known else _("the families are none")
            )
            self.problems.add(
                _("there is no family of facts `{family}`").format(family=shorten(family)),
                key.span,
                did_you_mean(family, self.families, families),
                code=UNDEFINED,
            )
            return AnyOf()
        members = list(self.families[family])
        # Its facts are alike: it is read once, so that problems are told once, with the name as written.
        condition = self._of_subject(key, key.text, self.subjects[members[0]], value)
        return AnyOf(tuple(_about(fact, condition) for fact in members))

    def _test(self, key: Scalar, name: str, value: Value) -> Condition:
        subject = self.subjects.get(name)
        if subject is None:
            known = [*self.subjects, *(f"{family}.*" for family in self.families)]
            self.problems.add(
                _("there is no fact or decision `{name}`").format(name=shorten(name)),
                key.span,
                did_you_mean(name, known),
                code=UNDEFINED,
            )
            return AnyOf()
        return self._of_subject(key, name, subject, value)

    def _of_subject(self, key: Scalar, name: str, subject: Subject, value: Value) -> Condition:
        if subject.type in ("note", "records"):
            self.problems.add(
                _("`{name}` is {type}: no condition can test it").format(
                    name=name, type=_(TYPE_NAMES[subject.type])
                ),
                key.span,
            )
            return AnyOf()
        if isinstance(value, Entries):
            return self._operators(name, subject, value)
        if subject.type == "set":
            self.problems.add(
                _("`{name}` is a set: it cannot equal {value}").format(name=name, value=describe(value)),
                value.span,
                _("test it with `{{includes: ...}}` or `{{excludes: ...}}`").format(),
            )
            return AnyOf()
        return Test(name, "is", self._values(name, subject, value))

    def _operators(self, name: str, subject: Subject, value: Entries) -> Condition:
        parts: list[Condition] = []
        bounds: dict[str, float] = {}
        for key, item in value:
            operator = key.text
            if operator == "not" and subject.type != "set":
                parts.append(Test(name, "is_not", self._values(name, subject, item)))
            elif operator in ("includes", "excludes") and subject.type == "set":
                values = self._values(name, subject, item)
                parts.append(Test(name, "includes" if operator == "includes" else "excludes", values))
            elif operator in BOUNDS and subject.type == "number":
                number = item.as_number() if isinstance(item, Scalar) else None
                if number is None:
                    self.problems.add(
                        _("`{test}` wants a number, not {found}").format(test=operator, found=describe(item)),
                        item.span,
                    )
                else:
                    bounds[operator] = number
            else:
                fitting = [
                    known
                    for known in _OPERATORS
                    if (known in BOUNDS) <= (subject.type == "number")
                    and (known in ("includes", "excludes")) == (subject.type == "set")
                    and not (known == "not" and subject.type == "set")
                ]
                self.problems.add(
                    _("`{test}` is no test of `{name}`, which is {type}").format(
                        test=shorten(operator), name=name, type=_(TYPE_NAMES[subject.type])
                    ),
                    key.span,
                    did_you_mean(
                        operator, fitting, _("it can be tested with {names}").format(names=listing(fitting))
                    ),
                )
        if bounds:
            parts.append(Test(name, "within", bounds=Bounds(**bounds)))
        if not value.entries:
            self.problems.add(_("the test of `{name}` is empty").format(name=name), value.span)
            return AnyOf()
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _values(self, name: str, subject: Subject, value: Value) -> frozenset[FactValue]:
        words = value.items if isinstance(value, Items) else (value,)
        found: set[FactValue] = set()
        if not words:
            self.problems.add(_("no value is named for `{name}`").format(name=name), value.span)
        for word in words:
            known = self._value(name, subject, word)
            if known is not None:
                found.add(known)
        return frozenset(found)

    def _value(self, name: str, subject: Subject, word: Value) -> FactValue | None:
        if isinstance(word, Scalar):
            if subject.is_decision and word.text in SPECIAL_RESULTS:
                return word.text
            if subject.type == "yes_no" and word.as_bool() is not None:
                return word.as_bool()
            if subject.type == "number" and word.as_number() is not None:
                return word.as_number()
            if word.text in subject.values or subject.type == "text":
                return word.text
            if word.is_unknown:
                self.problems.add(
                    _("no condition can ask whether `{name}` is unknown").format(name=name),
                    word.span,
                    _("a rule holds on what is known; use `unless` for a presumption"),
                )
                return None
        text = word.text if isinstance(word, Scalar) else ""
        wanted = _("it is one of {names}").format(names=listing(subject.words, 20))
        if subject.type == "number":
            wanted = _("it is a number")
        self.problems.add(
            _("`{name}` cannot be {found}").format(name=name, found=describe(word)),
            word.span,
            did_you_mean(text, subject.words, wanted),
            code=UNDEFINED if isinstance(word, Scalar) else "",
        )
        return None


#: What facts and fields can be, to be translated.
TYPE_NAMES = {
    "yes_no": N_("yes or no"),
    "choice": N_("a choice"),
    "set": N_("a set"),
    "number": N_("a number"),
    "records": N_("a list of records"),
    "note": N_("a free text"),
    "text": N_("a text"),
}


def _about(fact: str, condition: Condition) -> Condition:
    """A condition on a whole family as the same condition on one of its facts."""
    if isinstance(condition, Test):
        return Test(fact, condition.operator, condition.values, condition.bounds, condition.negated)
    parts = tuple(_about(fact, part) for part in condition.parts)
    return AllOf(parts) if isinstance(condition, AllOf) else AnyOf(parts)

"""The value that a profile gives for one fact: read by the fact's type, or refused with what would be right."""

from __future__ import annotations

from collections.abc import Mapping

from .conditions import FactValue
from .frozen import FrozenDict
from .language import N_, _
from .problems import Problems, did_you_mean, listing, nearest
from .values import Entries, Items, Scalar, Value, describe, shorten
from .vocabulary import Choice, Fact

#: A list of records: each maps a field to its text, or lacks it where it is unknown.
Records = tuple[Mapping[str, str], ...]

_WANTED = {"yes_no": N_("yes or no"), "number": N_("a number"), "note": N_("a text")}
_UNQUOTED = N_("write it without quotes")


class FactReader:
    """Reads values of facts.

    Args:
        problems: takes what is wrong with them.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def read(self, fact: Fact, value: Value) -> FactValue | Records | None:
        """The value of a fact, the text of a note, or a list of records; None where it cannot be that."""
        if fact.type == "set":
            return self._set(fact, value)
        if fact.type == "records":
            return self._records(fact, value)
        if fact.type == "choice":
            return self._choice(fact.id, fact.values, value)
        if not isinstance(value, Scalar):
            self._wrong(fact, value, _(_WANTED[fact.type]))
            return None
        unquoted = Scalar(value.text)
        if fact.type == "yes_no":
            if value.as_bool() is None:
                quoted = unquoted.as_bool() is not None
                self._wrong(fact, value, _("yes or no"), _(_UNQUOTED) if quoted else None)
            return value.as_bool()
        if fact.type == "number":
            number = value.as_number()
            if number is None:
                quoted = unquoted.as_number() is not None
                help = _(_UNQUOTED) if quoted else _("write it in digits, like `12` or `0.5`")
                self._wrong(fact, value, _("a number"), help)
                return None
            return self._number(fact, value, number)
        return value.text

    def _choice(self, what: str, choices: Mapping[str, Choice], value: Value) -> str | None:
        if isinstance(value, Scalar) and value.text in choices:
            return value.text
        found, help = describe(value), _("it is one of {names}").format(names=listing(choices, 20))
        if isinstance(value, Scalar):
            # Whether it is quoted makes no difference here.
            found, help = describe(Scalar(value.text)), _meant(value.text, choices) or help
        self.problems.add(_("`{name}` cannot be {found}").format(name=what, found=found), value.span, help)
        return None

    def _set(self, fact: Fact, value: Value) -> frozenset[str] | None:
        if not isinstance(value, Items):
            example = value.text if isinstance(value, Scalar) and value.text in fact.values else None
            help = _("of {names}").format(names=listing(fact.values, 20))
            if example:
                help = _("write `{example}`").format(example=f"[{example}]")
            self._wrong(fact, value, _("a list"), help)
            return None
        chosen: set[str] = set()
        for item in value.items:
            if isinstance(item, Scalar) and item.is_unknown:
                self.problems.add(
                    _("`{name}` cannot hold {found}").format(name=fact.id, found=describe(item)),
                    item.span,
                    _("where it is not known, write `{example}`").format(example=f"{fact.id}: unknown"),
                )
            elif (choice := self._choice(fact.id, fact.values, item)) is not None:
                chosen.add(choice)
        return frozenset(chosen)

    def _number(self, fact: Fact, value: Scalar, number: int | float) -> int | float | None:
        if fact.integer and number != int(number):
            self._wrong(fact, value, _("a whole number"))
            return None
        low, high = fact.minimum, fact.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            told = _("`{name}` cannot be {found}").format(name=fact.id, found=describe(value))
            self.problems.add(told, value.span, _("it is {bounds}").format(bounds=fact.bounds))
            return None
        return int(number) if fact.integer else number

    def _records(self, fact: Fact, value: Value) -> Records | None:
        if not isinstance(value, Items):
            help = _("each with {names}").format(names=listing(fact.fields))
            self._wrong(fact, value, _("a list of records"), help)
            return None
        records = []
        for item in value.items:
            if not isinstance(item, Entries):
                self.problems.add(
                    _("a record of `{name}` must be a mapping, not {found}").format(
                        name=fact.id, found=describe(item)
                    ),
                    item.span,
                    _("with {names}").format(names=listing(fact.fields)),
                )
                continue
            record: dict[str, str] = {}
            for key, entry in item:
                known = fact.fields.get(key.text)
                if known is None:
                    self.problems.add(
                        _("a record of `{name}` has no `{key}`").format(name=fact.id, key=shorten(key.text)),
                        key.span,
                        did_you_mean(
                            key.text, fact.fields, _("it has {names}").format(names=listing(fact.fields))
                        ),
                    )
                elif isinstance(entry, Scalar) and entry.is_unknown:
                    continue
                elif known.values is not None:
                    choice = self._choice(f"{fact.id}: {known.id}", known.values, entry)
                    if choice is not None:
                        record[known.id] = choice
                elif isinstance(entry, Scalar):
                    record[known.id] = entry.text
                else:
                    self._must_be(f"{fact.id}: {known.id}", entry, _("a text"))
            records.append(FrozenDict(record))
        return tuple(records)

    def _wrong(self, fact: Fact, value: Value, wanted: str, help: str | None = None) -> None:
        self._must_be(fact.id, value, wanted, help or fact.question)

    def _must_be(self, name: str, value: Value, wanted: str, help: str | None = None) -> None:
        self.problems.add(
            _("`{name}` must be {wanted}, not {found}").format(name=name, wanted=wanted, found=describe(value)),
            value.span,
            help,
        )


def _meant(text: str, choices: Mapping[str, Choice]) -> str | None:
    """Help that names the choice whose id, label or synonym is nearest to `text`."""
    words = {
        word: choice.id for choice in choices.values() for word in (choice.id, choice.label, *choice.synonyms)
    }
    close = nearest(text, words)
    return _("did you mean `{name}`?").format(name=words[close]) if close else None

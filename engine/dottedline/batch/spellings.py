"""How values are spelled in tables: ids, labels and synonyms in every language, and words for unknown."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..conditions import FactValue
from ..language import LANGUAGES, _, speaking
from ..lazy import lazy
from ..library import Rulebook
from ..problems import ProfileError, did_you_mean, listing
from ..profile import profile_from
from ..vocabulary import Fact, Vocabulary

#: What stands for unknown, whatever the case.
UNKNOWN = ("", "unknown", "null", "none given", "na", "n/a", "nan", "?", "-")

#: What stands between the elements of a set in a text.
_SEPARATORS = re.compile("[;,|\u3001]")


class Misspelled(ValueError):
    """A value that no fact could have; the message says what it could be."""


class Spellings:
    """What the values of a table mean, for every fact of a rulebook.

    Args:
        book: the rulebook.
        unknown: the spellings of unknown, whatever the case.
    """

    def __init__(self, book: Rulebook, unknown: Sequence[str] = UNKNOWN) -> None:
        self.vocabulary = book.vocabulary
        self._book = book
        self._unknown = frozenset(word.casefold() for word in unknown)
        #: For each fact, what its choices are called: in the rulebook's language, and in all.
        self._words: dict[tuple[str, bool], dict[str, str]] = {}
        self._yes = self._said("yes, y")
        # A mere `t` is true to some and tidak, which is no, to others: nobody is taken at it.
        self._no = self._said("no, n") - {"t"}
        self._none = self._said("none, nothing")

    def fact_named(self, name: str) -> str | None:
        """The fact that a column's heading means: its id, or its label in any language; None for none."""
        if name in self.vocabulary.facts:
            return name
        return self._names.get(_plain(name))

    @lazy
    def _vocabularies(self) -> list[Vocabulary]:
        """Labels count in every language: a table may come from anywhere."""
        return [self._book.in_language(language).vocabulary for language in LANGUAGES]

    @lazy
    def _names(self) -> dict[str, str]:
        """The facts by what they are called, where that is only one."""
        names: dict[str, str | None] = {}
        for vocabulary in self._vocabularies:
            for fact in vocabulary.facts.values():
                for word in (fact.label, fact.question):
                    if names.setdefault(_plain(word), fact.id) != fact.id:
                        names[_plain(word)] = None
        return {name: id for name, id in names.items() if id is not None}

    def value(self, fact: Fact, given: object) -> FactValue | tuple[Mapping[str, str], ...] | None:
        """What a value of a table means for a fact; None for unknown.

        Raises:
            Misspelled: where the fact cannot have it.
        """
        if given is None or (isinstance(given, str) and self._is_unknown(given)):
            return None
        if isinstance(given, float) and given != given:
            return None
        read: Callable[[Fact, object], object] = {
            "yes_no": self._yes_no,
            "choice": lambda fact, given: self.choice(fact, given),
            "set": self._set,
            "number": self._number,
            "records": _records,
        }.get(fact.type, lambda _fact, given: given)
        return self._checked(fact, read(fact, given))

    def choice(self, fact: Fact, given: object) -> str:
        """The choice that a text means: its id, label or synonym in any language.

        Raises:
            Misspelled: where it means none.
        """
        word = _plain(str(given))
        found = self._choices(fact, False).get(word) or self._choices(fact, True).get(word)
        if found is None:
            help = did_you_mean(str(given), fact.values) or _("it is one of {names}").format(
                names=listing(fact.values, 20)
            )
            raise Misspelled(help)
        return found

    def _choices(self, fact: Fact, every_language: bool) -> dict[str, str]:
        """A fact's choices by what they are called; the other languages are loaded when one of them is met."""
        words = self._words.get((fact.id, every_language))
        if words is None:
            words = self._words[fact.id, every_language] = {}
            for vocabulary in self._vocabularies if every_language else [self.vocabulary]:
                for choice in vocabulary.facts[fact.id].values.values():
                    for word in (choice.id, choice.label, *choice.synonyms):
                        words.setdefault(_plain(word), choice.id)
        return words

    def _is_unknown(self, text: str) -> bool:
        return text.strip().casefold() in self._unknown

    def _yes_no(self, fact: Fact, given: object) -> bool:
        if isinstance(given, bool):
            return given
        word = _plain(str(given))
        if word in self._yes or word in ("true", "1", "1.0"):
            return True
        if word in self._no or word in ("false", "0", "0.0"):
            return False
        raise Misspelled(_("it is yes or no"))

    def _set(self, fact: Fact, given: object) -> list[str]:
        if isinstance(given, str):
            if _plain(given) in self._none or given.strip() == "[]":
                return []
            given = [part for part in _SEPARATORS.split(given.strip().strip("[]")) if part.strip()]
        if not isinstance(given, Iterable):
            raise Misspelled(_("it is a list"))
        return [self.choice(fact, part) for part in given]

    def _number(self, fact: Fact, given: object) -> int | float:
        try:
            number = float(str(given).strip())
        except ValueError:
            raise Misspelled(_("it is a number")) from None
        return int(number) if number.is_integer() else number

    def _checked(self, fact: Fact, value: object) -> FactValue | tuple[Mapping[str, str], ...] | None:
        """The value as the profile of a company would hold it."""
        try:
            profile = profile_from({fact.id: value}, self.vocabulary)
        except ProfileError as error:
            problem = error.problems[0]
            raise Misspelled(problem.help or problem.message) from None
        found = profile.facts.get(fact.id)
        return found if found is not None else profile.records.get(fact.id)

    def _said(self, message: str) -> frozenset[str]:
        words: set[str] = set()
        for language in LANGUAGES:
            with speaking(language):
                words.update(
                    _plain(word) for word in _SEPARATORS.split(unicodedata.normalize("NFKC", _(message)))
                )
        return frozenset(words)


def _plain(text: str) -> str:
    """A text without what makes no difference: case, width, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _records(_fact: Fact, given: object) -> object:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise Misspelled(_("it is a list of records, written as JSON")) from None
    if not isinstance(given, list):
        raise Misspelled(_("it is a list of records, written as JSON"))
    return [
        {key: entry for key, entry in record.items() if entry is not None}
        if isinstance(record, dict)
        else record
        for record in given
    ]

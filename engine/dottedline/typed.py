"""What a typed answer means: a number or name of a choice, yes or no, a number, a list of choices.

English words count in every language; beside them those of the language spoken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

from .language import _, list_of
from .problems import nearest
from .vocabulary import Choice, Fact
from .words import capital, join_sentences

_DONT_KNOW = {"", "-", "d", "dk", "don't know", "dont know", "unknown", "skip"}
_YES = {"y", "yes", "true", "1"}
_NO = {"n", "no", "false", "2"}
_NONE = {"none", "nothing", "0"}

#: What stands between the choices of a list, as people type it.
_SEPARATORS = re.compile("[,;\u3001]")


class Misunderstood(ValueError):
    """A typed answer that fits the question in no way; the message says what would."""


def choices_of(fact: Fact) -> list[tuple[str, str]]:
    """The numbered answers to a fact: label and hint."""
    if fact.type == "yes_no":
        return [(_("yes"), ""), (_("no"), "")]
    return [(capital(choice.label), choice.hint) for choice in fact.values.values()]


def understood(fact: Fact, text: str) -> object:
    """What a typed answer to a fact means; None for unknown.

    Raises:
        Misunderstood: where it fits none.
    """
    word = _plain(text)
    if word.lower() in _DONT_KNOW | _words(_("unknown, don't know")):
        return None
    if fact.type == "yes_no":
        answer = yes_or_no(word)
        if answer is None:
            raise Misunderstood(_("Answer yes or no, or press Enter if you do not know."))
        return answer
    if fact.type == "choice":
        return _choice(fact.values, word)
    if fact.type == "set":
        if word.lower() in _NONE | _words(_("none, nothing")):
            return frozenset[str]()
        parts = [part.strip() for part in _SEPARATORS.split(word) if part.strip()]
        return frozenset(_choice(fact.values, part) for part in parts)
    if fact.type == "number":
        return _number(fact, word)
    return " ".join(text.split())


def yes_or_no(text: str) -> bool | None:
    """What a typed yes or no means; None where it is neither."""
    word = _plain(text).lower()
    if word in _YES | _words(_("yes, y")):
        return True
    return False if word in _NO | _words(_("no, n")) else None


def _plain(text: str) -> str:
    """A text without what only its keyboard gave it: full-width forms, more than one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _words(listed: str) -> set[str]:
    return {word.strip().lower() for word in _SEPARATORS.split(_plain(listed))}


def _choice(choices: Mapping[str, Choice], word: str) -> str:
    """The choice that a word means: its number, id, label, synonym, or the start of one of these."""
    ids = list(choices)
    if word in (numbers := [str(number) for number in range(1, len(ids) + 1)]):
        return ids[numbers.index(word)]
    names: dict[str, str] = {}
    for choice in choices.values():
        for name in (choice.id, choice.label, *choice.synonyms):
            names.setdefault(_plain(name).lower(), choice.id)
    wanted = word.lower()
    if wanted in names:
        return names[wanted]
    starting = {id for name, id in names.items() if name.startswith(wanted)}
    if len(starting) == 1:
        return starting.pop()
    if starting:
        several = list_of([capital(choice.label) for id, choice in choices.items() if id in starting], "or")
        raise Misunderstood(_("That could be {choices}.").format(choices=several))
    told = _("Answer with a number from 1 to {n}, or a name.").format(n=len(ids))
    if close := nearest(word, names):
        told = join_sentences(told, _("Did you mean {choice}?").format(choice=choices[names[close]].label))
    raise Misunderstood(told)


def _number(fact: Fact, word: str) -> int | float:
    try:
        number = int(word) if fact.integer else float(word)
    except ValueError:
        raise Misunderstood(_wanted_number(fact)) from None
    too_low = fact.minimum is not None and number < fact.minimum
    too_high = fact.maximum is not None and number > fact.maximum
    if too_low or too_high or not math.isfinite(number):
        raise Misunderstood(_wanted_number(fact))
    return number


def _wanted_number(fact: Fact) -> str:
    kind = _("whole number") if fact.integer else _("number")
    if not fact.bounds:
        return _("Answer with a {kind}.").format(kind=kind)
    return _("Answer with a {kind}, {bounds}.").format(kind=kind, bounds=fact.bounds)

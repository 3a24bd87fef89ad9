"""What if: the same company with some facts otherwise, and what moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .answer import Answer, json_value, profile_to_dict
from .difference import Difference, difference
from .frozen import FrozenDict
from .language import _
from .library import Rulebook
from .problems import InputError, Problems, did_you_mean
from .profile import Profile
from .showing import html_of
from .typed import Misunderstood, understood
from .vocabulary import Fact, Vocabulary


class WhatIf(NamedTuple):
    """An answer beside that for a company with some facts otherwise."""

    #: The facts supposed, None for unknown.
    supposed: Mapping[str, object]
    before: Answer
    after: Answer
    difference: Difference

    def to_dict(self) -> dict[str, Any]:
        return {
            "rulebook": self.after.rulebook.to_dict(),
            "supposed": {id: json_value(value) for id, value in self.supposed.items()},
            **self.difference.to_dict(),
            "notes": list(self.after.notes),
        }

    def _repr_html_(self) -> str:
        return html_of(self)


def what_if(book: Rulebook, facts: Mapping[str, object] | Profile, supposed: Mapping[str, object]) -> WhatIf:
    """What moves where some facts are otherwise.

    Args:
        book: the rulebook.
        facts: as for `Rulebook.consult`.
        supposed: facts with other values, None for unknown, by their full ids (`current.bdr`).

    Raises:
        ProfileError: where the facts do not fit the vocabulary, alone or together with those supposed.
    """
    before = book.consult(facts)
    after = supposing(book, before, supposed)
    known: Mapping[str, object] = {**after.profile.records, **after.profile.facts}
    told = {id: None if value is None else known.get(id) for id, value in supposed.items()}
    return WhatIf(FrozenDict(told), before, after, difference(before, after))


def supposing(book: Rulebook, answer: Answer, supposed: Mapping[str, object]) -> Answer:
    """The answer for the same company with some facts otherwise.

    Args:
        book: the rulebook that gave the answer.
        answer: the answer for the company as it is.
        supposed: as for `what_if`.

    Raises:
        ProfileError: where the facts supposed do not fit the vocabulary, or the others.
    """
    known = profile_to_dict(answer.profile, book.vocabulary)
    return book.consult({**known, **{id: json_value(value) for id, value in supposed.items()}})


def read_suppositions(texts: Iterable[str], vocabulary: Vocabulary) -> dict[str, object]:
    """Facts from texts such as `FACT=yes`, with values as people type them.

    Raises:
        InputError: with everything that is wrong with them.
    """
    problems = Problems(InputError)
    supposed: dict[str, object] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign:
            problems.add(
                _("`{text}` supposes nothing").format(text=text),
                help=_("write FACT=VALUE, as in {example}").format(example=_example(vocabulary)),
            )
        elif name in supposed:
            problems.add(_("`{fact}` is given twice").format(fact=name))
        elif (fact := _fact(name, vocabulary, problems)) is not None:
            try:
                supposed[name] = understood(fact, value)
            except Misunderstood as error:
                told = _("`{fact}` cannot be `{value}`").format(fact=name, value=value.strip())
                yes_no = _("it is yes, no or unknown")
                problems.add(told, help=yes_no if fact.type == "yes_no" else str(error))
    problems.raise_if_any()
    return supposed


def _example(vocabulary: Vocabulary) -> str:
    """A supposition that can be made: that the first fact of yes or no is so."""
    known = [fact.id for fact in vocabulary.facts.values() if fact.type == "yes_no"]
    return f"{known[0]}=yes" if known else f"{next(iter(vocabulary.facts), 'FACT')}=unknown"


def _fact(name: str, vocabulary: Vocabulary, problems: Problems) -> Fact | None:
    fact = vocabulary.facts.get(name)
    if fact is None:
        hint = did_you_mean(name, vocabulary.facts, _("`dottedline facts` lists them all"))
        problems.add(_("there is no fact `{name}`").format(name=name), help=hint)
    elif fact.type == "records":
        problems.add(
            _("`{fact}` is a list of records, and cannot be supposed here").format(fact=name),
            help=_("write it into the profile"),
        )
        return None
    return fact

"""What the files of rulebooks and vocabularies are made of: which keys there are, and what each holds.

Declared once for each kind of mapping. Readers take from here which keys they
know, `dottedline schema` what editors offer and check, `rules fmt` the order
in which to write them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from .codes import ALLOWABLE
from .language import N_, _


class Plain(Enum):
    """What a key can hold that has no parts of its own."""

    #: A text that people read.
    TEXT = "text"
    #: A word that the program reads.
    WORD = "word"
    #: The same where it may also be yes or no.
    VALUE = "value"
    #: An identifier.
    NAME = "name"
    YES_NO = "yes_no"
    NUMBER = "number"
    #: What a table or a profile may hold for a fact.
    GIVEN = "given"
    #: Facts with their values, as a profile has them.
    FACTS = "facts"
    #: One word, or a list of them.
    WORDS = "words"
    #: One number of a guidance item, or a list of them.
    GUIDANCE = "guidance"
    CONDITION = "condition"


class OneOf(NamedTuple):
    """One of a few words."""

    words: tuple[str, ...]


class ListOf(NamedTuple):
    """A list."""

    of: Kind


class MapOf(NamedTuple):
    """A mapping from free names."""

    of: Kind
    may_be_empty: bool = True


class Either(NamedTuple):
    """One of several kinds."""

    kinds: tuple[Kind, ...]


class Key(NamedTuple):
    """One key of a mapping."""

    holds: Kind
    #: What it says, for the editor of the file; empty where the name tells it all.
    says: str = ""
    required: bool = False
    #: Whether its entries are set apart by blank lines where they take several lines.
    apart: bool = False


def must(holds: Kind, says: str = "") -> Key:
    """A key that has to be there."""
    return Key(holds, says, required=True)


def may(holds: Kind, says: str = "") -> Key:
    """A key that can be left out."""
    return Key(holds, says)


@dataclass(frozen=True)
class Shape:
    """A mapping with known keys, in the order in which they are best written."""

    #: How messages call it, to be translated: "a rule"; `{key}` stands for `of`.
    what: str
    keys: Mapping[str, Key]
    #: How they call one that has an id: "the rule `{id}`".
    named: str = ""
    of: str = ""
    #: Keys of which there is exactly one.
    one_of: tuple[str, ...] = ()
    #: Keys that are needed unless another is there.
    needed_without: Mapping[str, str] = field(default_factory=dict)
    #: The key whose word says which others there are.
    by: str = "type"
    #: Keys that go with some of its words only.
    only_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Keys that some of its words need.
    needed_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name for it, of letters, digits and `_`: `rule`."""
        words = re.findall(r"\w+", self.what.format(key=self.of))
        return "_".join(words[words[0] in ("a", "an", "the") :])

    @property
    def required(self) -> list[str]:
        return [name for name, key in self.keys.items() if key.required]

    @property
    def optional(self) -> list[str]:
        return [name for name, key in self.keys.items() if not key.required]

    @property
    def called(self) -> str:
        """What it is, in the language spoken."""
        return _(self.what).format(key=self.of)


Kind = Plain | OneOf | ListOf | MapOf | Either | Shape


def of_several(kind: Kind | None, is_list: bool, names: Set[str]) -> Kind | None:
    """What a list or a mapping with these keys is, of the several kinds that it could be."""
    if not isinstance(kind, Either):
        return kind
    for each in kind.kinds:
        fits = isinstance(each, ListOf) if is_list else isinstance(each, MapOf)
        if fits or (isinstance(each, Shape) and not is_list and names <= each.keys.keys()):
            return each
        if isinstance(each, Either) and (inner := of_several(each, is_list, names)) is not None:
            return inner
    return None


def inside(kind: Kind | None, name: str | None) -> Key:
    """What is under a key of a kind, or an item of it where there is no name."""
    if isinstance(kind, Shape) and name is not None:
        return kind.keys.get(name, _ANYTHING)
    return Key(kind.of) if isinstance(kind, (MapOf, ListOf)) else _ANYTHING


_ANYTHING = Key(Plain.GIVEN)

#: One thing that the checks find, and that may be so all the same.
ALLOWED = Shape(
    N_("an entry of `{key}`"),
    {
        "code": must(OneOf(ALLOWABLE), "The code of the check."),
        "because": must(Plain.TEXT, "Why it is meant so."),
    },
    of="allow",
)

ALLOW = may(ListOf(ALLOWED), "What the checks find here, and is meant so.")

"""Random companies, the same for the same seed: every fact is known with a chance that varies by company."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import dottedline
from dottedline.profile import profile_from
from dottedline.vocabulary import Fact


def companies(rulebook: dottedline.Rulebook, count: int, seed: int = 1) -> list[dict[str, object]]:
    """So many companies that break no constraint."""
    return list(islice(stream(rulebook, seed), count))


def stream(rulebook: dottedline.Rulebook, seed: int) -> Iterator[dict[str, object]]:
    """Companies without end."""
    chance = random.Random(seed)
    facts = [fact for fact in rulebook.vocabulary.facts.values() if fact.type not in ("records", "note")]
    while True:
        known = chance.random()
        company = {fact.id: value_of(chance, fact) for fact in facts if chance.random() < known}
        try:
            profile_from(company, rulebook.vocabulary)
        except dottedline.ProfileError:
            continue
        yield company


def value_of(chance: random.Random, fact: Fact) -> object:
    """A random value of a fact."""
    if fact.type == "yes_no":
        return chance.random() < 0.5
    if fact.type == "choice":
        return chance.choice(list(fact.values))
    if fact.type == "set":
        return [id for id in fact.values if chance.random() < 0.2]
    return chance.randrange(0, 60)

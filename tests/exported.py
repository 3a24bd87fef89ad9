"""What the tests of exports share: the profiles that they try, and what `consult` says of each, in the exports' form."""
import json
import random
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

import all_books
import dottedline
import strategies
from dottedline.exports.tables import tables_of
from dottedline.exports.tabular import tables_json, tables_to_dict
from test_properties import as_profile, written

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))
from companies import companies  # noqa: E402

ADVICE = ("status", "outcome", "modality", "rules_are_alternatives", "inferred", "given")

#: One that extends the shipped one is as large, and slow.
BOOKS = [pytest.param(name, marks=pytest.mark.slow if all_books.PLACES[name][1] else ()) for name in all_books.NAMES]
load = all_books.engine

#: What `tried` takes to try every row.
EVERY_ROW = {"count": 0, "most": 10**9}


@cache
def exported(name):
    """Its tables as plain JSON."""
    return json.loads(json.dumps(tables_to_dict(tables_of(load(name)))))


def consulted(book, profile):
    """What `consult` says, in the form of the exports; None where it refuses the profile."""
    try:
        answer = book.consult(profile)
    except dottedline.ProfileError:
        return None
    shown = {found.id: found for found in answer.findings}
    every = [id for decision in book.data.decisions.values() for id in decision.findings]
    return {
        "decisions": {id: advice(said) for id, said in answer.decisions.items()},
        "derived": {id: advice(said) for id, said in answer.derived.items()},
        "findings": {id: found_of(shown[id]) if id in shown else None for id in every},
    }


def advice(said):
    return {
        **{part: getattr(said, part) for part in ADVICE},
        "options": [{"outcome": o.outcome, "modality": o.modality, "rule": o.rule} for o in said.options],
        "rules": list(said.rules), "overridden": list(said.overridden), "remarks": [r.rule for r in said.remarks],
    }


def found_of(said):
    return {"state": said.state, "modality": said.modality, "rule": said.rule, "inferred": said.inferred}


# --- a reading of the plain tables, independent of the engine -------------------------

def fits(asked, value):
    """Whether a value (None is unknown) meets what a row asks of its fact."""
    if value is None:
        return asked.get("unknown", False)
    if "known" in asked:
        return asked["known"]
    if "is" in asked:
        return any(value == one and type(value) is type(one) for one in asked["is"])
    if "is_not" in asked:
        return value not in asked["is_not"]
    if "within" in asked:
        return any(value >= way.get("at_least", value) and value <= way.get("at_most", value)
                   and ("above" not in way or value > way["above"]) and ("below" not in way or value < way["below"])
                   for way in asked["within"])
    return any(all(set(value) & set(group) for group in way["includes"]) and not set(value) & set(way["excludes"])
               for way in asked.get("holds", ()))


def results(table, profile):
    """What every row of a table that fits a profile gives."""
    return [table["results"][row["result"]] for row in table["rows"]
            if all(fits(asked, profile.get(fact)) for fact, asked in row["when"].items())]


def contradictions(tables, profile):
    return [id for id, table in tables["contradictions"].items() if results(table, profile) == [True]]


# --- profiles --------------------------------------------------------------------------

def values(fact, asked, chance):
    """A value of a fact, or None, that meets what a row asks of it."""
    if fact["type"] == "yes_no":
        able = [True, False]
    elif fact["type"] == "choice":
        able = list(fact["values"])
    elif fact["type"] == "set":
        able = [sorted(id for id in fact["values"] if chance.random() < share) for share in (0, .2, .5, .8, 1) * 20]
    else:
        ends = [fact[end] for end in ("minimum", "maximum") if end in fact] or [5]
        limits = [limit for way in asked.get("within", ()) for limit in (*way.values(), sum(way.values()) / len(way))]
        limits += ends
        steps = (0, 1, -1) if fact.get("integer") else (0, 1, -1, 0.5, -0.5, 0.01, -0.01)
        able = [n for limit in limits for n in (limit + step for step in steps)
                if fact.get("minimum", n) <= n <= fact.get("maximum", n)]
    able = [value for value in able if fits(asked, value)]
    return chance.choice(able + [None] * (len(able) // 2 or 1) if asked.get("unknown") else able)


def of_rows(tables, most=60, seed=1):
    """A profile for every row of every table, of so many of large ones: what the row asks for, and no more."""
    chance = random.Random(seed)
    for kind in ("decisions", "derived", "findings", "contradictions"):
        for table in tables[kind].values():
            for row in table["rows"][::-(-len(table["rows"]) // most)]:
                profile = {id: values(tables["facts"][id], asked, chance) for id, asked in row["when"].items()}
                yield {id: value for id, value in profile.items() if value is not None}


def at_random(book, tables, count, seed=2):
    """Random companies, with the facts that tables ask for; every tenth with one more fact, so that some contradict."""
    chance = random.Random(seed)
    for n, company in enumerate(companies(book, count, seed)):
        profile = {id: value for id, value in company.items() if id in tables["facts"]}
        if n % 10 == 0:
            id = chance.choice(list(tables["facts"]))
            profile[id] = values(tables["facts"][id], {"known": True}, chance)
        yield profile


@cache
def tried(name, count=150, most=60):
    """Profiles of a rulebook, with what `consult` says of each."""
    book, tables = load(name), exported(name)
    profiles = [*of_rows(tables, most), *at_random(book, tables, count), {}]
    return [(profile, consulted(book, profile)) for profile in profiles]


@contextmanager
def random_book(data):
    """A random rulebook, its tables, and profiles with what `consult` says of each, where tables say as much."""
    with written(data.draw(strategies.books(sound=True))) as (paths, read):
        book = dottedline.load(paths["path"], facts=paths["facts"])
        tables = json.loads(tables_json(tables_of(book)))
        drawn = [as_profile(data.draw(strategies.profiles(read))) for _ in range(5)]
        known = [{id: value for id, value in profile.items() if id in tables["facts"] and value != "unknown"}
                 for profile in drawn]
        cases = [(profile, consulted(book, profile)) for profile in [*of_rows(tables), *known]]
        yield book, tables, [(profile, said) for profile, said in cases if said or contradictions(tables, profile)]


def nested(profile):
    """A profile with its families as objects of their own."""
    told = {}
    for id, value in profile.items():
        family, dot, item = id.partition(".")
        if dot:
            told.setdefault(family, {})[item] = value
        else:
            told[id] = value
    return told


def impossible(tables):
    """For every fact that can have one, a profile with a value that it cannot have, beside another fact."""
    for id, fact in tables["facts"].items():
        wrong = {"choice": ["nonsense"], "set": [["nonsense"], [*fact.get("values", {}), "nonsense"]],
                 "number": [fact[end] + step for end, step in (("minimum", -1), ("maximum", 1)) if end in fact]}
        for value in wrong.get(fact["type"], ()):
            yield id, {id: value}

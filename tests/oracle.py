"""A second, plain evaluator of docs/rule-language.md, to hold the engine against.

It shares no code with the engine, not even the reading of YAML, and prefers the obvious to the fast: every
completion and every change is tried. Where that takes too long it says so (None) instead of guessing.
Facts are a flat dict of what is known; in it a set is a frozenset, a yes/no True or False.
"""
import itertools
import math
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import yaml

RANK = {"must": 4, "should": 3, "default": 2, "may": 1}  # every other word: 0; no modality at all: -1

# `kind` is outcome, open, silent or not_applicable; the first three fields are what is compared.
# `overridden` is None in an answer that is not the one on what is known.
Result = namedtuple("Result", "kind outcome options rules modality overridden")
Answer = namedtuple("Answer", "status outcome options rules alternatives modality overridden")


class Conflict(Exception):
    """Standing rules of one decision differ in result: a defect of the rulebook."""


class TooMany(Exception):
    """More completions than brute force should try."""


def rank(modality):
    return RANK.get(modality, 0) if modality else -1


# ---- reading -----------------------------------------------------------------------------------------------

def load(rules_dir, facts_dir, limit=1000):
    """The rulebook and its vocabulary; `limit` is the number of completions that a decision may have.

    Lists of folders are those of books that extend each other, the first extended by the second."""
    rules, vocabulary = (put_together([read(folder) for folder in (dirs if isinstance(dirs, list) else [dirs])])
                         for dirs in (rules_dir, facts_dir))
    lists = vocabulary.get("lists", {})
    facts, families = {}, {}
    for name, spec in vocabulary["facts"].items():
        spec = {**spec, "values": values_of(lists, spec), "fields": {
            field: {**how, "values": values_of(lists, how)} for field, how in spec.get("fields", {}).items()}}
        families[name] = [f"{name}.{item}" for item in lists[spec["for_each"]]] if "for_each" in spec else [name]
        facts.update(dict.fromkeys(families[name], spec))
    book = SimpleNamespace(facts=facts, families=families, limit=limit, memo={}, decisions={}, findings={})
    book.constraints = [c["when"] for c in vocabulary.get("constraints", []) if c["level"] == "error"]
    for decision in rules["decisions"]:
        if decision["hit_policy"] == "single":
            book.decisions[decision["id"]] = decision
        else:  # all rules with the same finding id are weighed together, like a decision of their own
            for rule in decision["rules"]:
                book.findings.setdefault(rule["finding"], {"rules": []})["rules"].append(rule)
    definitions = book.decisions | book.findings
    assert len(definitions) == len(book.decisions) + len(book.findings), "an id stands for one thing"
    book.names = {name: {used for used, _ in tests(book, conditions_of(it))} for name, it in definitions.items()}
    everything = list(book.constraints) + [c for it in definitions.values() for c in conditions_of(it)]
    book.tests = {}
    for name, want in tests(book, everything):
        book.tests.setdefault(name, []).append(want)
    constrained = {name for name, _ in tests(book, book.constraints)}
    book.plays = {name: closure(book, name) | constrained for name in definitions}
    return book


def values_of(lists, spec):
    values = spec.get("values", {})
    return lists[values] if isinstance(values, str) else values


def read(folder):
    """All files of a folder as one: lists and mappings of the same key are joined."""
    joined = {}
    for path in sorted(Path(folder).glob("*.yaml")):
        for key, part in yaml.load(path.read_text("utf-8"), yaml.BaseLoader).items():
            if isinstance(part, list):
                joined[key] = joined.get(key, []) + part
            else:
                joined[key] = {**joined.get(key, {}), **part}
    return joined


def put_together(books):
    """Books of which each extends the one before, as one: what has an id is added to, replaced or dropped by it."""
    whole, *others = books
    for book in others:
        for kind, names in book.pop("drops", {}).items():
            if kind != "rules":
                whole[kind] = [entry for entry in whole[kind] if entry["id"] not in names]
            for decision in whole.get("decisions", []) if kind == "rules" else []:
                for part in decision.keys() & {"rules", "alternatives"}:
                    decision[part] = [renamed(rule, names, []) for rule in decision[part] if rule["id"] not in names]
        for key, part in book.items():
            for name, entry in ({e["id"]: e for e in part} if key == "decisions" else {}).items():
                theirs = next((decision for decision in whole[key] if decision["id"] == name), None)
                if theirs is None:
                    whole[key].append(entry)
                else:
                    theirs.update({k: added(theirs.get(k), v) for k, v in entry.items()})
            if key == "lists":
                for name, values in part.items():
                    whole.setdefault(key, {})[name] = {**whole[key].get(name, {}), **values}
            elif key != "decisions":
                whole[key] = whole[key] + part if key in whole and isinstance(part, list) else (
                    {**whole.get(key, {}), **part} if isinstance(part, dict) else part)
    return whole


def added(theirs, ours):
    """A part of a decision with what the other book has of it; a rule may stand in another's place."""
    if isinstance(theirs, dict):
        return {**theirs, **ours}
    if not isinstance(theirs, list):
        return ours
    for rule in ours:
        old = rule.get("replaces")
        theirs = [rule if entry["id"] == old else renamed(entry, [old], [rule["id"]]) for entry in theirs] if old else (
            [*theirs, rule])
    return theirs


def renamed(rule, names, by):
    """A rule that overrides others by their new names, or not at all."""
    overrides = rule.get("overrides", [])
    return {**rule, "overrides": [n for n in overrides if n not in names] + (by if set(overrides) & set(names) else [])}


def conditions_of(definition):
    for part in definition["rules"] + definition.get("alternatives", []):
        yield part.get("when", {})
        yield part.get("unless", {})
    yield definition.get("not_applicable", {})


def tests(book, conditions):
    """Every (fact or decision, what is wanted of it) that the conditions name, families member by member."""
    for condition in conditions:
        for key, want in condition.items():
            if key in ("all", "any"):
                yield from tests(book, want)
            else:
                yield from ((name, want) for name in members(book, key))


def members(book, key):
    return book.families[key[:-2]] if key.endswith(".*") else [key]


def closure(book, name):
    """Everything that can play a part in a decision, however far down."""
    return book.names[name].union(*(closure(book, used) for used in book.names[name] if used in book.decisions))


# ---- conditions: True, False, or None where it rests on something unknown ----------------------------------

def holds(book, condition, look):
    """`look` gives the value of a fact or the result of a decision, None where it is unknown."""
    return every(entry(book, key, want, look) for key, want in condition.items())


def entry(book, key, want, look):
    if key in ("all", "any"):
        return (every if key == "all" else some)(holds(book, part, look) for part in want)
    return some(meets(book, name, look(name), want) for name in members(book, key))


def every(truths):
    truths = list(truths)
    return False if False in truths else None if None in truths else True


def some(truths):
    truths = list(truths)
    return True if True in truths else None if None in truths else False


def meets(book, name, have, want):
    return None if have is None else compare(book.facts.get(name, {}).get("type"), have, want)


def compare(kind, have, want):
    if not isinstance(want, dict):
        return have in words(kind, want)
    bounds = {
        "not": lambda what: have not in words(kind, what),
        "at_least": lambda what: have >= float(what),
        "at_most": lambda what: have <= float(what),
        "above": lambda what: have > float(what),
        "below": lambda what: have < float(what),
        "includes": lambda what: any(word in have for word in words(kind, what)),
        "excludes": lambda what: not any(word in have for word in words(kind, what)),
    }
    return all(bounds[how](what) for how, what in want.items())


def words(kind, want):
    """One value or a list of values as YAML has them, converted by the type of the fact."""
    return [convert(kind, word) for word in (want if isinstance(want, list) else [want])]


def convert(kind, word):
    if kind == "yes_no":
        return word.lower() in ("true", "yes", "on")
    return float(word) if kind == "number" else word


# ---- what a decision gives on what is known ----------------------------------------------------------------

def remembered(function):
    """Brute force asks the same again and again: remember by the facts that can play a part."""
    def once(book, name, facts):
        known = {fact: value for fact, value in facts.items() if fact in book.plays[name]}
        key = function.__name__, name, frozenset(known.items())
        if key not in book.memo:
            book.memo[key] = function(book, name, known)
        return book.memo[key]
    return once


def value(book, name, facts):
    """A fact as given, or else what a decision passes on; None where it is unknown."""
    if name in facts or name not in book.decisions:
        return facts.get(name)
    there = answer(book, name, facts)
    if there.status in ("settled", "provisional"):
        return there.outcome
    return None if there.status == "undetermined" else there.status


def firing(book, rules, look):
    """The rules that hold, and the ids of those that give way."""
    held = [rule for rule in rules if holds(book, rule.get("when", {}), look) is True
            and not ("unless" in rule and holds(book, rule["unless"], look) is True)]
    return held, {loser for rule in held for loser in rule.get("overrides", [])}


@remembered
def result(book, name, facts):
    decision, kind = book.decisions[name], book.facts.get(name, {}).get("type")

    def look(used):
        return value(book, used, facts)

    if "not_applicable" in decision and holds(book, decision["not_applicable"], look) is True:
        return Result("not_applicable", None, frozenset(), frozenset(), None, frozenset())
    held, beaten = firing(book, decision["rules"], look)
    standing = [rule for rule in held if rule["id"] not in beaten and "remark" not in rule]
    given = {conclusion(kind, rule) for rule in standing}
    if len(given) > 1:
        raise Conflict(name, [rule["id"] for rule in standing], facts)
    what, options = given.pop() if given else ("silent", frozenset())
    also = {convert(kind, a["outcome"]) for a in decision.get("alternatives", [])
            if holds(book, a.get("when", {}), look) is True}
    return Result(
        kind=what,
        outcome=next(iter(options)) if what == "outcome" else None,
        options=options | also,
        rules=frozenset(rule["id"] for rule in standing),
        modality=max((rule["modality"] for rule in standing), key=rank, default=None),
        overridden=frozenset(rule["id"] for rule in held if rule["id"] in beaten),
    )


def conclusion(kind, rule):
    if "outcome" in rule:
        return "outcome", frozenset([convert(kind, rule["outcome"])])
    if "open" in rule:
        return "open", frozenset(convert(kind, option["outcome"]) for option in rule["open"])
    return "silent", frozenset()


# ---- completions and status --------------------------------------------------------------------------------

def needs(book, name, facts):
    """The base facts of the whole requirements, and the derived facts there that are not given."""
    base, derived, todo = set(), set(), set(book.names[name])
    while todo:
        used = todo.pop()
        if used in facts or used not in book.decisions:
            base.add(used)
        else:
            todo |= book.names[used]
            derived |= {used} & book.facts.keys()
    return base, derived


def fillings(book, name, stated=False):
    """The values that may be supposed for a fact (`stated`: that a profile may say); of those that no
    condition of the book tells apart, one is enough."""
    spec, wanted = book.facts[name], book.tests.get(name, [])
    choices = [v for v, label in spec["values"].items() if stated or not only_if_stated(label)]
    if spec["type"] == "yes_no":
        values = [True, False]
    elif spec["type"] == "choice":
        values = choices
    elif spec["type"] == "set":
        named = {v for want in wanted for part in want.values() for v in words("set", part)} & set(choices)
        values = [frozenset(s) for n in range(len(named) + 1) for s in itertools.combinations(sorted(named), n)]
    else:
        values = numbers(spec, wanted)
    return list({looks(book, name, v): v for v in values}.values())


def only_if_stated(label):
    return isinstance(label, dict) and convert("yes_no", label.get("only_if_stated", "false"))


def numbers(spec, wanted):
    """The thresholds, and a number below, between and above them, as far as the fact allows it."""
    cuts = sorted({n for want in wanted for part in (want.values() if isinstance(want, dict) else [want])
                   for n in words("number", part)})
    low, high = float(spec.get("min", "-inf")), float(spec.get("max", "inf"))
    if convert("yes_no", spec.get("integer", "false")):
        near = [n + by for cut in cuts for n in (math.floor(cut), math.ceil(cut)) for by in (-1, 0, 1)]
    else:
        near = cuts + [cut + by for cut in cuts for by in (-1, 1)] + [(a + b) / 2 for a, b in zip(cuts, cuts[1:])]
    return [n for n in [low, high, *near, 0] if low <= n <= high and math.isfinite(n)]


def allowed(book, facts):
    return not any(holds(book, constraint, facts.get) is True for constraint in book.constraints)


def completions(book, name, facts):
    unknown = sorted(needs(book, name, facts)[0] - facts.keys())
    choices = [fillings(book, fact) for fact in unknown]
    if math.prod(map(len, choices)) > book.limit:
        raise TooMany(name)
    filled = [{**facts, **dict(zip(unknown, values))} for values in itertools.product(*choices)]
    return [full for full in filled if allowed(book, full)]


@remembered
def answer(book, name, facts):
    known, filled = result(book, name, facts), completions(book, name, facts)
    # Where the constraints leave no completion, what is known is all there is.
    results = [result(book, name, full) for full in filled] or [known]
    if known.kind != "not_applicable" and len({r[:3] for r in results}) == 1:  # the answer of the completions
        of_each, of_any = frozenset.intersection(*(r.rules for r in results)), frozenset().union(*(r.rules for r in results))
        return Answer(
            status="settled" if results[0].kind == "outcome" else results[0].kind,
            outcome=results[0].outcome,
            options=results[0].options,
            rules=of_each or of_any,
            alternatives=len(of_any) > 1 and not of_each,
            modality=min((r.modality for r in results), key=rank),
            overridden=known.overridden if filled in ([], [facts]) else None,
        )
    if known.kind in ("not_applicable", "open"):
        status = known.kind
    elif {r.kind for r in results} == {"silent"}:
        status = "silent"
    else:
        status = "provisional" if known.kind == "outcome" else "undetermined"
    return Answer(status, known.outcome, known.options, known.rules, False, known.modality, known.overridden)


# ---- what matters and what would change --------------------------------------------------------------------

def matters(book, name, facts, seen):
    """The facts in which alone two completions differ that differ in what `seen(facts)` gives."""
    base, derived = needs(book, name, facts)
    full = completions(book, name, facts)
    pools = dict.fromkeys(base - facts.keys(), full)
    for fact in derived:  # left to its sources, or given outright, all else being the same
        if len({result(book, fact, one)[:3] for one in completions(book, fact, facts)}) > 1:
            given = [{**one, fact: v} for one in full for v in fillings(book, fact)]
            pools[fact] = full + [one for one in given if allowed(book, one)]
    found = set()
    for fact, pool in pools.items():
        results = {}
        for one in pool:
            rest = frozenset((f, v) for f, v in one.items() if f != fact)
            results.setdefault(rest, set()).add(seen(one))
        if any(len(different) > 1 for different in results.values()):
            found.add(fact)
    return found


def would_change(book, name, facts, largest=3, budget=200000):
    """The smallest changes to each other result; None where trying them all is too much."""
    here = answer(book, name, facts)
    choices = {fact: [v for v in fillings(book, fact) if v != value(book, fact, facts)]
               for fact in sorted(tied(book, set.union(*needs(book, name, facts))))}
    sets = [s for size in range(1, largest + 1) for s in itertools.combinations(choices, size)]
    if sum(math.prod(len(choices[f]) for f in s) for s in sets) * len(completions(book, name, facts)) > budget:
        return None
    found = {}  # the other result -> (size, [changes])
    for names in sets:
        for values in itertools.product(*(choices[fact] for fact in names)):
            change = frozenset(zip(names, values))
            changed = {**facts, **dict(change)}
            if allowed(book, changed):
                there = answer(book, name, changed)
                size, changes = found.setdefault(reached(there), (len(change), []))
                if size == len(change):
                    changes.append((change, there.status, there.outcome, there.options))
    return [c for other, (_, changes) in found.items() if other not in (None, reached(here)) for c in changes]


def tied(book, facts):
    """These facts and all that constraints tie to them: a change of those can allow, or rule out, one of these."""
    for constraint in book.constraints:
        named = {fact for fact, _ in tests(book, [constraint])}
        if named & facts and not named <= facts:
            return tied(book, facts | named)
    return facts


def reached(there):
    """An answer as a result that a change may reach; undetermined is none."""
    if there.status == "undetermined":
        return None
    return there.status.replace("provisional", "settled"), there.outcome, there.options


# ---- findings ----------------------------------------------------------------------------------------------

def finding(book, name, facts):
    """The rule, state and modality that a finding shows, or None."""
    def look(used):
        return value(book, used, facts)

    held, beaten = firing(book, book.findings[name]["rules"], look)
    for rule in held:
        if rule["id"] not in beaten:
            missing = "unless" in rule and holds(book, rule["unless"], look) is False
            return rule["id"], "missing" if missing else "to_check", rule["modality"]
    return None


# ---- all of it ---------------------------------------------------------------------------------------------

def known_facts(book, profile):
    """A flat profile as facts: without the unknown, and with what its lists of records answer."""
    known = {name: given for name, given in profile.items() if given is not None and given != "unknown"}
    facts = {name: frozenset(given) if book.facts[name]["type"] == "set" else given for name, given in known.items()
             if book.facts[name]["type"] not in ("records", "note")}
    for name, spec in book.facts.items():
        for records, question in spec.get("answered_by", {}).items():
            if name not in facts and records in known:
                (how, condition), = question.items()
                truths = [record_meets(book.facts[records]["fields"], r, condition) for r in known[records]]
                if how == "some":  # a list of some does not say that there are no others
                    truth = True if True in truths else None if truths else False
                else:
                    truth = every(truths or [None])
                if truth is not None:
                    facts[name] = truth
    return facts


def record_meets(fields, record, condition):
    return every(None if record.get(f) in (None, "unknown") else compare(fields[f]["type"], record[f], want)
                 for f, want in condition.items())


def consult(book, profile):
    """Decisions (None: too many completions), findings that show, and what matters to each finding."""
    facts = known_facts(book, profile)
    if len(book.memo) > 20000:
        book.memo.clear()
    out = {"decisions": {}, "findings": [], "finding_matters": {}}
    for name in book.decisions:
        if name in facts:
            continue  # a derived fact given outright is not computed
        try:
            there = answer(book, name, facts)
            out["decisions"][name] = {
                **there._asdict(),
                "rules": sorted(there.rules),
                "would_change": would_change(book, name, facts),
                "matters": matters(book, name, facts, lambda full: result(book, name, full)[:3]),
            }
        except TooMany:
            out["decisions"][name] = None
    for name in book.findings:
        try:
            shown = finding(book, name, facts)
            if shown:
                out["findings"].append((name, *shown))
        except TooMany:
            out["findings"].append((name, None, None, None))
        try:
            out["finding_matters"][name] = matters(book, name, facts, lambda full: finding(book, name, full))
        except TooMany:
            out["finding_matters"][name] = None
    return out


def first_conflict(book):
    """A profile, total or partial, on which standing rules differ; None where there is none."""
    for name in book.decisions:
        used = sorted(closure(book, name) & book.facts.keys())
        for values in itertools.product(*([None, *fillings(book, fact, stated=True)] for fact in used)):
            facts = {fact: v for fact, v in zip(used, values) if v is not None}
            try:
                if allowed(book, facts):
                    result(book, name, facts)
            except Conflict:
                return facts
    return None


def looks(book, fact, given):
    """What the conditions can see of a value: two values that look the same are one to the rulebook."""
    return tuple(compare(book.facts[fact]["type"], given, want) for want in book.tests.get(fact, []))

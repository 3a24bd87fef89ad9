"""What the checks claim of random rulebooks, held against the oracle: over every profile, one by one."""
import itertools
import math
import re
import tempfile
from collections import defaultdict

from hypothesis import assume, event, given, settings

import oracle
import strategies
from dottedline import codes
from dottedline.authoring.checking import check

#: More profiles than this are not gone through one by one.
MOST = 3000

few = settings(max_examples=max(5, settings().max_examples * 40 // 100))


def checked(book):
    """What the checks find in a generated book, and the book as the oracle reads it."""
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = book.write(folder)
        return check(rules, facts), oracle.load(rules, facts)


def without_marks(book):
    """The book with nothing inferred: what is left out with that is looked at apart."""
    decisions = [{**decision, **{key: [{k: v for k, v in part.items() if k != "inferred"} for part in decision[key]]
                                 for key in ("rules", "alternatives") if key in decision}}
                 for decision in book.rulebook["decisions"]]
    return strategies.Book(book.vocabulary, {**book.rulebook, "decisions": decisions})


# ---- every profile -----------------------------------------------------------------------------------------

def values(book, name):
    """Every value that a profile can give a fact; of numbers, one between any two thresholds."""
    spec = book.facts[name]
    if spec["type"] == "choice":
        return list(spec["values"])
    if spec["type"] == "set":
        return [frozenset(s) for n in range(len(spec["values"]) + 1)
                for s in itertools.combinations(sorted(spec["values"]), n)]
    return [True, False] if spec["type"] == "yes_no" else sorted({*oracle.numbers(spec, book.tests.get(name, []))})


def asked(book, name):
    """The facts that a decision's whole requirements name; of derived ones also what they derive from."""
    return sorted(fact for fact in oracle.closure(book, name) if fact in book.facts)


def profiles(book, name, complete=False):
    """Every profile over what a decision asks: what is unknown is left out."""
    facts = asked(book, name)
    pools = [values(book, fact) + ([] if complete and fact not in book.decisions else [None]) for fact in facts]
    assume(math.prod(map(len, pools)) <= MOST)
    for chosen in itertools.product(*pools):
        profile = {fact: value for fact, value in zip(facts, chosen) if value is not None}
        if oracle.allowed(book, profile):
            yield profile


def units(book):
    return [*book.decisions, *book.findings]


def look(book, facts):
    return lambda used: oracle.value(book, used, facts)


def fired(book, name, facts):
    """The rules that hold, and those that give way; none where the decision is not applicable."""
    unit = book.decisions.get(name) or book.findings[name]
    if "not_applicable" in unit and oracle.holds(book, unit["not_applicable"], look(book, facts)) is True:
        return set(), set()
    held, beaten = oracle.firing(book, unit["rules"], look(book, facts))
    return {rule["id"] for rule in held}, beaten


def told(book, name, facts):
    """What a company is told, whichever rules say so."""
    if name in book.findings:
        return oracle.finding(book, name, facts)
    there = oracle.result(book, name, facts)
    return there.kind, there.outcome, there.options, oracle.rank(there.modality)


def tried(function):
    """The same; a book with too many completions for brute force is passed over."""
    def property(book):
        try:
            function(book)
        except oracle.TooMany:
            event("too many completions")
    return property


# ---- claims about rows -------------------------------------------------------------------------------------

def by_rule(report, code):
    return {id for found in report.diagnostics if found.code == code for kind, id in found.owners if kind == "rule"}


@few
@given(strategies.books(sound=True))
@tried
def test_rules_that_never_come_up(book):
    """Exactly the rules that hold for nobody are called dead, and exactly those that stand for nobody give way."""
    report, plain = checked(without_marks(book))
    dead, giving_way, gaps = set(), set(), set()
    for name in units(plain):
        held, stood = set(), set()
        for facts in profiles(plain, name):
            now, beaten = fired(plain, name, facts)
            held |= now
            stood |= now - beaten
        ids = {rule["id"] for rule in (plain.decisions.get(name) or plain.findings[name])["rules"]}
        dead |= ids - held
        giving_way |= held - stood
        if name in plain.decisions:
            complete = (oracle.result(plain, name, facts) for facts in profiles(plain, name, complete=True))
            if any(there.kind == "silent" and not there.rules for there in complete):
                gaps.add(name)
    alternatives = {a["id"] for d in plain.decisions.values() for a in d.get("alternatives", [])}
    assert by_rule(report, codes.NEVER_FIRES) - alternatives == dead
    assert by_rule(report, codes.GIVES_WAY) == giving_way
    assert {d.owners[0][1] for d in report.diagnostics if d.code == codes.GAP} == gaps
    event(f"dead {bool(dead)}, giving way {bool(giving_way)}, gaps {bool(gaps)}")


@few
@given(strategies.books(sound=True))
@tried
def test_outcomes_that_are_never_reached(book):
    report, plain = checked(without_marks(book))
    claimed = defaultdict(set)
    for found in report.diagnostics:
        if found.code == codes.UNREACHED:
            names = re.findall("`([^`]*)`", found.message)
            claimed[found.owners[0][1]].update(set(names) - {found.owners[0][1]})
    for name in plain.decisions:
        reached = {strategies.word(o) for facts in profiles(plain, name) for o in oracle.result(plain, name, facts).options}
        assert not claimed[name] & reached, name
        never = set(plain.decisions[name].get("outcomes", {})) - reached - claimed[name]
        # What is not told of is what a rule concludes that is called dead itself.
        idle = by_rule(report, codes.NEVER_FIRES) | by_rule(report, codes.GIVES_WAY)
        parts = plain.decisions[name]["rules"] + plain.decisions[name].get("alternatives", [])
        excused = {o for part in parts if part["id"] in idle
                   for o in [part.get("outcome"), *(option["outcome"] for option in part.get("open", []))]}
        assert never <= excused, name


@few
@given(strategies.books())
@tried
def test_contradictions(book):
    """The witness of a contradiction makes both rules stand; where there is no contradiction, nobody meets one."""
    report, plain = checked(without_marks(book))
    found = [d for d in report.diagnostics if d.code == codes.CONTRADICTION]
    for each in found:
        first, second, name = re.findall("`([^`]*)`", each.message)[:3]
        now, beaten = fired(plain, name, dict(each.witness))
        assert {first, second} <= now - beaten
    event(f"contradiction {bool(found)}")
    if not any(d.severity == "error" for d in report.diagnostics):
        for name in plain.decisions:
            for facts in profiles(plain, name):
                oracle.result(plain, name, facts)  # raises where it meets one


# ---- claims about what can be left out ---------------------------------------------------------------------

def altered(book, change):
    """The book with every rule as `change(decision, rule)` has it; None leaves it out."""
    decisions = [{**d, "rules": [new for rule in d["rules"] if (new := change(d, rule)) is not None]}
                 for d in book.rulebook["decisions"]]
    return strategies.Book(book.vocabulary, {**book.rulebook, "decisions": decisions})


def read(book):
    with tempfile.TemporaryDirectory() as folder:
        return oracle.load(*book.write(folder))


def without(rule, ids):
    rule = {**rule, "overrides": [o for o in rule.get("overrides", []) if o not in ids]}
    return rule if rule["overrides"] else {k: v for k, v in rule.items() if k != "overrides"}


@few
@given(strategies.books(sound=True))
@tried
def test_redundant_rules_can_be_left_out(book):
    """With all rules that are called redundant left out at once, everybody is told the same."""
    book = without_marks(book)
    report, plain = checked(book)
    gone = by_rule(report, codes.REDUNDANT)
    event(f"redundant {bool(gone)}")
    if gone:
        rest = read(altered(book, lambda _d, rule: None if rule["id"] in gone else without(rule, gone)))
        for name in units(plain):
            for facts in profiles(plain, name):
                assert told(plain, name, facts) == told(rest, name, facts), (name, facts)


@few
@given(strategies.books(sound=True))
@tried
def test_overrides_without_effect_can_be_left_out(book):
    """With all overrides that are called idle left out at once, the same rules stand for everybody."""
    book = without_marks(book)
    report, plain = checked(book)
    gone = defaultdict(set)
    for found in report.diagnostics:
        if found.code == codes.IDLE_OVERRIDE:
            rule, loser = re.findall("`([^`]*)`", found.message)[:2]
            gone[rule].add(loser)
    event(f"idle override {bool(gone)}")
    redundant = by_rule(report, codes.REDUNDANT)
    if gone and not redundant:
        rest = read(altered(book, lambda _d, rule: without(rule, gone[rule["id"]])))
        for name in units(plain):
            for facts in profiles(plain, name):
                now, beaten = fired(plain, name, facts)
                then, beaten_then = fired(rest, name, facts)
                assert now - beaten == then - beaten_then, (name, facts)


def thinner(condition, top=False):
    """Every way to leave out one part of a condition."""
    if isinstance(condition, dict):
        for key in condition:
            if len(condition) > 1 or top:
                yield {k: v for k, v in condition.items() if k != key}
            for inner in thinner(condition[key]):
                yield {**condition, key: inner}
    elif isinstance(condition, list):
        for n in range(len(condition)):
            if len(condition) > 1:
                yield condition[:n] + condition[n + 1:]
            for inner in thinner(condition[n]):
                yield [*condition[:n], inner, *condition[n + 1:]]


@few
@given(strategies.books(sound=True))
@tried
def test_conditions_without_a_difference(book):
    """A part of a rule's condition is told of exactly where leaving out some part makes no difference to anybody."""
    report, plain = checked(without_marks(book))
    claimed = {(found.owners[0][1], "unless" if "`unless`" in found.message else "when")
               for found in report.diagnostics if found.code == codes.NO_DIFFERENCE and found.owners[0][0] == "rule"}
    passed_over = {id for code in (codes.NEVER_FIRES, codes.GIVES_WAY, codes.REDUNDANT) for id in by_rule(report, code)}
    event(f"no difference {bool(claimed)}")
    for name in units(plain):
        everybody = list(profiles(plain, name))
        unit = plain.decisions.get(name) or plain.findings[name]
        for rule in unit["rules"]:
            for key in ("when", "unless"):
                if key not in rule or rule["id"] in passed_over or not rule[key]:
                    continue
                changes = [{**rule, key: rest} for rest in thinner(rule[key], top=key == "when")]
                if key == "unless":
                    changes.append({k: v for k, v in rule.items() if k != "unless"})
                same = [c for c in changes if all(
                    seen(plain, unit, rule, facts) == seen(plain, unit, c, facts) for facts in everybody)]
                assert ((rule["id"], key) in claimed) == bool(same), (rule, key, same)




def seen(book, unit, rule, facts):
    """Whether a rule holds for somebody, and of a finding whether its remedy is known to be missing."""
    see = look(book, facts)
    if "not_applicable" in unit and oracle.holds(book, unit["not_applicable"], see) is True:
        return False
    holds = oracle.holds(book, rule.get("when", {}), see) is True
    blocked = "unless" in rule and oracle.holds(book, rule["unless"], see)
    if not holds or blocked is True:
        return False
    return "missing" if "finding" in rule and "unless" in rule and blocked is False else "holds"


# ---- with and without what is inferred ---------------------------------------------------------------------

@few
@given(strategies.books(sound=True))
@tried
def test_both_with_and_without_what_is_inferred(book):
    """Gaps and contradictions are told of where either book has them; a rule is redundant where both can do without."""
    report, plain = checked(book)
    sourced = book.without_inferred()
    bare = read(sourced)
    claimed = [d for d in report.diagnostics if d.code == codes.CONTRADICTION]
    for each in claimed:
        first, second, name = re.findall("`([^`]*)`", each.message)[:3]
        now, beaten = fired(bare, name, dict(each.witness))
        assert {first, second} <= now - beaten
    event(f"contradiction without {bool(claimed)}")
    if claimed:
        return
    gaps = {name for one in (plain, bare) for name in one.decisions for facts in profiles(one, name, complete=True)
            for there in [oracle.result(one, name, facts)] if there.kind == "silent" and not there.rules}
    assert {d.owners[0][1] for d in report.diagnostics if d.code == codes.GAP} == gaps
    gone = by_rule(report, codes.REDUNDANT)
    for one, whole in ((plain, book), (bare, sourced)):
        rest = read(altered(whole, lambda _d, rule: None if rule["id"] in gone else without(rule, gone)))
        for name in units(one):
            if name in rest.findings or name in rest.decisions:
                for facts in profiles(one, name):
                    assert told(one, name, facts) == told(rest, name, facts), (name, facts)
    event(f"redundant {bool(gone)}")

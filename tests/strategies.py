"""Random small rulebooks with their vocabularies, and random profiles, for the property tests.

A rulebook is built as plain dicts and written as YAML whose every scalar is a plain word, as people write it:
that `no` is a value here and *false* there is part of what is tested.
"""
import itertools
import random
from pathlib import Path

import yaml
from hypothesis import strategies as st

import oracle

RANK = {"must": 4, "should": 3, "default": 2, "may": 1}
# Item n of a generated source is coded so; `caution` may be said only on a caution item.
ITEMS = dict(enumerate(["must", "should", "default", "may", "caution", "info", "rationale", "depends_on"], 1))
RULE_WORDS = ["must", "should", "default", "may", "info", "depends_on", "caution"]

# Brute force over all profiles and their completions has to stay quick: this bounds the product, over the facts,
# of the values that each can take, known and unknown.
SPACE = 1500

often = st.sampled_from([True, True, True, False])
seldom = st.sampled_from([False, False, False, True])


# ---- YAML --------------------------------------------------------------------------------------------------

class PlainDumper(yaml.emitter.Emitter, yaml.serializer.Serializer,
                  yaml.representer.SafeRepresenter, yaml.resolver.BaseResolver):
    """Writes strings without quotes even where YAML 1.1 would read them as something else."""

    def __init__(self, stream, default_style=None, default_flow_style=False, canonical=None, indent=None, width=None,
                 allow_unicode=None, line_break=None, encoding=None, explicit_start=None, explicit_end=None,
                 version=None, tags=None, sort_keys=False):
        yaml.emitter.Emitter.__init__(self, stream, width=10_000, allow_unicode=True)
        yaml.serializer.Serializer.__init__(self)
        yaml.representer.SafeRepresenter.__init__(self, default_flow_style=False, sort_keys=False)
        yaml.resolver.BaseResolver.__init__(self)

    def ignore_aliases(self, data):
        return True  # the strict reader takes no anchors


def word(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def plain(data):
    if isinstance(data, dict):
        return {word(k): plain(v) for k, v in data.items()}
    return [plain(v) for v in data] if isinstance(data, list) else word(data)


def dump(data):
    return yaml.dump(plain(data), Dumper=PlainDumper)


# ---- a book ------------------------------------------------------------------------------------------------

class Book:
    def __init__(self, vocabulary, rulebook):
        self.vocabulary, self.rulebook = vocabulary, rulebook

    def __repr__(self):  # what Hypothesis prints of a failing example
        return f"\n# the vocabulary\n{dump(self.vocabulary)}\n# the rulebook\n{dump(self.rulebook)}"

    def write(self, folder):
        """Write both parts below `folder`; returns the folders of the rulebook and of the vocabulary."""
        return write(folder, {"book.yaml": self.rulebook}, {"book.yaml": self.vocabulary})

    def write_shuffled(self, folder, seed):
        """The same book with its decisions, the rules in them, its facts and its files in another order."""
        dice = random.Random(seed)
        decisions = [{**d, "rules": d["rules"] if d["hit_policy"] == "collect" else shuffled(dice, d["rules"])}
                     for d in shuffled(dice, self.rulebook["decisions"])]
        head = {k: v for k, v in self.rulebook.items() if k != "decisions"}
        files = shuffled(dice, [head, *({"decisions": [d]} for d in decisions)])
        facts = shuffled(dice, self.vocabulary["facts"].items())
        cut = dice.randint(0, len(facts))
        base = {k: v for k, v in self.vocabulary.items() if k != "facts"}
        parts = shuffled(dice, [base | ({"facts": dict(facts[:cut])} if cut else {})]
                         + ([{"facts": dict(facts[cut:])}] if facts[cut:] else []))
        return write(folder, {f"{n}.yaml": part for n, part in enumerate(files)},
                     {f"{n}.yaml": part for n, part in enumerate(parts)})

    def without_inferred(self):
        """The same book as if the project had inferred nothing."""
        decisions = []
        for decision in self.rulebook["decisions"]:
            kept = {key: [part for part in decision[key] if not part.get("inferred")]
                    for key in ("rules", "alternatives") if key in decision}
            ids = {rule["id"] for rule in kept["rules"]}
            kept["rules"] = [{**r, "overrides": [o for o in r["overrides"] if o in ids]} if "overrides" in r else r
                             for r in kept["rules"]]
            decisions.append({**decision, **kept})
        return Book(self.vocabulary, {**self.rulebook, "decisions": decisions})


def shuffled(dice, things):
    things = list(things)
    dice.shuffle(things)
    return things


def write(folder, rules, facts):
    folders = Path(folder, "rules", "book"), Path(folder, "facts", "book")
    for place, files in zip(folders, (rules, facts)):
        place.mkdir(parents=True)
        for name, data in files.items():
            (place / name).write_text(dump(data), "utf-8")
    return folders


# ---- vocabularies ------------------------------------------------------------------------------------------

def texts(about):
    return {"section": "main", "label": f"Label of {about}", "question": f"What about {about}?",
            "why": f"Because of {about}."}


@st.composite
def vocabularies(draw):
    """2 to 5 base facts, at most a family among them, perhaps with a list of records that answers one."""
    # The words are chosen to tempt a YAML reader: `no`, `on` and `1_0` are labels here.
    lists = {"items": {"left": "Left", "right": {"label": "Right"}},
             "places": {"no": "Nowhere", "here": {"label": "Here"}, "gone": {"label": "Gone", "only_if_stated": True}}}
    facts, space = {}, 1
    for number in range(draw(st.integers(2, 5))):
        name, kind = f"f{number}", draw(st.sampled_from(["yes_no", "yes_no", "choice", "choice", "set", "number",
                                                         "family"]))
        size = {"yes_no": 3, "choice": 4, "set": 5, "number": 6, "family": 9}[kind]
        if space * size > SPACE or (kind == "family" and any("for_each" in f for f in facts.values())):
            kind, size = "yes_no", 3
        if space * size > SPACE:
            break
        space *= size
        fact = {"type": {"family": "choice"}.get(kind, kind), **texts(name)}
        if kind == "family":
            fact.update(for_each="items", values="places", label="{item}: place")
        elif kind == "choice":
            fact["values"] = draw(st.sampled_from(["places", *some_values()]))
        elif kind == "set":
            fact["values"] = draw(st.sampled_from([{"a": "A", "b": "B"}, {"a": "A", "b": "B", "on": "C"},
                                                   {"a": "A", "b": {"label": "B", "only_if_stated": True}}]))
        elif kind == "number":
            fact.update(draw(st.sampled_from([{"min": 0, "max": 20, "integer": True}, {"min": 0, "max": 12.5}, {}])))
        if draw(seldom):
            fact["lever"] = True
        facts[name] = fact
    yes_no = [name for name, fact in facts.items() if fact["type"] == "yes_no"]
    if yes_no and draw(seldom):
        facts["people"] = {"type": "records", **texts("people"), "fields": {
            "job": {"type": "choice", "label": "Job", "values": {"a": "A", "b": "B"}},
            "boss": {"type": "note", "label": "Boss"}}}
        asked = draw(st.sampled_from([{}, {"job": "a"}, {"boss": {"not": "none"}}, {"job": ["a", "b"], "boss": "me"}]))
        facts[yes_no[0]]["answered_by"] = {"people": {draw(st.sampled_from(["some", "every"])): asked}}
    if draw(seldom):
        facts["remarks"] = {"type": "note", **texts("remarks")}
    vocabulary = {"vocabulary": {"id": "book", "title": "A vocabulary"}, "lists": lists,
                  "sections": [{"id": "main", "title": "Main"}], "facts": facts}
    constraints = draw(constraint_lists(vocabulary))
    return {**vocabulary, "constraints": constraints} if constraints else vocabulary


def some_values():
    return [{"a": "A", "no": "N"}, {"a": "A", "b": {"label": "B", "synonyms": ["bee"]}, "1_0": "C"},
            {"a": "A", "b": "B", "none": {"label": "None", "only_if_stated": True}}]


def values_of(vocabulary, fact):
    values = fact.get("values", {})
    return vocabulary["lists"][values] if isinstance(values, str) else values


def supposed(vocabulary, fact):
    """The values of a yes/no or choice fact that a completion may fill in."""
    if fact["type"] == "yes_no":
        return [True, False]
    return [v for v, label in values_of(vocabulary, fact).items() if not only_if_stated(label)]


def only_if_stated(label):
    return isinstance(label, dict) and bool(label.get("only_if_stated"))


@st.composite
def constraint_lists(draw, vocabulary):
    """At most one error, on one value each of two facts, so that whatever a profile says can be completed."""
    able = [name for name, fact in vocabulary["facts"].items()
            if fact["type"] in ("yes_no", "choice") and not {"for_each", "answered_by"} & fact.keys()]
    if len(able) < 2 or draw(often):
        return []
    pair = draw(st.lists(st.sampled_from(able), min_size=2, max_size=2, unique=True))
    when = {name: draw(st.sampled_from([*supposed(vocabulary, vocabulary["facts"][name])])) for name in pair}
    return [{"id": "never", "level": draw(st.sampled_from(["error", "error", "warning"])), "when": when,
             "says": "These two do not go together."}]


# ---- conditions --------------------------------------------------------------------------------------------

THRESHOLDS = [3, 10]  # few, so that a number has few intervals


@st.composite
def wants(draw, kind, values):
    """What a condition may want of a fact of this type."""
    if kind == "number":
        low, high = THRESHOLDS
        return draw(st.sampled_from([
            low, {"at_least": low}, {"at_most": high}, {"above": high}, {"below": low}, {"not": high},
            {"above": low, "at_most": high}, {"at_least": low, "below": high}, [low, high]]))
    some = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
    if kind == "set":
        how = draw(st.sampled_from(["includes", "excludes"]))
        return {how: some[0] if len(some) == 1 and draw(st.booleans()) else some}
    one_or_all = some[0] if len(some) == 1 or draw(st.booleans()) else some
    return {"not": one_or_all} if draw(seldom) else one_or_all


@st.composite
def conditions(draw, usable, depth=1, size=2):
    """A condition over `usable`: name, `family.*` or decision -> (type, values)."""
    names = draw(st.lists(st.sampled_from(sorted(usable)), min_size=1, max_size=size, unique=True))
    condition = {name: draw(wants(*usable[name])) for name in names}
    if depth and draw(seldom):
        how = draw(st.sampled_from(["all", "any"]))
        parts = draw(st.lists(conditions(usable, depth=depth - 1), min_size=1, max_size=2))
        condition = {how: parts} if draw(st.booleans()) else {**condition, how: parts}
    return condition


def usable_facts(vocabulary):
    usable = {}
    for name, fact in vocabulary["facts"].items():
        values = [True, False] if fact["type"] == "yes_no" else list(values_of(vocabulary, fact))
        if "for_each" in fact:
            names = [f"{name}.*", *(f"{name}.{item}" for item in vocabulary["lists"][fact["for_each"]])]
            usable.update(dict.fromkeys(names, (fact["type"], values)))
        elif fact["type"] not in ("records", "note") and not fact.get("derived"):
            usable[name] = fact["type"], values
    return usable


# ---- rulebooks ---------------------------------------------------------------------------------------------

@st.composite
def carried(draw, modalities=tuple(RULE_WORDS)):
    """A modality, and guidance whose first item is strong enough to carry it."""
    modality = draw(st.sampled_from(modalities))
    able = [n for n, code in ITEMS.items()
            if (code == "caution" if modality == "caution" else RANK.get(code, 0) >= RANK.get(modality, 0))]
    more = draw(st.lists(st.sampled_from(sorted(ITEMS)), max_size=1))
    return {"modality": modality, "guidance": list(dict.fromkeys([draw(st.sampled_from(able)), *more]))}


def conclusion(rule):
    """What a rule concludes, for comparing; None for a remark."""
    if "remark" in rule:
        return None
    return rule.get("outcome", "silent" if "silent" in rule else frozenset(o["outcome"] for o in rule.get("open", [])))


@st.composite
def rule_lists(draw, name, outcomes, usable, ordered, may_be_silent):
    """1 to 5 rules; `ordered`: a later one overrides every earlier one that concludes something else, so that
    no two that differ ever stand together."""
    rules, kinds = [], ["outcome"] * 5 + ["open", "open", "remark"] + ["silent"] * may_be_silent
    for number in range(draw(st.integers(1, 5))):
        first = number == 0 and (not may_be_silent or draw(st.booleans()))
        rule = {"id": f"{name}-{number}", "when": {} if first else draw(conditions(usable))}
        if not first and draw(seldom):
            rule.update(unless=draw(conditions(usable, size=1)), presumes="That it is not so.")
        rule.update(draw(carried()))
        kind = "outcome" if first else draw(st.sampled_from(kinds))
        if kind == "open":
            picks = draw(st.lists(st.sampled_from(outcomes), min_size=2, max_size=2, unique=True))
            rule["open"] = [draw(open_options(pick, rule["modality"])) for pick in picks]
        elif kind == "outcome":
            rule["outcome"] = draw(st.sampled_from(outcomes))
        else:
            rule[kind] = True if kind == "silent" else "Something beside the result."
        rule["because"] = f"The reason of {rule['id']}."
        if kind == "remark":
            del rule["modality"]
        else:
            overrides = {r["id"] for r in rules if ordered and conclusion(r) not in (None, conclusion(rule))}
            if rules and (not ordered or draw(seldom)):
                overrides |= set(draw(st.lists(st.sampled_from([r["id"] for r in rules]), max_size=2)))
            if overrides:
                rule["overrides"] = sorted(overrides)
        if not (first and not may_be_silent) and draw(seldom):
            rule["inferred"] = True
        rules.append(rule)
    return draw(st.permutations(rules))


@st.composite
def open_options(draw, outcome, modality):
    """An option of an open rule: no firmer than the rule, whose modality it has where it names none."""
    named = draw(st.booleans())
    weaker = tuple(w for w in RULE_WORDS if w != "caution" and RANK.get(w, 0) <= RANK.get(modality, 0))
    option = {"outcome": outcome, "because": f"What speaks for {word(outcome)}.",
              **draw(carried(weaker if named else (modality,)))}
    if not named:
        del option["modality"]
    return option


@st.composite
def single_decisions(draw, name, vocabulary, usable, fact, sound):
    """A placement, or, where there is a `fact`, the decision that derives it."""
    outcomes = supposed(vocabulary, fact) if fact else ["x", "y", "off"][:draw(st.integers(2, 3))]
    # Beside silence an alternative would have nothing to be beside: such a decision always gives something.
    alternatives = not fact and draw(seldom)
    decision = {
        "id": name, "title": f"Decision {name}", "asks": f"What about {name}?", "topic": "all",
        "kind": "fact" if fact else "placement", "hit_policy": "single",
        "rules": draw(rule_lists(name, outcomes, usable, sound or draw(often), not alternatives)),
    }
    if not fact:
        decision["outcomes"] = {outcome: {"label": f"Outcome {outcome}"} for outcome in outcomes}
        base = {n: u for n, u in usable.items() if n in usable_facts(vocabulary)}
        if draw(seldom):
            decision["not_applicable"] = draw(absence(vocabulary, base))
        if draw(seldom):
            decision["weighs"] = [{"fact": n, "because": "To be weighed.", "guidance": [8]}
                                  for n in draw(st.lists(st.sampled_from(sorted(vocabulary["facts"])), min_size=1,
                                                         max_size=2, unique=True))
                                  if n in base]
            if not decision["weighs"]:
                del decision["weighs"]
    if alternatives:
        decision["alternatives"] = []
        for number in range(draw(st.integers(1, 2))):
            alternative = {"id": f"{name}-also-{number}", "outcome": draw(st.sampled_from(outcomes)),
                           **draw(carried()), "because": "The source allows it too."}
            if draw(st.booleans()):
                alternative["when"] = draw(conditions(usable, depth=0))
            if draw(seldom):
                alternative["inferred"] = True
            decision["alternatives"].append(alternative)
    return decision


@st.composite
def absence(draw, vocabulary, base):
    """That the company has no such function: said outright, where a fact has a value that is only ever said."""
    stated = [{name: v} for name, fact in vocabulary["facts"].items() if name in base and fact["type"] == "choice"
              for v, label in values_of(vocabulary, fact).items() if only_if_stated(label)]
    return draw(st.sampled_from(stated)) if stated and draw(often) else draw(conditions(base, depth=0, size=1))


@st.composite
def finding_decisions(draw, usable):
    rules = []
    for number in range(draw(st.integers(1, 4))):
        which = draw(st.sampled_from(["warn", "look"]))
        rule = {"id": f"finding-{number}", "when": draw(conditions(usable)) if draw(often) else {},
                "finding": which, "text": f"The text of finding {number}.", "because": "It is worth a look.",
                **draw(carried())}
        if draw(st.booleans()):
            rule.update(unless=draw(conditions(usable, size=1)), presumes="That nothing is in place.")
        earlier = [r["id"] for r in rules if r["finding"] == which]
        if earlier and draw(seldom):
            rule["overrides"] = [draw(st.sampled_from(earlier))]
        if draw(seldom):
            rule["inferred"] = True
        rules.append(rule)
    return {"id": "findings", "title": "Findings", "asks": "What is to be looked at?", "topic": "all",
            "kind": "findings", "hit_policy": "collect", "rules": draw(st.permutations(rules))}


@st.composite
def books(draw, sound=False):
    """A rulebook with its vocabulary; its rules may be in conflict with one another unless it is `sound`."""
    vocabulary = draw(vocabularies())
    usable = usable_facts(vocabulary)
    names = [f"d{number}" for number in range(draw(st.integers(1, 3)))]
    derived = draw(st.sampled_from([None, *range(len(names))]))
    decisions = []
    for number, name in enumerate(names):
        fact = None
        if number == derived:
            name, kind = "g", draw(st.sampled_from(["yes_no", "choice"]))
            fact = {"type": kind, **texts("g"), "derived": True}
            if kind == "choice":
                fact["values"] = draw(st.sampled_from([{"p": "P", "q": "Q"}, {"p": "P", "no": "N", "r": "R"}]))
            vocabulary["facts"]["g"] = fact
        decision = draw(single_decisions(name, vocabulary, usable, fact, sound))
        decisions.append(decision)
        # What comes later may use it, by its outcomes and, where it is no fact, by the results it may have besides.
        results = supposed(vocabulary, fact) if fact else [
            *decision["outcomes"], *(["not_applicable"] if "not_applicable" in decision else []),
            *(kind for kind in ("open", "silent") if any(kind in rule for rule in decision["rules"]))]
        usable = {**usable, name: (fact["type"] if fact else "choice", results)}
    if draw(st.booleans()):
        decisions.append(draw(finding_decisions(usable)))
    return Book(vocabulary, {
        "rulebook": {"id": "book", "title": "A rulebook", "version": "1.0", "language": 1, "vocabulary": "book",
                     "source": {"title": "A source", "date": "2023-10-12", "note": "Made up."}},
        "guidance": [{"item": n, "modality": ITEMS[n], "says": f"What item {n} says."} for n in sorted(set(guidance_of(decisions)))],
        "topics": [{"id": "all", "title": "Everything"}],
        "decisions": draw(st.permutations(decisions)),
    })


def guidance_of(data):
    """All guidance items that are named anywhere in `data`."""
    if isinstance(data, dict):
        return [*data.get("guidance", []), *itertools.chain(*(guidance_of(v) for v in data.values()))]
    return list(itertools.chain(*map(guidance_of, data))) if isinstance(data, list) else []


# ---- profiles ----------------------------------------------------------------------------------------------

@st.composite
def profiles(draw, book, known=6):
    """A profile for a vocabulary as the oracle has read it; of 10 facts that play a part about `known` are given."""
    # Facts that no condition names are given now and then, to see that they play no part.
    played = sorted(book.tests)
    names = [name for name in played if name in book.facts and draw(st.integers(1, 10)) <= known]
    names += draw(st.lists(st.sampled_from(sorted(book.facts)), max_size=3))
    profile = {name: draw(fact_values(book, name)) for name in dict.fromkeys(names)}
    for constraint in book.constraints:
        while oracle.holds(book, constraint, oracle.known_facts(book, profile).get) is True:
            named = [name for name, _ in oracle.tests(book, [constraint]) if name in profile]
            del profile[draw(st.sampled_from(sorted(set(named))))]
    return profile


def fact_values(book, name):
    spec, wanted = book.facts[name], book.tests.get(name, [])
    kind = spec["type"]
    if kind == "yes_no":
        given = st.booleans()
    elif kind == "choice":
        given = st.sampled_from(sorted(spec["values"]))
    elif kind == "set":
        given = st.lists(st.sampled_from(sorted(spec["values"])), unique=True, max_size=4)
    elif kind == "number":
        whole = [int(n) if n == int(n) else n for n in oracle.numbers(spec, wanted)]
        given = st.sampled_from(sorted(whole))
    elif kind == "records":
        given = st.lists(st.fixed_dictionaries({}, optional={
            field: st.sampled_from([None, "none", "me"] if how["type"] == "note" else sorted(how["values"]))
            for field, how in spec["fields"].items()}), max_size=3)
    else:
        given = st.just("Some words.")
    # Unknown can be said in several ways, besides not at all.
    return st.one_of(given, given, given, given, given, st.sampled_from([None, "unknown"]))

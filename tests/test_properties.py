"""The engine against the oracle and against itself, on random rulebooks and random companies.

Only the public API is used: dottedline.load, Rulebook.consult, Answer.to_dict, dottedline.RulebookError.
"""
import contextlib
import faulthandler
import itertools
import json
import os
import random
import tempfile
import threading
import traceback
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

import dottedline
import oracle
import strategies

ROOT = Path(__file__).parents[1]
NAME = "b2b_marketing"
LARGEST = 3  # the size up to which the oracle looks for changes


def share(percent):
    """So many per cent of the examples of the chosen Hypothesis profile."""
    return settings(max_examples=max(1, settings().max_examples * percent // 100))


# ---- both sides in one form --------------------------------------------------------------------------------

@contextlib.contextmanager
def written(book):
    """A generated book on disk: the paths for dottedline.load, and the book as the oracle reads it."""
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = book.write(folder)
        yield {"path": rules, "facts": facts}, oracle.load(rules, facts)


def load(paths):
    return dottedline.load(paths["path"], facts=paths["facts"])


@cache
def shipped():
    return dottedline.load(), oracle.load(ROOT / "rules" / NAME, ROOT / "facts" / NAME)


def consult(engine, profile):
    """The answer as JSON, read back, so that nothing but JSON is in it."""
    return json.loads(json.dumps(engine.consult(profile).to_dict()))


def as_profile(facts):
    """Facts of the oracle as a profile is written."""
    return {name: sorted(v) if isinstance(v, frozenset) else int(v) if isinstance(v, float) and v == int(v) else v
            for name, v in facts.items()}


def as_fact(spec, given):
    """A value from JSON as a fact of the oracle."""
    if spec["type"] == "yes_no":
        return oracle.convert("yes_no", strategies.word(given))
    return frozenset(given) if spec["type"] == "set" else given


def outcome(given):
    """An outcome as a word: that of a derived yes/no fact may be written as true or as "true"."""
    return None if given is None else strategies.word(given)


def outcomes(options):
    return frozenset(outcome(o["outcome"] if isinstance(o, dict) else o) for o in options)


def decisions_of(said):
    return {**said["decisions"], **said.get("derived", {})}


def changes_of(book, changes):
    """Changes in a form in which two values are the same where no condition tells them apart."""
    return {(frozenset((fact, oracle.looks(book, fact, v)) for fact, v in facts), status, outcome(result),
             outcomes(options)) for facts, status, result, options in changes}


def said_changes(book, there):
    return [(frozenset((fact, as_fact(book.facts[fact], v)) for fact, v in change["facts"].items()),
             change["status"], change["outcome"], change["options"]) for change in there["would_change"]]


def view(book, said):
    """What an answer says, apart from wording and order."""
    return {
        "decisions": {name: {
            "status": there["status"], "outcome": outcome(there["outcome"]), "options": outcomes(there["options"]),
            "modality": oracle.rank(there["modality"]), "rules": sorted(there["rules"]),
            "alternatives": there["rules_are_alternatives"], "overridden": sorted(there["overridden"]),
            "would_change": changes_of(book, said_changes(book, there)),
        } for name, there in decisions_of(said).items()},
        "findings": {(f["id"], f["rule"], f["state"], f["modality"]) for f in said["findings"]},
        "questions": {q["fact"]: q["decides"] for q in said["questions"]},
    }


# ---- the comparison with the oracle ------------------------------------------------------------------------

def agree(book, profile, said):
    """Hold an answer against the oracle's; returns how many things were compared and how many were too many."""
    expected, counts = oracle.consult(book, profile), Counter()
    facts = oracle.known_facts(book, profile)
    for name, want in expected["decisions"].items():
        counts["skipped" if want is None else "compared"] += 1
        if want is not None:
            agree_on_decision(book, name, facts, want, decisions_of(said)[name])
            counts["changes not tried"] += want["would_change"] is None
    for name, given in facts.items():  # a derived fact given outright is passed on as it is
        if name in book.decisions and name in decisions_of(said):
            assert outcome(decisions_of(said)[name]["outcome"]) == outcome(given), name
    found = {(f["id"], f["rule"], f["state"], f["modality"]) for f in said["findings"]}
    assert len(found) == len(said["findings"])
    tried = {shown for shown in expected["findings"] if shown[1]}
    skipped = {shown[0] for shown in expected["findings"]} - {shown[0] for shown in tried}
    assert {shown for shown in found if shown[0] not in skipped} == tried
    agree_on_questions(book, facts, expected, said["questions"])
    agree_on_facts_used(book, profile, facts, said)
    return counts


def agree_on_decision(book, name, facts, want, said):
    assert (said["status"], outcome(said["outcome"])) == (want["status"], outcome(want["outcome"])), name
    assert outcomes(said["options"]) == outcomes(want["options"]), name
    assert len(said["options"]) == len(want["options"]), f"{name}: each option once"
    assert (sorted(said["rules"]), said["rules_are_alternatives"]) == (want["rules"], want["alternatives"]), name
    # The language gives an outcome a modality; that of an open choice or of silence may be left to its parts.
    if want["outcome"] is not None or said["modality"] is not None:
        assert oracle.rank(said["modality"]) == oracle.rank(want["modality"]), name
    if want["overridden"] is not None:
        assert set(said["overridden"]) == want["overridden"], name
    if want["would_change"] is not None and book.decisions[name]["kind"] != "fact":
        agree_on_changes(book, name, facts, want, said)


def agree_on_changes(book, name, facts, want, said):
    mine, theirs = want["would_change"], said_changes(book, said)
    for change, status, result, options in theirs:
        # Each change, just as it is said, gives what it is said to give.
        for fact, given in change:
            stated = {given} if isinstance(given, str) else given if isinstance(given, frozenset) else ()
            assert not any(oracle.only_if_stated(book.facts[fact]["values"][v]) for v in stated), (name, change)
        changed = {**facts, **dict(change)}
        assert oracle.allowed(book, changed), (name, change)
        there = oracle.answer(book, name, changed)
        assert (status, outcome(result), outcomes(options)) == (
            there.status, outcome(there.outcome), outcomes(there.options)), (name, change)
    small = [change for change in theirs if len(change[0]) <= LARGEST]
    assert changes_of(book, small) == changes_of(book, mine), name
    # What takes more changes than the oracle tries is nothing that takes fewer.
    assert not {result_of(c) for c in mine} & {result_of(c) for c in theirs if c not in small}, name


def result_of(change):
    _, status, result, options = change
    return status.replace("provisional", "settled"), outcome(result), outcomes(options)


def agree_on_questions(book, facts, expected, questions):
    sure, perhaps = Counter(), Counter()  # perhaps: where the oracle had too many completions to try
    things = {**{name: want and want["matters"] for name, want in expected["decisions"].items()
                 if book.decisions[name]["kind"] != "fact"}, **expected["finding_matters"]}
    for name, matter in things.items():
        sure.update(matter or ())
        perhaps.update(oracle.closure(book, name) if matter is None else ())
    decides = {q["fact"]: q["decides"] for q in questions}
    assert len(decides) == len(questions), "each fact is asked once"
    for fact in decides.keys() | sure.keys():
        assert sure[fact] <= decides.get(fact, 0) <= sure[fact] + perhaps[fact], fact
    assert all(q["question"] and q["why"] for q in questions)
    # What is only weighed is asked too, after all the rest.
    order = [q["decides"] > 0 for q in questions]
    assert order == sorted(order, reverse=True)
    weighed = {weigh["fact"]: name for name, d in book.decisions.items() for weigh in d.get("weighs", [])}
    assert {fact for fact, n in decides.items() if n == 0} <= weighed.keys() - facts.keys()
    for fact, name in weighed.items():
        want = expected["decisions"].get(name)
        if want and want["status"] != "not_applicable" and fact not in facts:
            assert fact in decides, fact


def agree_on_facts_used(book, profile, facts, said):
    """No answer rests on a fact that this company did not give, unless it was derived or answered by a list."""
    computed = {name for name, spec in book.facts.items() if "answered_by" in spec} | book.decisions.keys()
    for name, there in decisions_of(said).items():
        used = there["facts_used"]
        for fact in used:
            assert fact in computed or fact in facts, (name, fact)
            if fact in profile and fact in facts and isinstance(used, dict):
                assert as_fact(book.facts[fact], used[fact]) == facts[fact], (name, fact)


@share(60)
@given(strategies.books(), st.data())
def test_random_rulebooks_agree_with_the_oracle(generated, data):
    """Also: a rulebook whose standing rules differ somewhere is refused, there at the latest; no other is."""
    with written(generated) as (paths, book):
        conflict = oracle.first_conflict(book)
        event("a conflict" if conflict is not None else "sound")
        try:
            engine = load(paths)
        except dottedline.RulebookError:
            assert conflict is not None
            return
        if conflict is not None:
            with pytest.raises(dottedline.RulebookError):
                engine.consult(as_profile(conflict))
            return
        for _ in range(3):
            profile = data.draw(strategies.profiles(book))
            agree(book, profile, consult(engine, profile))


def test_the_shipped_book_agrees_with_the_oracle():
    engine, book = shipped()
    counts = Counter()

    @share(15)
    @given(st.integers(4, 10).flatmap(lambda known: strategies.profiles(book, known)))
    @example({})
    def compare(profile):
        counts.update(agree(book, profile, consult(engine, profile)))

    compare()
    print(f"\nthe shipped book: {dict(counts)}")
    assert counts["compared"] > 2 * counts["skipped"], counts


# ---- the engine against itself -----------------------------------------------------------------------------

@share(15)
@given(strategies.books(sound=True), st.data())
def test_the_order_of_facts_does_not_count(generated, data):
    with written(generated) as (paths, book):
        engine = load(paths)
        profile = data.draw(strategies.profiles(book))
        turned = dict(data.draw(st.permutations(list(profile.items()))))
        assert consult(engine, turned) == consult(engine, profile)


@share(15)
@given(strategies.books(sound=True), st.integers(0, 2**16), st.data())
def test_the_order_in_the_rulebook_does_not_count(generated, seed, data):
    with written(generated) as (paths, book), tempfile.TemporaryDirectory() as other:
        rules, facts = generated.write_shuffled(other, seed)
        profile = data.draw(strategies.profiles(book))
        said, turned = (consult(load(p), profile) for p in (paths, {"path": rules, "facts": facts}))
        assert view(book, turned) == view(book, said)


@share(15)
@given(strategies.books(sound=True), st.data())
def test_one_company_leaves_no_trace_in_the_next(generated, data):
    with written(generated) as (paths, book):
        profiles = [data.draw(strategies.profiles(book)) for _ in range(4)]
        alone = [consult(load(paths), profile) for profile in profiles]
        engine = load(paths)
        assert [consult(engine, profile) for profile in profiles] == alone
        assert [consult(engine, profile) for profile in reversed(profiles)] == alone[::-1]
        for profile, said in zip(profiles, alone):
            agree_on_facts_used(book, profile, oracle.known_facts(book, profile), said)


def test_companies_of_the_shipped_book_leave_no_trace():
    engine, book = shipped()

    @share(10)
    @given(strategies.profiles(book), strategies.profiles(book))
    def compare(first, second):
        alone = consult(engine, first)
        said = consult(engine, second)
        assert consult(engine, first) == alone
        assert consult(engine, dict(reversed(second.items()))) == said
        agree_on_facts_used(book, second, oracle.known_facts(book, second), said)

    compare()


@share(8)
@given(strategies.books(sound=True), st.data())
def test_threads_give_what_one_thread_gives(generated, data):
    with written(generated) as (paths, book):
        profiles = [data.draw(strategies.profiles(book)) for _ in range(8)]
        consult_at_once(load(paths), load(paths), profiles)


@share(4)
@given(st.integers(0, 2**16))
def test_threads_on_the_shipped_book(seed):
    book = shipped()[1]
    consult_at_once(dottedline.load(), shipped()[0], [some_profile(book, seed + n) for n in range(8)])


def consult_at_once(engine, other, profiles):
    """Eight threads start together on an engine that has answered nothing yet."""
    start = threading.Barrier(len(profiles))

    def work(profile):
        start.wait()
        return [consult(engine, profile) for _ in range(3)]

    with ThreadPoolExecutor(len(profiles)) as pool:
        said = list(pool.map(work, profiles))
    assert said == [3 * [consult(other, profile)] for profile in profiles]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@share(6)
@given(strategies.books(sound=True), st.data())
def test_after_a_fork_the_child_gives_the_same(generated, data):
    with written(generated) as (paths, book):
        seen, unseen = data.draw(strategies.profiles(book)), data.draw(strategies.profiles(book))
        engine = load(paths)
        consult(engine, seen)
        said = in_a_child(lambda: [consult(engine, seen), consult(engine, unseen)])
        assert said == [consult(engine, seen), consult(engine, unseen)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_in_the_midst_of_other_threads_work():
    """A lock that a thread holds at the moment of the fork is never released in the child."""
    book, engine, done = shipped()[1], dottedline.load(), threading.Event()
    profiles = [some_profile(book, seed) for seed in range(40)]

    def work():
        for profile in itertools.cycle(profiles[4:]):
            if done.is_set():
                return
            engine.consult(profile)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        said = [in_a_child(lambda: [consult(engine, profile) for profile in profiles[:4]]) for _ in range(5)]
    finally:
        done.set()
        thread.join()
    assert said == 5 * [[consult(shipped()[0], profile) for profile in profiles[:4]]]


def in_a_child(work):
    """What `work` gives in a forked process, piped back as JSON; a child that hangs is ended, and says where it hung."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking with threads: just that
        child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            faulthandler.dump_traceback_later(10, exit=True, file=2)
            with open(writing, "w", encoding="utf-8") as pipe:
                json.dump(work(), pipe)
            os._exit(0)
        except BaseException:  # nothing may get past here: the child is a copy of the whole test run
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the child failed or hung"
    return json.loads(text)


def some_profile(book, seed):
    """A random profile without Hypothesis, for where the number matters and not the smallest counterexample."""
    dice = random.Random(seed)
    names = [name for name in sorted(book.tests) if name in book.facts and dice.random() < 0.5]
    facts = {name: dice.choice(oracle.fillings(book, name, stated=True)) for name in names}
    while not oracle.allowed(book, facts):
        del facts[dice.choice(sorted(facts))]
    return as_profile(facts)


# ---- inferences of the project's own -----------------------------------------------------------------------

@share(15)
@given(strategies.books(sound=True), st.data())
def test_inferences_are_marked_and_can_be_switched_off(generated, data):
    inferred = {rule["id"] for d in generated.rulebook["decisions"] for rule in d["rules"] if rule.get("inferred")}
    with written(generated) as (paths, book), written(generated.without_inferred()) as (_, bare):
        engine = load(paths)
        profile = data.draw(strategies.profiles(book))
        said = consult(engine, profile)
        for name, there in decisions_of(said).items():
            assert there["inferred"] or not inferred & set(there["rules"]), name
        for finding in said["findings"]:
            assert finding["inferred"] or finding["rule"] not in inferred
        without = consult(engine.without_inferred(), profile)
        assert not any(there["inferred"] for there in [*decisions_of(without).values(), *without["findings"]])
        agree(bare, profile, without)
        assert consult(engine, profile) == said  # the book itself is as it was


def test_the_shipped_book_without_inferences():
    engine, book = shipped()[0].without_inferred(), shipped()[1]

    @share(10)
    @given(strategies.profiles(book))
    def compare(profile):
        said = consult(engine, profile)
        assert not any(there["inferred"] for there in [*decisions_of(said).values(), *said["findings"]])

    compare()

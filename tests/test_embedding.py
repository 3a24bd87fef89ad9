"""What a host can rely on: what it gets cannot be changed, and threads, tasks and processes get what one thread gets."""

from __future__ import annotations

import asyncio
import concurrent.futures
import dataclasses
import faulthandler
import json
import multiprocessing
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

import dottedline
from dottedline.frozen import FrozenDict

EXAMPLES = Path(__file__).parents[1] / "facts" / "b2b_marketing" / "examples"
BOOK = "b2b_marketing"
LANGUAGES = ("en", "id", "zh_Hant")
PATIENCE = 60

#: Facts of every type, some nested.
FACTS = {
    "gtm_motion": "self_serve",
    "freemium_product": True,
    "marketing_headcount": 12,
    "shared_resources": ["design", "content"],
    "current": {"design": "product", "social_media": "contractor"},
    "owner": {"website": ["brand", "growth"]},
    "contractors": [{"function": "design", "kind": "agency"}],
}


def everything(book, facts):
    """All that can be asked about one company, by name."""
    return {
        "answer": book.consult(facts),
        "explanation": book.explain(facts, "lifecycle_marketing"),
        "findings": book.explain(facts, "design_dotted_line"),
        "why_not": book.why_not(facts, "lifecycle_marketing", "growth"),
        "chart": book.chart(facts, "present"),
        "advised": book.chart(facts),
        "ownership": book.ownership(facts),
        "comparison": dottedline.compare(book, facts),
        "what_if": dottedline.what_if(book, facts, {"gtm_motion": "hybrid", "shared_resources": ["design"]}),
    }


def as_json(book, facts):
    """The same as one text."""
    return json.dumps({name: told.to_dict() for name, told in everything(book, facts).items()}, sort_keys=True)


def companies(number, seed=0):
    """Random companies that break no constraint."""
    book, dice, found = dottedline.load(), random.Random(seed), []
    facts = [fact for fact in book.vocabulary.facts.values() if fact.type in ("yes_no", "choice", "set", "number")]
    while len(found) < number:
        known = {}
        for fact in dice.sample(facts, 30):
            choices = [choice.id for choice in fact.values.values()]
            known[fact.id] = {
                "yes_no": lambda: dice.random() < 0.5,
                "choice": lambda choices=choices: dice.choice(choices),
                "set": lambda choices=choices: dice.sample(choices, dice.randrange(len(choices))),
                "number": lambda: dice.randrange(50),
            }[fact.type]()
        try:
            book.consult(known)
        except dottedline.ProfileError:
            continue
        found.append(known)
    return found


# --- nothing can be changed -----------------------------------------------------------------


def parts_of(thing, path, seen):
    """Whatever can be reached from a thing by its public names, with how."""
    if id(thing) in seen or isinstance(thing, (str, int, float, bool, type(None), Path)):
        return
    seen[id(thing)] = thing
    yield path, thing
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from parts_of(value, f"{path}[{key!r}]", seen)
    elif isinstance(thing, (tuple, list, set, frozenset)) and not hasattr(thing, "_fields"):
        for number, value in enumerate(thing):
            yield from parts_of(value, f"{path}[{number}]", seen)
    else:
        for name in names_of(thing):
            yield from parts_of(getattr(thing, name), f"{path}.{name}", seen)


def names_of(thing):
    """The public attributes of a thing; a rulebook's network is for the package itself."""
    kind = type(thing)
    found = getattr(thing, "_fields", None) or [name for name in dir(thing) if not callable(getattr(kind, name, None))]
    return [name for name in found if not name.startswith("_") and name != "network"]


def test_nothing_that_can_be_reached_can_be_changed():
    book = dottedline.load()
    seen, kinds = {}, set()
    for name, told in {"book": book, "profile": book.consult(FACTS).profile, **everything(book, FACTS)}.items():
        for path, thing in parts_of(told, name, seen):
            kinds.add(type(thing).__name__)
            assert not isinstance(thing, (list, set)), path
            assert not isinstance(thing, dict) or type(thing) is FrozenDict, path
            if isinstance(thing, (dict, frozenset)) or type(thing) is tuple:
                continue
            for attribute in names_of(thing):
                with pytest.raises((AttributeError, dataclasses.FrozenInstanceError)):
                    setattr(thing, attribute, 1)
                    pytest.fail(f"{path}.{attribute} can be set")
    wanted = {"Rulebook", "Answer", "Profile", "Chart", "Box", "Explanation", "Comparison", "Action", "WhatIf"}
    assert wanted | {"RulebookData", "Vocabulary", "Fact", "Decision", "Rule", "Test", "Span"} <= kinds


@pytest.mark.parametrize(
    "change",
    [
        lambda mapping: mapping.__setitem__("a", 1),
        lambda mapping: mapping.__delitem__("a"),
        lambda mapping: mapping.update(b=1),
        lambda mapping: mapping.pop("a"),
        lambda mapping: mapping.popitem(),
        lambda mapping: mapping.clear(),
        lambda mapping: mapping.setdefault("b", 1),
        lambda mapping: mapping.__ior__({"b": 1}),
    ],
)
def test_a_frozen_mapping_refuses(change):
    mapping = FrozenDict(a=0)
    with pytest.raises(TypeError, match="cannot be changed"):
        change(mapping)
    assert mapping == {"a": 0}
    assert hash(mapping) == hash(FrozenDict(a=0))


def test_what_was_handed_in_can_be_changed_without_harm():
    book = dottedline.load()
    facts = json.loads(json.dumps(FACTS))
    supposed = {"shared_resources": ["design"]}
    profile = dottedline.Profile(mine := {"freemium_product": True})
    told, whatif, of_profile = book.consult(facts), dottedline.what_if(book, facts, supposed), book.consult(profile)
    before = [json.dumps(each.to_dict()) for each in (told, whatif, of_profile)]
    facts["shared_resources"].append("other")
    facts["current"]["design"] = "brand"
    facts["contractors"][0]["kind"] = "freelancer"
    supposed["shared_resources"].append("other")
    supposed["gtm_motion"] = "hybrid"
    mine["freemium_product"] = False
    assert [json.dumps(each.to_dict()) for each in (told, whatif, of_profile)] == before


def test_what_was_handed_out_can_be_changed_without_harm():
    book = dottedline.load()
    before = as_json(book, FACTS)
    for told in everything(book, FACTS).values():
        spoil(told.to_dict())
    assert as_json(book, FACTS) == before


def spoil(value):
    if isinstance(value, dict):
        for inner in list(value.values()):
            spoil(inner)
        value.clear()
    elif isinstance(value, list):
        for inner in value:
            spoil(inner)
        value.clear()


@pytest.mark.parametrize("name", sorted(everything(dottedline.load(), FACTS)))
def test_it_can_be_sent_to_another_process(name):
    told = everything(dottedline.load(), FACTS)[name]
    again = pickle.loads(pickle.dumps(told))
    assert again == told
    assert again.to_dict() == told.to_dict()


def test_errors_can_be_sent_to_another_process():
    with pytest.raises(dottedline.ProfileError) as caught:
        dottedline.load().consult({"gtm_motion": "self_serv"})
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), again.problems) == (dottedline.ProfileError, caught.value.problems)


# --- importing --------------------------------------------------------------------------------

#: Tells whatever happens while the package is imported, other than reading code.
WATCHED_IMPORT = """
import os, signal, sys, threading, gc
sys.path[:0] = [sys.argv[1]]
import yaml, click, json, logging, dataclasses, difflib, hashlib, pathlib, importlib.util  # what others do is theirs
told = []
def watch(event, args):
    if event == "open" and isinstance(args[0], str) and not args[0].endswith((".py", ".pyc", ".so")):
        told.append(f"open {args[0]}")
    elif event.startswith(("subprocess", "os.system", "os.exec", "os.fork", "os.posix_spawn", "socket", "urllib",
                           "os.mkdir", "os.remove", "os.rename", "os.putenv", "signal", "shutil", "tempfile",
                           "_thread.start", "threading.")):
        told.append(event)
sys.addaudithook(watch)
before = threading.active_count(), signal.getsignal(signal.SIGINT), sys.getdlopenflags(), gc.get_threshold()
environment = dict(os.environ)
import dottedline
dottedline.Reloading
after = threading.active_count(), signal.getsignal(signal.SIGINT), sys.getdlopenflags(), gc.get_threshold()
assert after == before, (before, after)
assert dict(os.environ) == environment
heavy = {"durable_rules_engine", "rich", "babel", "pyarrow", "numpy", "mcp", "fastapi", "asyncio", "multiprocessing"}
loaded = heavy & sys.modules.keys()
assert not loaded, loaded
assert not told, told
"""


def test_importing_does_no_work():
    engine = str(Path(dottedline.__file__).parents[1])
    # Without `-B`, Python keeps what it has compiled, in a checkout in which nothing has run yet.
    command = [sys.executable, "-B", "-c", WATCHED_IMPORT, engine]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_there_is_a_name_for_everything_public():
    for name in dottedline.__all__:
        assert getattr(dottedline, name)
    with pytest.raises(AttributeError, match="no attribute 'nothing_such'"):
        _ = dottedline.nothing_such


def test_the_library_prints_nothing():
    script = f"import dottedline; book = dottedline.load(); book.consult({FACTS!r}); dottedline.compare(book, {{}})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=PATIENCE, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


# --- languages ----------------------------------------------------------------------------------


def test_a_rulebook_speaks_its_language_whatever_is_spoken_around_it():
    alone = {language: as_json(dottedline.load(language=language), FACTS) for language in LANGUAGES}
    assert len(set(alone.values())) == 3
    for around in LANGUAGES:
        with dottedline.language.speaking(around):
            for language in LANGUAGES:
                assert as_json(dottedline.load(language=language), FACTS) == alone[language]


# --- threads, tasks, processes ------------------------------------------------------------------


def work_of(books, asked, seed):
    """Everything of some companies, in languages at random, in an order of one's own."""
    dice = random.Random(seed)
    jobs = [(language, number) for language in LANGUAGES for number in range(len(asked))]
    dice.shuffle(jobs)
    return {(language, number): as_json(books[language], asked[number]) for language, number in jobs}


def fresh_books():
    return {language: dottedline.load(language=language) for language in LANGUAGES}


def one_by_one(asked):
    return work_of(fresh_books(), asked, 0)


def test_threads_get_what_one_thread_gets():
    asked = companies(6)
    expected, books = one_by_one(asked), fresh_books()
    start = threading.Barrier(6)

    def work(seed):
        start.wait(PATIENCE)
        return work_of(books, asked, seed)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for found in pool.map(work, range(6), timeout=PATIENCE):
                assert found == expected
    finally:
        sys.setswitchinterval(before)


def test_tasks_get_what_one_thread_gets():
    asked = companies(5, seed=1)
    expected, books = one_by_one(asked), fresh_books()

    async def work():
        jobs = list(expected)
        told = await asyncio.gather(
            *(asyncio.to_thread(as_json, books[language], asked[number]) for language, number in jobs)
        )
        return dict(zip(jobs, told, strict=True))

    assert asyncio.run(asyncio.wait_for(work(), PATIENCE)) == expected


def answer_of(book, facts):
    """For processes that are spawned: it can be imported."""
    return book.consult(facts), os.getpid()


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_get_what_one_process_gets(method):
    book, asked = dottedline.load(language="id"), companies(4, seed=2)
    expected = [book.consult(facts) for facts in asked]
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        found = list(pool.map(answer_of, [book] * 4, asked, timeout=PATIENCE))
    assert [answer for answer, _process in found] == expected
    assert all(answer.to_dict() == there.to_dict() for (answer, _), there in zip(found, expected, strict=True))
    assert os.getpid() not in {process for _answer, process in found}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("forks", [1, pytest.param(6, marks=pytest.mark.slow)])
def test_a_fork_in_the_middle_of_all_that_goes_on(forks):
    """Threads consult, explain, compare and load in three languages; children forked meanwhile do the same."""
    asked = companies(2, seed=3)
    expected, books, done, wrong = one_by_one(asked), fresh_books(), threading.Event(), []

    def work(seed):
        while not done.is_set():
            own = fresh_books() if seed % 2 else books
            if work_of(own, asked, seed) != expected:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    try:
        for seed in range(forks):
            assert in_a_child(lambda seed=seed: work_of(books, asked, seed) == expected)
            assert in_a_child(lambda seed=seed: work_of(fresh_books(), asked, seed) == expected)
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_while_other_threads_write_in_other_languages():
    """Babel has a lock of its own, which a thread that is not in the child could hold for ever."""
    from dottedline import language

    def words():
        with language.speaking("id"):
            return [language.list_of(["a", "b", "c"]), language.number_of(12345.5)]

    expected, done = words(), threading.Event()

    def work():
        while not done.is_set():
            words()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert all(in_a_child(lambda: words() == expected) for _ in range(5))
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE)


def in_a_child(check):
    """Whether a check holds in a forked process; one that hangs is ended, and says where it hung."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of forking with threads: just that
        child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(PATIENCE / 2, exit=True, file=2)
        code = 1
        try:
            code = 0 if check() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# --- memory --------------------------------------------------------------------------------------


def test_what_is_remembered_is_bounded():
    from dottedline import library

    book = dottedline.load()
    for headcount in range(library._REMEMBERED + 10):
        book.consult({"marketing_headcount": headcount})
    assert len(book._answers) <= library._REMEMBERED


# --- all of it at once -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_threads_and_children_while_the_rulebook_changes(tmp_path):
    """Whatever is asked, in any language, is answered by one state or the other, and as one thread alone has it."""
    asked, states = companies(2, seed=4), [tmp_path / name for name in ("one", "two")]
    for number, state in enumerate(states):
        for kind in ("rules", "facts"):
            shutil.copytree(EXAMPLES.parents[2] / kind, state / kind)
        [head] = [path for path in (state / "rules" / BOOK).glob("*.yaml") if "\nrulebook:" in path.read_text()]
        head.write_text(re.sub(r"(?m)^  version: .*$", f"  version: {number}.0.0", head.read_text(), count=1))
    live = tmp_path / "live"
    live.symlink_to(states[0])
    expected = {}
    for state in states:
        books = {tag: dottedline.load(state / "rules" / BOOK, language=tag) for tag in LANGUAGES}
        expected[books["en"].sha256] = work_of(books, asked, 0)
    assert len(expected) == 2
    rulebooks = dottedline.Reloading(live / "rules" / BOOK, languages=LANGUAGES, every=0.05)
    seen, wrong, done = set(), [], threading.Event()

    def work(seed, rounds):
        dice = random.Random(seed)
        for _ in range(rounds):
            language, number = dice.choice(LANGUAGES), dice.randrange(len(asked))
            book = rulebooks.in_language(language)
            seen.add(book.sha256)
            if as_json(book, asked[number]) != expected[book.sha256][language, number]:
                wrong.append((seed, language, number))
            if done.is_set():
                break

    threads = [threading.Thread(target=work, args=(seed, 10**6)) for seed in range(4)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(1, 7):
            fresh = tmp_path / "fresh"
            fresh.symlink_to(states[turn % 2])
            os.replace(fresh, live)

            def child(turn=turn):
                rulebooks.refresh()
                work(turn, 3)
                return not wrong

            assert in_a_child(child)
            seen.clear()
            until_seen(lambda turn=turn: rulebooks.current.version == f"{turn % 2}.0.0" and seen)
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert not wrong
    assert rulebooks.error is None


def until_seen(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.02)

"""A rulebook that follows its files: swapped whole, kept where the new one is broken, and nobody waits."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import shutil
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest

import dottedline
from all_books import PRACTICE, ROOT, SHIPPED, rules_of

GOOD = Path(__file__).parent / "good" / "book"
PATIENCE = 20


@pytest.fixture
def folder(tmp_path):
    """A copy of a small rulebook: the folder of its rules."""
    shutil.copytree(GOOD, tmp_path / "book")
    return tmp_path / "book" / "rules" / "book"


def files(folder):
    return sorted(folder.glob("*.yaml"))


def change(folder, old, new):
    """Replaces a text in the rules, whole files at a time."""
    [path] = [path for path in files(folder) if old in path.read_text()]
    fresh = path.with_suffix(".new")
    fresh.write_text(path.read_text().replace(old, new))
    os.replace(fresh, path)


def version_is(folder, number):
    [line] = [line for path in files(folder) for line in path.read_text().splitlines() if "  version:" in line]
    change(folder, line, f"  version: {number}")


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


def test_nothing_changes_while_the_files_do_not(folder):
    rulebooks = dottedline.Reloading(folder)
    before = rulebooks.current
    assert not rulebooks.refresh()
    assert rulebooks.current is before
    assert rulebooks.error is None


def test_a_change_is_swapped_in_and_told_of(folder, caplog):
    caplog.set_level(logging.INFO, "dottedline")
    rulebooks = dottedline.Reloading(folder)
    before = rulebooks.current
    answer = before.consult({})
    version_is(folder, "2.0")
    assert rulebooks.refresh()
    assert rulebooks.current.version == "2.0"
    assert before.version != "2.0"
    assert answer == before.consult({})
    [record] = caplog.records
    assert (record.name, record.levelname) == ("dottedline", "INFO")
    assert "version 2.0" in record.getMessage()


def test_where_the_new_one_is_broken_the_old_one_stays(folder, caplog):
    caplog.set_level(logging.INFO, "dottedline")
    rulebooks = dottedline.Reloading(folder)
    before = rulebooks.current
    whole = files(folder)[0].read_text()
    files(folder)[0].write_text(f"{whole}\nwhat_is_this: 1\n")
    assert not rulebooks.refresh()
    assert rulebooks.current is before
    assert isinstance(rulebooks.error, dottedline.RulebookError)
    assert "what_is_this" in str(rulebooks.error)
    assert not rulebooks.refresh()  # it is told once, not at every look
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert "the old one stays" in record.getMessage()
    assert "^^^^^^^^^^^^" in record.getMessage()
    files(folder)[0].write_text(whole)
    assert rulebooks.refresh()
    assert rulebooks.error is None
    assert rulebooks.current.sha256 == before.sha256


def test_files_that_are_gone_leave_the_rulebook(folder, caplog):
    rulebooks = dottedline.Reloading(folder)
    before = rulebooks.current
    elsewhere = folder.parent / "elsewhere"
    folder.rename(elsewhere)
    assert not rulebooks.refresh()
    assert rulebooks.current is before
    assert "broken" in caplog.text
    elsewhere.rename(folder)
    assert not rulebooks.refresh()
    assert rulebooks.error is None


def test_a_link_that_leads_elsewhere_is_a_change(folder, tmp_path):
    second = tmp_path / "second"
    shutil.copytree(GOOD, second)
    version_is(second / "rules" / "book", "2.0")
    link = tmp_path / "live"
    link.symlink_to(tmp_path / "book")
    rulebooks = dottedline.Reloading(link / "rules" / "book")
    fresh = tmp_path / "fresh"
    fresh.symlink_to(second)
    os.replace(fresh, link)
    assert rulebooks.refresh()
    assert rulebooks.current.version == "2.0"


def test_another_vocabulary_is_followed_too(folder):
    facts = folder.parents[1] / "facts"
    rulebooks = dottedline.Reloading(folder)
    [old] = facts.iterdir()
    shutil.copytree(old, facts / "other")
    for path in (facts / "other").glob("*.yaml"):
        path.write_text(path.read_text().replace(f"id: {old.name}", "id: other"))
    change(folder, f"vocabulary: {old.name}", "vocabulary: other")
    assert rulebooks.refresh()
    assert rulebooks.current.vocabulary.id == "other"
    assert not rulebooks.refresh()
    path = next((facts / "other").glob("*.yaml"))
    path.write_text(path.read_text() + "\n# another\n")
    assert rulebooks.refresh()


def test_what_is_broken_to_begin_with_is_refused(folder):
    files(folder)[0].write_text("rulebook: [\n")
    with pytest.raises(dottedline.RulebookError):
        dottedline.Reloading(folder)


def test_files_that_are_being_written_are_left_until_they_are_not(folder, monkeypatch, caplog):
    rulebooks = dottedline.Reloading(folder)
    before = rulebooks.current
    load = dottedline.reloading.load
    times = iter(range(100))

    def while_written(*args, **named):
        book = load(*args, **named)
        os.utime(files(folder)[0], ns=(0, next(times)))
        return book

    version_is(folder, "2.0")
    with monkeypatch.context() as patched:
        patched.setattr(dottedline.reloading, "load", while_written)
        assert not rulebooks.refresh()
        with pytest.raises(dottedline.RulebookError, match="changes while it is read"):
            dottedline.Reloading(folder)
    assert rulebooks.current is before
    assert rulebooks.error is None
    assert not caplog.records
    assert rulebooks.refresh()
    assert rulebooks.current.version == "2.0"


def test_using_it_is_enough_and_nobody_waits(folder, monkeypatch):
    rulebooks = dottedline.Reloading(folder, every=0.01)
    before = rulebooks.current
    reading, go_on = threading.Event(), threading.Event()
    load = dottedline.reloading.load

    def slow(*args, **named):
        reading.set()
        assert go_on.wait(PATIENCE)
        return load(*args, **named)

    monkeypatch.setattr(dottedline.reloading, "load", slow)
    version_is(folder, "2.0")
    until(lambda: rulebooks.current is before and reading.is_set())
    for _ in range(100):
        assert rulebooks.current is before
    assert sum(thread.name == "dottedline-reload" for thread in threading.enumerate()) == 1
    go_on.set()
    until(lambda: rulebooks.current.version == "2.0")


def test_with_no_interval_only_who_asks_gets_a_new_one(folder):
    rulebooks = dottedline.Reloading(folder, every=0)
    before = rulebooks.current
    version_is(folder, "2.0")
    for _ in range(50):
        assert rulebooks.current is before
        time.sleep(0.001)
    assert rulebooks.refresh()


def test_all_languages_change_together():
    rulebooks = dottedline.Reloading(languages=["id", "zh-TW"])
    assert rulebooks.current.language == "id"
    assert rulebooks.in_language("zh_Hant").language == "zh_Hant"
    assert rulebooks.in_language("zh_Hant") is rulebooks.in_language("zh-TW")
    with pytest.raises(ValueError, match=r"not held in `en`, but in `id`, `zh_Hant`"):
        rulebooks.in_language("en")
    with pytest.raises(ValueError, match="there is no language `fr`"):
        rulebooks.in_language("fr")


def test_threads_see_one_state_or_the_other(folder):
    """Every answer is that of a version that there was, by the rulebook that says so."""
    rulebooks = dottedline.Reloading(folder, every=0.001)
    versions = [rulebooks.current.version, *(f"{n}.0" for n in range(2, 8))]
    seen, wrong, done = set(), [], threading.Event()

    def work():
        while not done.is_set():
            book = rulebooks.current
            answer = book.consult({})
            seen.add(answer.rulebook.version)
            if (answer.rulebook.version, answer.rulebook.sha256) != (book.version, book.sha256):
                wrong.append(answer)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for version in versions[1:]:
            version_is(folder, version)
            until(lambda version=version: version in seen)
    finally:
        done.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert seen == set(versions)
    assert not wrong


def test_what_was_asked_lately_is_at_hand(folder):
    """And what the new state has no such fact or topic of is nobody's concern until somebody asks it."""
    rulebooks = dottedline.Reloading(folder)
    asked = [({"sales_team": True}, ()), ({}, ("design_place",))]
    for facts, topics in asked:
        rulebooks.current.consult(facts, topics)
    vocabulary = next(folder.parents[1].glob("facts/*/*.yaml"))
    version_is(folder, "2.0")
    assert rulebooks.refresh()
    made = dict(rulebooks.current._answers)
    for facts, topics in asked:
        answer = rulebooks.current.consult(facts, topics)
        assert answer.rulebook.version == "2.0"
        assert any(answer is known for known in made.values())
    for path in (vocabulary, *files(folder)):
        path.write_text(path.read_text().replace("sales_team", "sellers").replace("design_place", "designers"))
    assert rulebooks.refresh()
    with pytest.raises(dottedline.ProfileError):
        rulebooks.current.consult(*asked[0])


def test_a_state_that_is_gone_is_forgotten(folder):
    rulebooks = dottedline.Reloading(folder)
    before = weakref.ref(rulebooks.current)
    answer = rulebooks.current.consult({})
    version_is(folder, "2.0")
    assert rulebooks.refresh()
    gc.collect()
    assert before() is None
    assert answer.to_dict()["rulebook"]["version"] == "1"


def test_a_rulebook_that_extends_another_follows_both(tmp_path):
    shutil.copytree(rules_of(PRACTICE).parents[1], tmp_path / "books")
    for kind in ("rules", "facts"):
        shutil.copytree(ROOT / kind, tmp_path / "books" / kind, dirs_exist_ok=True)
    rules = tmp_path / "books" / "rules"
    rulebooks = dottedline.Reloading(rules / PRACTICE)
    assert rules / SHIPPED in rulebooks.current.folders
    before = rulebooks.current.sha256
    with files(rules / SHIPPED)[0].open("a", encoding="utf-8") as file:
        file.write("\n# another\n")
    assert rulebooks.refresh()
    assert rulebooks.current.sha256 != before


def test_in_a_spawned_process_it_is_made_anew(folder):
    rulebooks = dottedline.Reloading(folder, every=7, inferred=False)
    again = pickle.loads(pickle.dumps(rulebooks))
    assert again.current.sha256 == rulebooks.current.sha256
    assert not again.current.data.with_inferred


def test_without_inferences(folder):
    rulebooks = dottedline.Reloading(folder, inferred=False)
    assert not rulebooks.current.data.with_inferred
    version_is(folder, "2.0")
    assert rulebooks.refresh()
    assert rulebooks.current.version == "2.0"
    assert not rulebooks.current.data.with_inferred


FORKED = """
import os, sys, threading, dottedline
rulebooks = dottedline.Reloading(sys.argv[1], every=0.001)
held = threading.Event()
def hold():
    with rulebooks._own_lock():  # as a thread does that looks at the files at the moment of the fork
        held.set()
        threading.Event().wait()
threading.Thread(target=hold, daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    path = sys.argv[2]
    text = open(path).read()
    open(path, "a").write("\\n# another\\n")
    ok = rulebooks.refresh() and bool(rulebooks.current.consult({}).decisions)
    os._exit(0 if ok else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_after_a_fork_the_child_looks_for_itself(folder):
    command = [sys.executable, "-W", "ignore", "-c", FORKED, str(folder), str(files(folder)[0])]
    subprocess.run(command, check=True, timeout=PATIENCE)


def test_nothing_is_printed_where_the_host_asks_for_no_log(folder):
    script = """
import sys, dottedline
rulebooks = dottedline.Reloading(sys.argv[1])
open(sys.argv[2], "a").write("\\nwhat_is_this: 1\\n")
assert not rulebooks.refresh() and rulebooks.error
"""
    command = [sys.executable, "-c", script, str(folder), str(files(folder)[0])]
    done = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    assert (done.stdout, done.stderr) == (b"", b"")

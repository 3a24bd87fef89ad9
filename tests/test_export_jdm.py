"""The JSON Decision Model that is exported, run by the ZEN engine in Python and in Node."""
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import needs, npm
from dottedline.exports.jdm import tables_jdm
from dottedline.exports.tables import tables_of
from exported import (
    BOOKS,
    EVERY_ROW,
    contradictions,
    exported,
    impossible,
    load,
    nested,
    random_book,
    tried,
)

ROOT = Path(__file__).parents[1]


def agrees(given, profile, said, broken):
    """Hold what the engine gives against what `consult` says."""
    # A kind of which there are no tables is left out.
    given = {"decisions": {}, "derived": {}, "findings": {}, **given}
    assert sorted({told["constraint"] for told in given["contradictions"]}) == sorted(broken), profile
    assert given["impossible"] == [], profile
    if said is not None:
        assert given["decisions"] == said["decisions"], profile
        assert given["derived"] == said["derived"], profile
        for id, found in given["findings"].items():
            assert (found if found["state"] else None) == said["findings"][id], profile


@pytest.mark.parametrize("rows", [{}, pytest.param(EVERY_ROW, marks=pytest.mark.slow)], ids=["some", "every row"])
@pytest.mark.parametrize("book", BOOKS)
def test_python(book, rows):
    zen = needs("zen")
    decision = zen.ZenEngine().create_decision(tables_jdm(tables_of(load(book))))
    for profile, said in tried(book, **rows):
        agrees(decision.evaluate(nested(profile))["result"], profile, said, contradictions(exported(book), profile))


@pytest.mark.parametrize("book", BOOKS)
def test_values_that_cannot_be(book):
    zen, tables = needs("zen"), exported(book)
    decision = zen.ZenEngine().create_decision(tables_jdm(tables_of(load(book))))
    wrong_types = [(id, {id: value}) for id, fact in tables["facts"].items()
                   for value in ("yes", 1.5, True, ["x"], {"a": 1})
                   if type(value) is not {"yes_no": bool, "choice": str, "set": list}.get(fact["type"], float)]
    cases = [*impossible(tables), *wrong_types]
    for id, profile in cases:
        assert decision.evaluate(nested(profile))["result"]["impossible"] == [{"fact": id}], profile


ZEN = "@gorules/zen-engine@0.54.0"


@pytest.mark.slow
@pytest.mark.parametrize("book", BOOKS)
def test_node(book, tmp_path):
    folder = Path(npm("jdm", ZEN))
    shutil.copy(ROOT / "tests" / "node" / "jdm_results.mjs", folder)
    (tmp_path / "model.json").write_text(tables_jdm(tables_of(load(book))), "utf-8")
    (tmp_path / "profiles.json").write_text(json.dumps([nested(profile) for profile, _ in tried(book)]))
    done = subprocess.run(["node", folder / "jdm_results.mjs", tmp_path / "model.json", tmp_path / "profiles.json"],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    for (profile, said), given in zip(tried(book), json.loads(done.stdout), strict=True):
        agrees(given, profile, said, contradictions(exported(book), profile))


@pytest.mark.slow
@settings(max_examples=30)
@given(st.data())
def test_random_rulebooks(data):
    zen = needs("zen")
    with random_book(data) as (book, tables, cases):
        decision = zen.ZenEngine().create_decision(tables_jdm(tables_of(book)))
        for profile, said in cases:
            agrees(decision.evaluate(nested(profile))["result"], profile, said, contradictions(tables, profile))

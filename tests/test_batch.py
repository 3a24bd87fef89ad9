"""Batches say of every company what consulting says of it: on random rulebooks, and on the shipped one."""

from __future__ import annotations

import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline
import strategies
from dottedline.batch.evaluation import Evaluator
from dottedline.batch.spellings import Misspelled, Spellings
from dottedline.batch.tables import Companies, Table
from dottedline.changes import matters
from dottedline.diagram import evaluate
from dottedline.mattering import mattering

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

BOOK = dottedline.load()
TYPES = {"yes_no": pa.bool_(), "choice": pa.string(), "number": pa.float64(), "set": pa.list_(pa.string())}


def table_of(book: dottedline.Rulebook, profiles: list[dict[str, Any]]) -> pa.RecordBatch:
    """Profiles as a table with a column for each fact."""
    facts = [fact for fact in book.vocabulary.facts.values() if fact.type != "note"]
    arrays = []
    for fact in facts:
        # A text is no yes or no: an unknown that is spelled out has a column of texts only.
        values = [None if (value := profile.get(fact.id)) == "unknown" else value for profile in profiles]
        if fact.type == "records":
            keys = list(fact.fields)
            type = pa.list_(pa.struct([(key, pa.string()) for key in keys]))
            arrays.append(pa.array(values, type))
        else:
            arrays.append(pa.array(values, TYPES[fact.type]))
    return pa.RecordBatch.from_arrays(arrays, [fact.id for fact in facts])


def agree(book: dottedline.Rulebook, profiles: list[dict[str, Any]]) -> None:
    """Every row of a batch is what consult says of its company; those that cannot be are rejected."""
    batch = table_of(book, profiles)
    done = Evaluator(book, {name: name for name in batch.schema.names}).evaluate(batch)
    rows = dict(zip(done.rows.tolist(), done.results.to_pylist(), strict=True))
    rejected = {reject.row for reject in done.rejects}
    assert rows.keys() | rejected == set(range(len(profiles))) and not rows.keys() & rejected
    for number, profile in enumerate(profiles):
        try:
            answer = book.consult(profile)
        except dottedline.ProfileError:
            assert number in rejected
            continue
        row = rows[number]
        for id, decision in {**answer.derived, **answer.decisions}.items():
            told = row[f"{id}.status"], row[f"{id}.outcome"], row[f"{id}.modality"]
            assert told == (decision.status, decision.outcome, decision.modality), (id, profile)
            assert (row[f"{id}.rules"] or "").split() == list(decision.rules), (id, profile)
        assert sorted(row["findings"]) == sorted(finding.id for finding in answer.findings)
        missing = [finding.id for finding in answer.findings if finding.state == "missing"]
        assert sorted(row["findings_missing"]) == sorted(missing)
        asked = [(question.fact, question.decides) for question in answer.questions if question.decides]
        assert list(zip(row["questions"], row["questions_decide"], strict=True)) == asked, profile
        assert row["open_questions"] == len(asked)


# --- the same as consulting -----------------------------------------------------------------------


@settings(max_examples=max(1, settings().max_examples * 60 // 100))
@given(st.data())
def test_random_rulebooks(data: st.DataObject) -> None:
    book = data.draw(strategies.books(sound=True))
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = book.write(folder)
        loaded = dottedline.load(rules, facts=facts)
        read = strategies.oracle.load(rules, facts)
    profiles = [data.draw(strategies.profiles(read, known)) for known in (0, 3, 6, 6, 10)]
    agree(loaded, profiles)
    sizes = [len(variable.bands) + 1 for variable in loaded.network.variables.values()]
    chance = random.Random(1)
    tokens = [[chance.randrange(size) for size in sizes] for _ in range(40)]
    for unit in loaded.network.units.values():
        found = mattering(unit)
        for company in tokens:
            if evaluate(unit.known, company) == "broken":
                continue
            names = list(loaded.network.variables)
            said = [names[n] for n, node in sorted(found.items()) if not company[n] and evaluate(node, company)]
            assert tuple(said) == matters(unit, company)


@pytest.mark.parametrize("seed", range(4))
def test_the_shipped_rulebook(seed: int) -> None:
    agree(BOOK, companies(BOOK, 150, seed))


def test_contradictions_are_rejected() -> None:
    agree(BOOK, [{}, {"current.bdr": "nobody", "bdr_priority": "accountability"}, {"current.bdr": "nobody"}])


def test_lists_of_contractors() -> None:
    agree(
        BOOK,
        [
            {"contractors": [{"kind": "agency", "function": "design"}]},
            {"contractors": []},
            {"contractors": [{"kind": "agency", "budget_owner": "the CMO", "workflow_owner": "me"}], "uses_agencies": False},
            {"contractors": [{"kind": "circus"}]},
            {},
        ],
    )


def test_what_is_too_large_for_tables_is_slower_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dottedline.batch.tables.CELLS", 40)
    some = companies(BOOK, 60, seed=9)
    agree(BOOK, some)
    with pytest.warns(UserWarning) as warned:
        BOOK.evaluate(pa.Table.from_batches([table_of(BOOK, some[:3])]), rejects=[])
    told = [str(warning.message) for warning in warned]
    pattern = "`contractor_use` is too large for a table.*it rests on 20 facts: `uses_contractors`, .*`current.bdr`"
    assert any(re.match(pattern, text) for text in told)
    assert not [text for text in told if "`partner_marketing`" in text], "what fits has a table"


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [64, 1 << 10, 1 << 16])
def test_tables_of_any_size_lead_to_the_same_leaves(cells: int) -> None:
    sizes = [len(variable.bands) + 1 for variable in BOOK.network.variables.values()]
    chance = np.random.default_rng(1)
    tokens = [chance.integers(0, size, 500).astype(np.uint8) for size in sizes]
    gathered = Companies(tokens, 500)
    for unit in BOOK.network.units.values():
        diagram = unit.known if unit.unit.is_finding else unit.whole
        table = Table(diagram, sizes, max(cells, max(sizes)))
        leaves = gathered.look_up(table).tolist()
        for row in range(500):
            assert table.leaves[leaves[row]] == evaluate(diagram, [column[row] for column in tokens])


# --- columns --------------------------------------------------------------------------------------

SPELLINGS = Spellings(BOOK)


@pytest.mark.parametrize(
    ("fact", "given", "value"),
    [
        ("freemium_product", True, True),
        ("freemium_product", "Yes", True),
        ("freemium_product", " no ", False),
        ("freemium_product", 1, True),
        ("freemium_product", "0", False),
        ("freemium_product", "NA", None),
        ("freemium_product", None, None),
        ("freemium_product", float("nan"), None),
        ("gtm_motion", "Sales-led", "sales_led"),
        ("gtm_motion", "SELF_SERVE", "self_serve"),
        ("gtm_motion", "業務主導", "sales_led"),
        ("current.bdr", "Sales", "sales"),
        ("marketing_headcount", "7", 7),
        ("marketing_headcount", 7.0, 7),
        ("content_goals", "awareness; pipeline", frozenset({"awareness", "pipeline"})),
        ("content_goals", "Awareness,Pipeline", frozenset({"awareness", "pipeline"})),
        ("content_goals", ["awareness"], frozenset({"awareness"})),
        ("content_goals", "none", frozenset()),
        ("content_goals", [], frozenset()),
        ("content_goals", "", None),
        ("contractors", '[{"kind": "agency"}]', ({"kind": "agency"},)),
    ],
)
def test_spellings(fact: str, given: object, value: object) -> None:
    found = SPELLINGS.value(BOOK.vocabulary.facts[fact], given)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("fact", "given"),
    [
        ("freemium_product", "perhaps"),
        ("freemium_product", 2),
        ("gtm_motion", "sideways"),
        ("marketing_headcount", "many"),
        ("marketing_headcount", -1),
        ("marketing_headcount", 1.5),
        ("content_goals", "awareness; glory"),
        ("content_goals", 3),
        ("contractors", "an agency"),
        ("contractors", '[{"kind": "circus"}]'),
    ],
)
def test_misspellings(fact: str, given: object) -> None:
    with pytest.raises(Misspelled) as caught:
        SPELLINGS.value(BOOK.vocabulary.facts[fact], given)
    assert str(caught.value)


@pytest.mark.parametrize(
    ("heading", "fact"),
    [
        ("gtm_motion", "gtm_motion"),
        ("Freemium product", "freemium_product"),
        ("freemium PRODUCT", "freemium_product"),
        ("Is your product freemium, with a free version beside the paid ones?", "freemium_product"),
        ("free version", None),
    ],
)
def test_headings(heading: str, fact: str | None) -> None:
    assert SPELLINGS.fact_named(heading) == fact


def test_bad_values_lose_nothing_else() -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "motion": ["sales_led", "sideways", None, "hybrid"],
            "goals": [["awareness"], ["glory", "fame"], [], None],
            "many": ["3", "4", "lots", ""],
        }
    )
    columns = {"motion": "gtm_motion", "goals": "content_goals", "many": "marketing_headcount"}
    done = Evaluator(BOOK, columns).evaluate(batch)
    assert done.rows.tolist() == [0, 3]
    assert [(reject.row, reject.column, reject.value) for reject in done.rejects] == [
        (1, "goals", "fame"), (1, "goals", "glory"), (1, "motion", "sideways"), (2, "many", "lots"),
    ]
    assert all(reject.reason for reject in done.rejects)

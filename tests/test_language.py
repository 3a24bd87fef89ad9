"""Every message can be translated: it stands in the source as it stands in a catalog, and is filled in by name."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import dottedline
import test_bad_input
from dottedline import language
from dottedline.catalogs import FOLDER, read_catalog
from dottedline.loading import texts_of
from test_bad_input import BAD_CASES, GOOD

PACKAGE = Path(dottedline.__file__).parent
MARKS = ("_", "N_", "counted")


class File(NamedTuple):
    """A module of the package."""

    name: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST]

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"

    def calls(self, *names: str) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if is_call(node, names or MARKS))

    def meant(self, node: ast.expr) -> list[str] | None:
        """The messages that an expression can give, before they are filled in; None where that cannot be seen."""
        if is_call(node, ("_", "N_")):
            return self.meant(node.args[0])
        if isinstance(node, ast.Constant):
            return [node.value]
        if isinstance(node, ast.IfExp):
            both = [self.meant(node.body), self.meant(node.orelse)]
            return None if None in both else [*both[0], *both[1]]
        if isinstance(node, (ast.Name, ast.Subscript)):
            name = ast.unparse(node).partition("[")[0]
            made = [self.meant(value) for value in self._assigned(name, node)]
            return None if None in made or not made else [message for found in made for message in found]
        if isinstance(node, ast.Dict):
            return [message for value in node.values for message in self.meant(value) or ()] or None
        return None

    def _assigned(self, name: str, node: ast.AST) -> list[ast.expr]:
        """What a name is made of, in the function that it is used in, or else in the module."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.Module)):
                found = [
                    made.value
                    for made in ast.walk(node)
                    if isinstance(made, ast.Assign)
                    and [ast.unparse(target) for target in made.targets] == [name]
                ]
                if found:
                    return found
        return []


def file_at(path: Path) -> File:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return File(str(path.relative_to(PACKAGE)), tree, parents)


def is_call(node: ast.AST, names: tuple[str, ...]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def placeholders(message: str) -> list[str]:
    """What has to be put into a message. Without an opening brace, no brace in it means anything."""
    if "{" not in message:
        return []
    parts = list(string.Formatter().parse(message))
    assert not any(spec or conversion for _text, _name, spec, conversion in parts), message
    return [name for _text, name, _spec, _conversion in parts if name is not None]


FILES = [file_at(path) for path in sorted(PACKAGE.rglob("*.py"))]
of_every_file = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])


# --- in the source ----------------------------------------------------------------------------


def test_there_are_messages() -> None:
    assert sum(1 for file in FILES for call in file.calls()) > 300


@of_every_file
def test_messages_are_literals(file: File) -> None:
    """What is put together before it is translated, as an f-string is, stands in no catalog."""
    for call in file.calls():
        if file.name == "language.py" or call.func.id == "N_":
            assert call.func.id != "N_" or isinstance(call.args[0], ast.Constant), file.at(call)
            continue
        for message in call.args[: 2 if call.func.id == "counted" else 1]:
            parts = list(ast.walk(message))
            assert not any(isinstance(part, (ast.JoinedStr, ast.BinOp)) for part in parts), file.at(call)
            filled = [part.attr for part in parts if isinstance(part, ast.Attribute)]
            assert not {"format", "join", "replace"} & set(filled), file.at(call)


@of_every_file
def test_placeholders_have_names(file: File) -> None:
    for call in file.calls():
        for message in call.args:
            if isinstance(message, ast.Constant) and isinstance(message.value, str):
                assert message.value, f"{file.at(call)}: nothing is what a catalog begins with"
                assert all(name.isidentifier() for name in placeholders(message.value)), file.at(call)


@of_every_file
def test_placeholders_are_filled(file: File) -> None:
    """`.format` gives a message what it asks for, and nothing else."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            wanted = file.meant(node.func.value)
            if wanted is not None and any(is_call(part, MARKS) for part in ast.walk(node.func.value)):
                given = {keyword.arg for keyword in node.keywords}
                assert not node.args and None not in given, file.at(node)
                assert given == {name for message in wanted for name in placeholders(message)}, file.at(node)


@of_every_file
def test_no_placeholder_is_shown(file: File) -> None:
    """A message with placeholders is filled at once, or kept to be filled; it goes nowhere as it is."""
    for call in file.calls("_"):
        message = call.args[0]
        if isinstance(message, ast.Constant) and "{" in message.value:
            node: ast.AST = call
            while isinstance(file.parents[node], ast.IfExp):
                node = file.parents[node]
            kept = (ast.Attribute, ast.Assign, ast.Tuple, ast.List, ast.Dict)
            around = file.parents[node]
            # `filled` puts links and code in the places where `format` puts texts.
            is_filled = isinstance(around, ast.Call) and isinstance(around.func, ast.Name) and around.func.id == "filled"
            assert isinstance(around, kept) or is_filled, file.at(call)


@of_every_file
def test_counted_messages_have_their_number(file: File) -> None:
    for call in file.calls("counted"):
        told = [message.value for message in call.args if isinstance(message, ast.Constant)]
        assert len(told) == 2, f"{file.at(call)}: only of literals does a catalog get the forms that count"
        words = sorted(["n", *(word.arg for word in call.keywords if word.arg)])
        assert sorted(placeholders(told[1])) == words, file.at(call)
        assert sorted(placeholders(told[0])) in (words, words[:0]), file.at(call)


@of_every_file
def test_nothing_else_has_the_name_of_the_translation(file: File) -> None:
    """Where a function has a variable `_`, it cannot translate."""
    for call in file.calls("_"):
        scope: ast.AST = call
        while not isinstance(scope, (ast.FunctionDef, ast.Module)):
            scope = file.parents[scope]
        for node in ast.walk(scope):
            taken = isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store)
            assert not taken and not (isinstance(node, ast.arg) and node.arg == "_"), file.at(call)


# --- in the catalogs --------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted((PACKAGE / FOLDER).glob("*.po")), ids=lambda path: path.stem)
def test_translations_ask_for_what_they_are_given(path: Path) -> None:
    messages = read_catalog(PACKAGE, path.stem).messages
    for message, translation in messages.items():
        for form in [translation] if isinstance(translation, str) else translation:
            assert set(placeholders(form)) <= set(placeholders(message)) | {"n"}, form


# --- in what is said --------------------------------------------------------------------------


class Hidden:
    """A language in which nothing can be read but what was put into a message."""

    def text(self, message: str) -> str:
        if "{" not in message:
            return re.sub("[a-zA-Z]", "*", message)
        parts = string.Formatter().parse(message)
        return "".join(self._part(text, name) for text, name, _spec, _conversion in parts)

    def _part(self, text: str, name: str | None) -> str:
        hidden = self.text(text.replace("{", "(").replace("}", ")"))
        return hidden if name is None else f"{hidden}{{{name}}}"

    def counted(self, singular: str, plural: str, number: int) -> str:
        return self.text(singular if number == 1 else plural)


#: What stays readable: words of Babel and of Python, and what another library says of a file.
ELSEWHERE = {"dan", "atau", "bytes", "object", "int"}
NOT_OURS = ("load/catalog_is_a_letter",)

TEXTS = {
    text.text.rstrip(".")
    for book in ("book", "outing")
    for texts in texts_of(GOOD / book / "rules" / book).values()
    for text in texts
}
OF_THE_BOOK = re.compile(
    "|".join(re.escape(text) for text in sorted(TEXTS, key=len, reverse=True)), re.IGNORECASE
)


#: A command chooses its language itself, and puts the words of click around what it says.
READ = [
    case for case in BAD_CASES if not case.name.startswith("commands/") and case.name not in NOT_OURS
]


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_every_word_is_translated(
    case: test_bad_input.Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said of bad input holds no word of English but the texts of the rulebook and what is in backticks."""
    monkeypatch.setattr(language, "_catalog", lambda tag: Hidden())
    with language.speaking("id"):
        monkeypatch.setattr(test_bad_input, "BOOK", dottedline.load(GOOD / "book" / "rules" / "book"))
        said = case.said(tmp_path)
    for line in said.splitlines():
        if not re.match(r" *(\d* \||-->)", line):
            ours = OF_THE_BOOK.sub("", re.sub("`[^`]*`", "", line))
            assert not set(re.findall(r"\b[a-zA-Z]{2,}\b", ours)) - ELSEWHERE, line

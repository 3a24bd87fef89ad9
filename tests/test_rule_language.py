"""The reference of the rule language names every key that the readers know, and no other."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

import dottedline
from all_books import NAMES, ROOT, engine
from dottedline import rulebook_reader, rulebook_shapes, vocabulary_shapes
from dottedline.condition_reader import BOUNDS, GROUPS, SPECIAL_RESULTS
from dottedline.reading import Reading
from dottedline.rulebook import MODALITIES
from dottedline.shapes import Shape
from dottedline.vocabulary_shapes import TYPES

CODE = Path(dottedline.__file__).parent
PAGE = (ROOT / "docs" / "rule-language.md").read_text(encoding="utf-8")
READERS = ["rulebook_reader", "decision_reader", "rule_reader", "guidance_reader", "organisation_reader", "vocabulary_reader", "extending", "reading"]


def language() -> Any:
    spec = importlib.util.spec_from_file_location("language", ROOT / "docs" / "language.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documented() -> dict[str, dict[str, bool]]:
    """From the page alone: for each kind of mapping its keys, and whether each is needed."""
    found: dict[str, dict[str, bool]] = {}
    for block in re.split(r"^\*\*", PAGE.partition("## All keys")[2], flags=re.MULTILINE)[1:]:
        called, _sign, rows = block.partition("**")
        found[called] = {key: "needed" in holds for key, holds in re.findall(r"^\| `(\w+)` \| ([^|]*) \|", rows, re.MULTILINE)}
    return found


def test_the_page_is_in_step() -> None:
    assert language().fresh(PAGE) == PAGE, "run `python docs/language.py`"


def test_every_key_is_documented_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys that are asked of `Reading.record` while all the books are read: what readers know, whoever declares it."""
    known: dict[str, dict[str, bool]] = {}
    record = Reading.record

    def noting(self: Reading, value: Any, what: str, required: Any = (), optional: Any = (), *rest: Any, **more: Any) -> Any:
        required, optional = list(required), list(optional)
        called = re.sub(r"^the (fact|field|outcome) `.*`$", r"a \1", what)
        called = re.sub(r"^an outcome$|^a outcome$", "an outcome", called)
        called = re.sub(r"^(`answered_by`) of .*", "what answers it", called)
        called = re.sub(r"^`line` of .*", "a line", called)
        called = re.sub(r"^`[^`]*` of (`values`|the list|what answers).*", "a value", called)
        known.setdefault(called, {}).update({**dict.fromkeys(optional, False), **dict.fromkeys(required, True)})
        return record(self, value, what, required, optional, *rest, **more)

    monkeypatch.setattr(Reading, "record", noting)
    for name in NAMES:
        dottedline.load(engine(name).folders[0])
    dottedline.load(ROOT / "tests" / "good" / "book" / "rules" / "book")
    told = documented()
    # An entry of `shared_with` may be mere words in all the books that there are.
    assert len(known) > 20 and known.keys() <= told.keys()
    for called, keys in known.items():
        assert keys == told[called], called
    assert told.keys() - known.keys() <= {"an entry of `allow`", "an entry of `shared_with`", "a line", "a value"}


def test_every_mapping_is_read_by_its_shape() -> None:
    """No reader makes up keys of its own beside the shapes."""
    for module in READERS:
        tree = ast.parse((CODE / f"{module}.py").read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        made = [call for call in calls if call.func.attr == "record" and module != "reading"]
        assert not made, f"{module}: a record without a shape"


def test_every_key_is_read() -> None:
    """A key that the readers accept and never look at would be a promise that nobody keeps."""
    read: set[str] = set()
    for module in READERS:
        tree = ast.parse((CODE / f"{module}.py").read_text(encoding="utf-8"))
        read |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    shapes: list[Shape] = language().all_shapes()
    assert {key for shape in shapes for key in shape.keys} - read == set()


@pytest.mark.parametrize(
    "words",
    [MODALITIES, TYPES, BOUNDS, GROUPS, SPECIAL_RESULTS, rulebook_shapes.KINDS, rulebook_shapes.HIT_POLICIES,
     rulebook_shapes.CONCLUSIONS, rulebook_shapes.SHOWS, vocabulary_shapes.LEVELS, vocabulary_shapes.QUANTIFIERS,
     ("not", "includes", "excludes")],
)  # fmt: skip
def test_every_word_is_told_of(words: tuple[str, ...]) -> None:
    before = PAGE.partition("## All keys")[0]
    assert [word for word in words if not re.search(rf"`[^`]*\b{word}\b[^`]*`", before)] == []


def test_the_page_is_of_the_version_that_is_read() -> None:
    assert f"Version {rulebook_reader.LANGUAGE_VERSION}." in PAGE
    versions = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert versions == [str(n) for n in range(1, rulebook_reader.LANGUAGE_VERSION + 1)]


def test_links_within_the_page_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}
    for target in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert target in headings, target

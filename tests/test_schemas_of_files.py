"""The JSON Schemas of what people write, against the readers: what these take or refuse, editors take or mark."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import dottedline
import strategies
from dottedline import schemas
from dottedline.schemas.books import rulebook_schema
from dottedline.schemas.profiles import profile_schema
from test_properties import load, share, written

ROOT = Path(__file__).parents[1]
TESTS = Path(__file__).parent
GOOD = TESTS / "good" / "book"
BOOK = dottedline.load()
SMALL = dottedline.load(GOOD / "rules" / "book")

#: The C parser where there is one, as the program takes it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# --- as an editor reads YAML ----------------------------------------------------------------------

#: YAML 1.2, which editors read by: `yes` is a text, `true` is not.
WORDS: list[tuple[str, Callable[[str], Any]]] = [
    (r"(|~|null|Null|NULL)", lambda word: None),
    (r"(true|True|TRUE|false|False|FALSE)", lambda word: word.lower() == "true"),
    (r"[-+]?[0-9]+", int),
    (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
]


def as_editors_read(text: str) -> Any:
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return value_of(yaml.compose(text.removeprefix("\ufeff"), Loader=LOADER))


def value_of(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {value_of(key) if isinstance(value_of(key), str) else key.value: value_of(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item) for item in node.value]
    if node is None:
        return None
    for pattern, read in WORDS if not node.style else []:
        if re.fullmatch(pattern, node.value):
            return read(node.value)
    return node.value


@functools.cache
def checker(name: str) -> jsonschema.Draft7Validator:
    schema = {"profile": profile_schema(BOOK.vocabulary, BOOK.id), "small": profile_schema(SMALL.vocabulary, SMALL.id)}
    return jsonschema.Draft7Validator(schema[name] if name in schema else schemas.load(name))


def marks(name: str, text: str) -> list[str]:
    """What an editor would mark."""
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in checker(name).iter_errors(as_editors_read(text))]


# --- what is good ---------------------------------------------------------------------------------

FILES = [
    *(("rulebook", path) for path in ROOT.glob("rules/*/*.yaml")),
    *(("rulebook", path) for path in TESTS.glob("good/*/rules/*/*.yaml")),
    *(("extension", path) for path in TESTS.glob("books/house_practice/rules/*/*.yaml")),
    *(("vocabulary", path) for path in ROOT.glob("facts/*/*.yaml")),
    *(("vocabulary", path) for path in TESTS.glob("good/*/facts/*/*.yaml")),
    *(("vocabulary", path) for path in TESTS.glob("books/*/facts/*/*.yaml")),
    *(("profile", path) for path in ROOT.glob("facts/*/examples/*.yaml")),
    *(("small", path) for path in TESTS.glob("good/profiles/*.[yj]*")),
    *(("mapping", path) for path in ROOT.glob("facts/*/examples/*/mapping.yaml")),
]


@pytest.mark.parametrize(("name", "path"), FILES, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_good_files_have_no_marks(name: str, path: Path) -> None:
    assert marks(name, path.read_bytes().decode()) == []


@share(25)
@given(st.data())
def test_random_books_and_their_profiles_have_no_marks(data: st.DataObject) -> None:
    book = data.draw(strategies.books())
    assert marks("rulebook", strategies.dump(book.rulebook)) == []
    assert marks("vocabulary", strategies.dump(book.vocabulary)) == []
    with written(book) as (folders, as_read):
        try:
            vocabulary = load(folders).vocabulary
        except dottedline.RulebookError:
            return
    profile = data.draw(strategies.profiles(as_read))
    checker = jsonschema.Draft7Validator(profile_schema(vocabulary, "book"))
    assert list(checker.iter_errors(profile)) == []


@pytest.mark.parametrize(("book", "folder"), [(BOOK, ROOT / "rules/b2b_marketing"), (SMALL, GOOD / "rules/book")])
def test_a_rulebook_has_no_marks_by_the_schema_of_its_own(book: dottedline.Rulebook, folder: Path) -> None:
    checker = jsonschema.Draft7Validator(rulebook_schema(book.data, "rulebook"))
    jsonschema.Draft7Validator.check_schema(checker.schema)
    for path in folder.glob("*.yaml"):
        assert [error.message for error in checker.iter_errors(as_editors_read(path.read_text(encoding="utf-8")))] == []


@share(25)
@given(strategies.books())
def test_random_books_have_no_marks_by_schemas_of_their_own(made: strategies.Book) -> None:
    with written(made) as (folders, _as_read):
        try:
            book = load(folders)
        except dottedline.RulebookError:
            return
    checker = jsonschema.Draft7Validator(rulebook_schema(book.data, "rulebook"))
    assert [error.message for error in checker.iter_errors(as_editors_read(strategies.dump(made.rulebook)))] == []


@pytest.mark.parametrize(
    ("condition", "marked"),
    [
        ("{motion: hybrid}", False),
        ("{motion: [hybrid, sales_led]}", False),
        ("{motion: {not: hybrid}}", False),
        ("{motion: silent}", False),
        ("{motion: hybird}", True),
        ("{motion: {includes: hybrid}}", True),
        ("{headcount: {at_least: 5, below: 9}}", False),
        ("{headcount: {at_least: many}}", True),
        ("{goals: {includes: pipeline}}", False),
        ("{goals: pipeline}", True),
        ("{sales_team: yes}", False),
        ("{sales_team: maybe}", True),
        ("{current.*: sales}", False),
        ("{current.*: nowhere}", True),
        ("{design_place: brand}", False),
        ("{design_place: open}", False),
        ("{design_place: nowhere}", True),
        ("{any: [{motion: hybird}]}", True),
        ("{written_only_now: yes}", False),
    ],
)
def test_conditions_by_the_schema_of_a_rulebook(condition: str, marked: bool) -> None:
    checker = jsonschema.Draft7Validator(rulebook_schema(SMALL.data, "rulebook"))
    rule = f"{{id: a, when: {condition}, outcome: b, modality: may, because: c, guidance: 1}}"
    decision = f"{{id: a, title: b, asks: c, topic: d, kind: fact, hit_policy: single, rules: [{rule}]}}"
    assert checker.is_valid(as_editors_read(f"decisions: [{decision}]")) != marked


# --- what is bad ----------------------------------------------------------------------------------

#: What a reader says of a wrong shape: an unknown or missing key, a wrong kind of value.
SHAPE = re.compile(
    r"has no key|lacks `|must be a |must be true or false|holds words, not|is not the number of a guidance item"
    r"|wants a number, not|holds a list of conditions|must have one conclusion|must be a mapping from facts"
    r"|has either `some` or `every`|is empty$|no value is named"
    r"|`(kind|hit_policy|level|type|show|modality)` of .* cannot be"
)
#: What is put in the place of a value.
OTHERS: list[Any] = ["zz", "5", "", "true", [], ["zz"], [["zz"]], {}, {"zz": "zz"}]


def spoiled(data: Any) -> Iterator[tuple[str, Any]]:
    """Every way to spoil one place of a file, with what was done."""

    def at(path: tuple[Any, ...]) -> tuple[Any, Any]:
        whole = copy.deepcopy(data)
        part = whole
        for step in path:
            part = part[step]
        return whole, part

    def walk(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        for key, _item in list(inner):
            where = "/".join(map(str, (*path, key)))
            for other in OTHERS:
                whole, part = at(path)
                part[key] = other
                yield f"{where} = {other!r}", whole
            if isinstance(value, dict):
                whole, part = at(path)
                del part[key]
                yield f"{where} left out", whole
        if isinstance(value, dict):
            whole, part = at(path)
            part["zz"] = "zz"
            yield f"zz in {'/'.join(map(str, path))}", whole
        for key, item in list(inner):
            yield from walk(item, (*path, key))

    return walk(data, ())


def plain(path: Path) -> Any:
    """A file with every scalar as its word."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=WORDS_LOADER)


def said_of_book(rules: Any, facts: Any, folder: Path) -> list[str]:
    """What the reader says of a rulebook and its vocabulary."""
    for kind, data in (("rules", rules), ("facts", facts)):
        (folder / kind / "book").mkdir(parents=True, exist_ok=True)
        (folder / kind / "book" / "book.yaml").write_text(strategies.dump(data), encoding="utf-8")
    try:
        dottedline.load(folder / "rules" / "book")
    except dottedline.RulebookError as error:
        return [problem.message for problem in error.problems]
    return []


def agree(name: str, done: str, data: Any, said: list[str]) -> None:
    found = marks(name, strategies.dump(data))
    shape = [message for message in said if SHAPE.search(message)]
    # That `true` can be a text, an editor does not know; and it marks an empty word, which does no harm.
    harmless = done.endswith("= 'true'") or re.search(r"(synonyms(/0)?|owner(/not)?) = ''$", done)
    assert not found or said or harmless, f"{done}: an editor marks what is read: {found}"
    assert not shape or found, f"{done}: no editor marks: {shape}"


SPOILED_RULES = list(spoiled(plain(GOOD / "rules" / "book" / "book.yaml")))
SPOILED_FACTS = list(spoiled(plain(GOOD / "facts" / "book" / "book.yaml")))


@pytest.mark.parametrize("part", range(4))
def test_a_spoiled_rulebook_is_marked(part: int, tmp_path: Path) -> None:
    facts = plain(GOOD / "facts" / "book" / "book.yaml")
    for done, data in SPOILED_RULES[part::4]:
        agree("rulebook", done, data, said_of_book(data, facts, tmp_path))


@pytest.mark.parametrize("part", range(4))
def test_a_spoiled_vocabulary_is_marked(part: int, tmp_path: Path) -> None:
    rules = plain(GOOD / "rules" / "book" / "book.yaml")
    for done, data in SPOILED_FACTS[part::8]:
        agree("vocabulary", done, data, said_of_book(rules, data, tmp_path))


#: A profile with a fact of every type.
PROFILE = """
motion: hybrid
sales_team: yes
headcount: 12
growth: -0.5
goals: [awareness, pipeline]
contractors: [{kind: freelancer, owner: Zoe}, {}]
about: Some words.
current: {bdr: sales}
current.design: unknown
rulebook: book
"""


def test_a_spoiled_profile_is_marked(tmp_path: Path) -> None:
    assert marks("small", PROFILE) == []
    whole = yaml.load(PROFILE, Loader=WORDS_LOADER)
    for done, data in spoiled(whole):
        text = strategies.dump(data)
        path = tmp_path / "profile.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            said = []
            SMALL.read_profile(path)
        except dottedline.ProfileError as error:
            said = [problem.message for problem in error.problems if "contradict" not in problem.message]
        assert bool(said) == bool(marks("small", text)), (done, said, marks("small", text))


# --- modelines ------------------------------------------------------------------------------------

SHIPPED = [path for folder in ("rules", "facts") for path in ROOT.glob(f"{folder}/**/*.yaml")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_names_a_schema_that_it_fits(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(.+)\n", text)
    assert named, "its first line names no schema"
    schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(as_editors_read(text))] == []

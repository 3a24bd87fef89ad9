"""Whatever is read, the answer is an answer or a list of problems: nothing else is ever raised."""

from __future__ import annotations

import contextlib
import io
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import dottedline

BOOK = dottedline.load()
GOOD = Path(__file__).parent / "good"
SMALL = GOOD / "book"
EXAMPLES = Path(__file__).parents[1] / "facts" / "b2b_marketing" / "examples"

NAMES = [*BOOK.vocabulary.facts, *BOOK.vocabulary.families, "", "<<", "all", "any", "_x"]
WORDS = [
    *{choice for fact in BOOK.vocabulary.facts.values() for choice in fact.values},
    *[
        "yes",
        "no",
        "true",
        "unknown",
        "null",
        "~",
        "",
        "-1",
        "0",
        "1e5",
        "0x10",
        ".5",
        ".inf",
        "NaN",
        "9" * 500,
    ],
    *[
        "[",
        "]",
        "{",
        "}",
        "- ",
        ": ",
        ", ",
        "? ",
        "! ",
        "!!",
        "&a ",
        "*a",
        "|",
        ">",
        "'",
        '"',
        "#",
        "%",
        "@",
        "\\",
    ],
    *[
        "---",
        "...",
        "\n",
        "\r\n",
        "\n  ",
        "\n\t",
        "\u00a0",
        "\u2028",
        "\x00",
        "\x07",
        "\ufeff",
        "é",
        "世",
        "🙂",
        '"\\ud83d',
    ],
]


def read(data: bytes) -> None:
    """Reads a profile, and consults on it where it can be read."""
    try:
        profile = BOOK.read_profile(io.BytesIO(data))
    except dottedline.ProfileError as error:
        assert error.problems and str(error)
        return
    BOOK.consult(profile).to_dict()


@given(st.binary(max_size=200))
def test_bytes(data: bytes) -> None:
    read(data)


@given(st.lists(st.sampled_from([*NAMES, *WORDS, *[": "] * 30, *["\n"] * 30]), max_size=25))
def test_words_that_make_up_profiles(words: list[str]) -> None:
    read("".join(words).encode())


@given(st.text(max_size=80), st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "latin-1", "utf-7"]))
def test_text_in_any_encoding(text: str, encoding: str) -> None:
    read(text.encode(encoding, "replace"))


@st.composite
def mutated(draw: st.DrawFn, texts: list[bytes]) -> bytes:
    """A good text with some of its bytes lost, doubled, moved or replaced by words."""
    data = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        words = [
            data[start:end] * 2,
            b"",
            *(draw(st.sampled_from([*NAMES, *WORDS])).encode() for _ in range(2)),
        ]
        data = data[:start] + draw(st.sampled_from(words)) + data[end:]
    return data


@given(
    mutated([path.read_bytes() for path in [*EXAMPLES.glob("*.yaml"), *(GOOD / "profiles").glob("*.[yj]*")]])
)
def test_mutated_profiles(data: bytes) -> None:
    read(data)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.binary(max_size=3)
    | st.text(max_size=5)
    | st.sampled_from(WORDS)
    | st.sampled_from([10**400, 2**70, 1e-320, 1e308, float("nan"), object(), print, range(3), b"x"])
)
keys = st.sampled_from(NAMES) | st.text(max_size=3) | st.integers() | st.none() | st.booleans()
nested = st.recursive(
    scalars | st.frozensets(st.sampled_from(WORDS), max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(keys, nested, max_size=6) | nested)
def test_python_objects(facts: Any) -> None:
    try:
        answer = BOOK.consult(facts)
    except dottedline.ProfileError as error:
        assert error.problems and str(error)
        return
    answer.to_dict()


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@given(st.integers(1, 100_000))
@settings(max_examples=10)
def test_deep_objects(levels: int) -> None:
    try:
        BOOK.consult({"content_goals": deep(levels)})
    except dottedline.ProfileError as error:
        assert error.problems


FACTS = (SMALL / "facts/book/book.yaml").read_bytes()
RULES = (SMALL / "rules/book/book.yaml").read_bytes()


@st.composite
def reworded(draw: st.DrawFn, texts: list[str]) -> bytes:
    """A good text in which words stand in the place of others: mostly still YAML, seldom still sense."""
    parts = re.split(r"([\w.*-]+)", draw(st.sampled_from(texts)))
    places = st.integers(0, len(parts) // 2 - 1)
    for _ in range(draw(st.integers(1, 4))):
        parts[2 * draw(places) + 1] = parts[2 * draw(places) + 1]
    return "".join(parts).encode()


@given(mutated([FACTS, RULES]) | reworded([FACTS.decode(), RULES.decode()]))
def test_mutated_rulebooks(data: bytes) -> None:
    rules = b"rulebook:" in data
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in (("rules", data if rules else RULES), ("facts", FACTS if rules else data)):
            path = Path(folder, kind, "book")
            path.mkdir(parents=True)
            (path / "book.yaml").write_bytes(text)
        try:
            book = dottedline.load(Path(folder, "rules", "book"))
        except dottedline.RulebookError as error:
            assert error.problems and str(error)
            return
        for facts in ({}, {"sales_team": True}):
            with contextlib.suppress(dottedline.ProfileError):
                book.consult(facts).to_dict()

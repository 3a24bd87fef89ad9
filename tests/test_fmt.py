"""`rules fmt`: what it makes of texts, that nothing but the layout changes, and what the command does."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import event, given, settings
from hypothesis import strategies as st

import dottedline
from dottedline.authoring.layout.files import laid_out
from dottedline.cli import main
from dottedline.problems import Problems, SourceText
from dottedline.source import parse

ROOT = Path(__file__).parents[1]


def layout(text: str) -> str:
    problems = Problems()
    told = laid_out(SourceText("file.yaml", text), problems)
    problems.raise_if_any()
    assert told is not None
    return told


def lines(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


# --- what it makes of texts -----------------------------------------------------------------------

CASES = {
    "indentation": (
        """
        decisions:
        - id: a
          outcomes:
              x: {label: X}
          rules:
             - id: b
        """,
        """
        decisions:
          - id: a
            outcomes:
              x: {label: X}
            rules:
              - id: b
        """,
    ),
    "the order of keys, with their comments": (
        """
        # About the file.

        decisions:
          - title: A   # its title
            # its name
            id: a
            rules: []

        # The head.
        rulebook: {title: R, id: r}
        """,
        """
        # About the file.

        # The head.
        rulebook: {id: r, title: R}

        decisions:
          # its name
          - id: a
            title: A   # its title
            rules: []
        """,
    ),
    "a profile keeps the order of its facts": (
        "b: 1\na: {y: 1, x: 2}\n",
        "b: 1\na: {y: 1, x: 2}\n",
    ),
    "quotes where they are needed": (
        """
        a: "text"
        b: 'it''s'
        c: "yes"
        d: "12"
        e: "2023-01-05"
        f: "a: b"
        g: ['x, y', "z"]
        h: "a \\" b"
        i: "tab\\there"
        j: "1e3"
        k: 'on'
        l: "#no"
        m: "unknown"
        """,
        """
        a: text
        b: it's
        c: "yes"
        d: "12"
        e: "2023-01-05"
        f: "a: b"
        g: ["x, y", z]
        h: a " b
        i: "tab\\there"
        j: "1e3"
        k: "on"
        l: "#no"
        m: "unknown"
        """,
    ),
    "flow where it fits, blocks where it does not": (
        f"""
        a: {{ x : 1,
              y: [ 1,2 ] }}
        b: {{x: {"long " * 15}words, y: {"more " * 8}words}}
        c: [{{x: 1}}, [y, {{z: [{"word, " * 20}end]}}]]
        d: []
        e: {{ }}
        """,
        f"""
        a: {{x: 1, y: [1, 2]}}
        b:
          x: {"long " * 15}words
          y: {"more " * 8}words
        c:
          - {{x: 1}}
          - - y
            - z:
{("                - word" + chr(10)) * 20}                - end
        d: []
        e: {{}}
        """,
    ),
    "decisions and facts are set apart": (
        "decisions:\n  - id: a\n    title: A\n  - id: b\n    title: B\n  # of c\n  - {id: c}\n  - {id: d}\n",
        "decisions:\n  - id: a\n    title: A\n\n  - id: b\n    title: B\n\n  # of c\n  - {id: c}\n  - {id: d}\n",
    ),
    "lists of words in one line": (
        "decisions:\n  - id: a\n    rules:\n      - id: b\n        guidance:\n          - 1\n          - 2\n",
        "decisions:\n  - id: a\n    rules:\n      - id: b\n        guidance: [1, 2]\n",
    ),
    "a comment keeps a list open": (
        """
        a: [1, # one
            2
            # the end
           ]
        b: {x: 1, # first
            y: 2} # all
        """,
        """
        a:
          - 1  # one
          - 2
          # the end
        b:        # all
          x: 1    # first
          y: 2
        """,
    ),
    "long texts are folded, short ones are not": (
        f"""
        a: >-
          short
          text
        b: {"word " * 30}end
        c: >-
          {"word " * 19}end
          {"word " * 19}end
        d: "{"word: " * 20}end"
        """,
        f"""
        a: >-
          short
          text
        b: >-
          {("word " * 21).strip()}
          {"word " * 9}end
        c: >-
          {"word " * 19}end
          {"word " * 19}end
        d: >-
          {("word: " * 17).strip()}
          {"word: " * 3}end
        """.replace("a: >-\n          short\n          text", "a: short text"),
    ),
    "lines that are kept": (
        "a: |\n    one\n\n      two\nb: >\n  one\n  two\n\n  three\nc: |-\n  # no comment\n",
        'a: |\n  one\n\n    two\nb: |\n  one two\n  three\nc: "# no comment"\n',
    ),
    "blank lines": (
        "\n\n\na: 1\n\n\n\nb:\n\n  c: 1\n\n\n\n",
        "a: 1\n\nb:\n\n  c: 1\n",
    ),
    "comments beside one another keep their column": (
        "a: 1     # one\nbb: 22   # two\nccccc: 3  # three\nd: [1,   2] # four\n",
        "a: 1     # one\nbb: 22   # two\nccccc: 3  # three\nd: [1, 2]   # four\n",
    ),
    "comments at the end of a level": (
        """
        a:
          b:
            - 1
            # in the list
          # in a
        # above c
        c: 1
          # below c
        # at the end
        """,
        """
        a:
          b:
            - 1
            # in the list
          # in a
        # above c
        c: 1
        # below c
        # at the end
        """,
    ),
    "comments in and after headers": (
        """
        a: # of a
          # above b
          b: >- # of b
            text that
            goes on for so long that it is on more than a line of the hundred and twenty characters which are allowed to it, so that it is folded anew
          # after b
        c:
        # nothing
        d:
          -   # of the item
            x: 1
        """,
        """
        a: # of a
          # above b
          b: >- # of b
            text that goes on for so long that it is on more than a line of the hundred and twenty characters which
            are allowed to it, so that it is folded anew
          # after b
        c:
        # nothing
        d:
          # of the item
          - x: 1
        """,
    ),
    "the marks of a document go": ("---\na: 1\n...\n", "a: 1\n"),
    "line ends of Windows go": ("a: 1\r\nb: >-\r\n  x\r\n  y\r\n", "a: 1\nb: x y\n"),
    "an empty profile": ("# nothing is known\n{ } # yet\n# the end\n", "# nothing is known\n{}\n# yet\n# the end\n"),
    "JSON": ('{"a": "b", "e": "\\ud83d\\ude00 \\u00e9"}', "a: b\ne: \U0001f600 é\n"),
    "a list": ("- a\n-   b # x\n", "- a\n- b   # x\n"),
    "nothing after the last line": ("a: 1", "a: 1\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_layout(name: str) -> None:
    before, after = (lines(text) for text in CASES[name])
    assert layout(before) == after
    assert layout(after) == after


@pytest.mark.parametrize("path", [*ROOT.glob("rules/**/*.yaml"), *ROOT.glob("facts/**/*.yaml")], ids=lambda path: path.name)
def test_what_is_shipped_is_laid_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert layout(text) == text


# --- on random texts ------------------------------------------------------------------------------

WORDS = ["a", "b c", "it's", "x: y", "#no", "a #b", "no", "12", "null", "~", "", "-", "- a", "?x", "[a", "a, b", "{", '"', "\\", "é", "日本", "  pad ",
         "tab\there", "two\nlines", "end\n", "\n", "a\n\n b", "x:", ": x", "---", "...", "%a", "@", "`", "!", "&a", "*a", "|", ">", "1e3", "2001-01-01",
         "0x1F", "yes", "=", "<<x", "long " * 30 + "end", "long: " * 30 + "end", "nospace" * 25, "\u2028", "\x85", "\ufeff", "\U0001f600", "a  b", "'", "''",
         "trailing ", " # x", "a\tb", "-5", "-x", "=x", "?", "a?", "n", "off", ".5", "+", "a:b", "http://x/#y"]
KEYS = ["a", "b", "key with words", "no", "12", "x: y", "#k", "é", "k" * 40, "id", "rules", "decisions", "guidance", "facts", "title", "because"]

texts = st.sampled_from(WORDS) | st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=12)
trees = st.recursive(texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), max_leaves=14)
COMMENT = "# c{}"


def is_plain(text: str, in_flow: bool) -> bool:
    """Whether a text can be written without quotes and reads as itself: the reader is asked."""
    if "\n" in text or "#" in text or text != text.strip() or not text.isprintable():
        return False
    whole = f"[{text}, {{k: {text}}}]" if in_flow else f"k: {text}\n"
    try:
        read = yaml.load(whole, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        return False
    return read == ([text, {"k": text}] if in_flow else {"k": text})


class Scribe:
    """Writes a tree as people might: in any style, with comments wherever there can be one."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.comments = draw, 0

    def maybe(self) -> bool:
        return self.draw(st.integers(0, 3)) == 0

    def comment(self) -> str:
        self.comments += 1
        return COMMENT.format(self.comments)

    def above(self, indent: int) -> Iterator[str]:
        """Comments and blank lines before a line, at any column."""
        while self.maybe():
            yield "" if self.draw(st.booleans()) else " " * self.draw(st.integers(0, indent + 3)) + self.comment()

    def beside(self) -> str:
        return " " * self.draw(st.integers(1, 3)) + self.comment() if self.maybe() else ""

    def word(self, text: str, in_flow: bool) -> str:
        styles = ['"'] + (["'"] if text.isprintable() else []) + ([""] * 3 if is_plain(text, in_flow) else [])
        style = self.draw(st.sampled_from(styles))
        if style == "'":
            return "'" + text.replace("'", "''") + "'"
        if style == "":
            return text
        return yaml.dump(text, default_style='"', allow_unicode=self.draw(st.booleans()), width=10**6).rstrip("\n")

    def flow(self, tree: Any) -> str:
        """A tree in flow style, perhaps over several lines."""
        if isinstance(tree, str):
            return self.word(tree, True)
        gap = lambda: f"{self.beside() or ' ' + self.comment()}\n      " if self.maybe() else " " * self.draw(st.integers(0, 2))  # noqa: E731
        items = [self.flow(item) for item in tree] if isinstance(tree, list) else [
            f"{self.word(key, True)}: {self.flow(value)}" for key, value in tree.items()]
        inside = "".join(f"{gap()}{item}{gap()}," for item in items)
        if self.draw(st.booleans()):
            inside = inside[:-1]
        opened, closed = "[]" if isinstance(tree, list) else "{}"
        return f"{opened}{inside}{gap()}{closed}"

    def block(self, tree: Any, indent: int) -> Iterator[str]:
        pad = " " * indent
        for key, value in (tree.items() if isinstance(tree, dict) else [(None, item) for item in tree]):
            yield from self.above(indent)
            head = pad + ("-" if key is None else self.word(key, False) + ":")
            deeper = indent + self.draw(st.integers(1, 4))
            literal = isinstance(value, str) and re.fullmatch(r"[a-z]+( [a-z]+)*(\n[a-z ]*[a-z])*\n?", value)
            if isinstance(value, str) and literal and self.draw(st.booleans()):
                chomp = "" if value.endswith("\n") else "-"
                yield f"{head} |{chomp}{self.beside()}"
                yield from (" " * deeper + line if line else "" for line in value.rstrip("\n").split("\n"))
            elif isinstance(value, str) and is_plain(value, False) and " " in value and self.maybe():
                yield f"{head} >-{self.beside()}"
                yield from (" " * deeper + line for line in value.split(" "))
            elif isinstance(value, str):
                yield f"{head} {self.word(value, False)}{self.beside()}" if value or self.draw(st.booleans()) else f"{head} ''"
            elif not value or self.maybe():
                yield f"{head} {self.flow(value)}{self.beside()}"
            else:
                yield f"{head}{self.beside()}"
                yield from self.block(value, deeper)
        if self.maybe():
            yield from self.above(indent)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, int]:
    """A text in the subset of YAML that is read, and how many comments it has."""
    tree = draw(st.dictionaries(st.sampled_from(KEYS), trees, min_size=1, max_size=5))
    scribe = Scribe(draw)
    return "\n".join(scribe.block(tree, 0)) + "\n", scribe.comments


def read(text: str) -> Any:
    """What is said, without its layout; an unordered mapping where keys may change places."""
    value = parse(SourceText("file.yaml", text), Problems())
    return without_places(value)


def without_places(value: Any) -> Any:
    name = type(value).__name__
    if name == "Scalar":
        typed = value.is_unknown, value.as_bool(), value.as_number()
        return value.text, typed
    if name == "Items":
        return [without_places(item) for item in value.items]
    return {key.text: without_places(item) for key, item in value}


@settings(max_examples=250)
@given(written())
def test_comments_and_values_survive(made: tuple[str, int]) -> None:
    text, comments = made
    problems = Problems()
    if parse(SourceText("file.yaml", text), problems) is None or problems.found:
        event("not readable")
        return
    told = layout(text)
    event(f"{min(comments, 5)} comments or more")
    assert read(told) == read(text)
    assert sorted(re.findall(r"# c\d+", told)) == sorted(COMMENT.format(n + 1) for n in range(comments))
    assert layout(told) == told
    assert not re.search(r"[ \t]\n", told) or re.search(r"\|", told)


# --- the command ----------------------------------------------------------------------------------

UGLY = "a:   1 # one\nb: {x: 1,y: 2}\n"
NEAT = "a: 1   # one\nb: {x: 1, y: 2}\n"


def run(*arguments: object, input: str | None = None) -> Result:
    return CliRunner().invoke(main, ["rules", "fmt", *map(str, arguments)], input=input, catch_exceptions=False)


def test_files_and_folders_are_laid_out(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    ugly = [tmp_path / "a.yaml", tmp_path / "deep" / "er" / "b.yml"]
    for path in ugly:
        path.write_text(UGLY, encoding="utf-8")
    (tmp_path / "deep" / "neat.yaml").write_text(NEAT, encoding="utf-8")
    (tmp_path / "deep" / "notes.txt").write_text(UGLY, encoding="utf-8")
    done = run(ugly[0], tmp_path / "deep", ugly[0])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"laid out {path}" for path in ugly]
    assert done.stderr == "2 files were laid out anew\n"
    assert [path.read_text(encoding="utf-8") for path in ugly] == [NEAT, NEAT]
    assert (tmp_path / "deep" / "notes.txt").read_text(encoding="utf-8") == UGLY
    again = run(tmp_path)
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "3 files are laid out\n")


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_nothing_is_written_where_one_only_asks(option: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UGLY, encoding="utf-8")
    done = run(option, path)
    assert done.exit_code == 1
    assert path.read_text(encoding="utf-8") == UGLY
    assert done.stderr == "1 file would be laid out anew\n"
    if option == "--check":
        assert done.stdout == f"would lay out {path}\n"
    else:
        assert "-a:   1 # one\n" in done.stdout and "+a: 1   # one\n" in done.stdout
    path.write_text(NEAT, encoding="utf-8")
    assert (run(option, path).exit_code, run(option, path).stdout) == (0, "")


def test_standard_input_is_laid_out_on_standard_output() -> None:
    done = run("-", input=UGLY)
    assert (done.exit_code, done.stdout) == (0, NEAT)
    assert run("-", "--check", input=UGLY).exit_code == 1


def test_without_paths_the_folders_here_are_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run()
    assert done.exit_code == 1 and "there is no folder `rules` or `facts` here" in done.stderr
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "a.yaml").write_text(UGLY, encoding="utf-8")
    assert run().stdout == "laid out facts/a.yaml\n"


def test_nothing_is_written_where_a_file_is_wrong(tmp_path: Path) -> None:
    good, bad, worse = (tmp_path / name for name in ("a.yaml", "b.yaml", "c.yaml"))
    good.write_text(UGLY, encoding="utf-8")
    bad.write_text("a: &x 1\n", encoding="utf-8")
    worse.write_text("a: 1\na: 2\nb: [1\n", encoding="utf-8")
    done = run(tmp_path)
    assert done.exit_code == 1 and done.stdout == ""
    assert f"--> {bad}:1:4" in done.stderr and str(worse) in done.stderr
    assert good.read_text(encoding="utf-8") == UGLY


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.yaml", "there is no file `missing.yaml`"),
        ("notes.txt", "`notes.txt` is no YAML file"),
        ("empty", "there is no YAML file in `empty`"),
    ],
)
def test_what_cannot_be_laid_out(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("a: 1\n", encoding="utf-8")
    done = run(name)
    assert done.exit_code == 1 and said in done.stderr


def test_what_would_change_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the layout, which there is not, is no harm."""
    monkeypatch.setattr("dottedline.authoring.layout.files.written", lambda document, shape: "a: 2\n")
    with pytest.raises(dottedline.InputError, match=r"`file\.yaml` cannot be laid out without changing it"):
        layout("a: 1\n")


def test_a_new_rulebook_is_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["rules", "new", "meetings"], catch_exceptions=False)
    assert run("--check").exit_code == 0


def test_a_saved_profile_can_be_laid_out() -> None:
    from dottedline.interview import profile_text

    facts = {"gtm_motion": "hybrid", "content_goals": ["awareness"], "current.bdr": "sales", "marketing_headcount": 5}
    assert read(layout(profile_text(facts))) == read(profile_text(facts))

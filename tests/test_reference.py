"""`dottedline rules docs`: the reference says what the rules say, all its links lead somewhere, and staleness is told.

`tests/good/reference` is the reference of the rulebook in `tests/good/diff/book`;
`UPDATE_EXPECTED=1 pytest tests/test_reference.py` rewrites it, to be read before it is kept.
"""

from __future__ import annotations

import html.parser
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings

import dottedline
import strategies
from dottedline.authoring.reference.content import reference
from dottedline.authoring.reference.pages import Details, Heading, Reference
from dottedline.authoring.reference.pages_html import reference_html
from dottedline.authoring.reference.pages_markdown import page_markdown
from dottedline.authoring.reference.requirements import requirements_dot
from dottedline.authoring.reference.rule_entries import Rules
from dottedline.cli import main
from dottedline.language import LANGUAGES
from dottedline.present import chart_image
from dottedline.rulebook import Decision

ROOT = Path(__file__).parents[1]
GOOD = Path(__file__).parent / "good"
BOOK = GOOD / "diff" / "book" / "rules" / "parcels"


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["rules", "docs", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


# --- what it says -----------------------------------------------------------------------------


def test_the_committed_reference_is_up_to_date() -> None:
    """`dottedline rules docs docs/reference` brings it up to date."""
    assert run(ROOT / "docs" / "reference", "--check") == (0, "", "")


def test_the_reference_of_a_small_rulebook(tmp_path: Path) -> None:
    expected = GOOD / "reference"
    assert run(tmp_path, "--rules", BOOK)[0] == 0
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.md")}
    if os.environ.get("UPDATE_EXPECTED"):
        shutil.rmtree(expected, ignore_errors=True)
        expected.mkdir()
        for name, text in made.items():
            (expected / name).write_text(text, encoding="utf-8")
    assert made == {path.name: path.read_text(encoding="utf-8") for path in expected.glob("*.md")}


class Page(html.parser.HTMLParser):
    """What a page holds: ids, links, and whatever it would fetch or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if told.get("id"):
            self.ids.append(str(told["id"]))
        if tag == "a":
            self.links.append(str(told.get("href")))
        self.fetched += [f"{tag} {name}" for name in ("src", "srcset", "data", "xlink:href", "onclick") if name in told]
        if tag in ("script", "link", "iframe"):
            self.fetched.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def assert_whole(told: Reference) -> None:
    """Every link leads to a heading of its own, in the pages and in the document."""
    anchors = Counter(anchor for page in told.pages for anchor in page.anchors)
    assert max(anchors.values()) == 1, anchors.most_common(3)
    assert len({page.file for page in told.pages}) == len(told.pages)
    by_file = {f"{page.file}.md": page_markdown(told, page) for page in told.pages}
    for name, text in by_file.items():
        for file, anchor in re.findall(r"\]\(([^)#]*)#([^)]*)\)", text):
            assert f'<a id="{anchor}"></a>' in by_file[file or name], (name, file, anchor)
    drawings = {picture.file: b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>' for picture in told.pictures}
    page = Page(reference_html(told, drawings))
    assert len(set(page.ids)) == len(page.ids)
    assert page.fetched == []
    assert {link for link in page.links if link != "#"} <= {f"#{id}" for id in page.ids}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_rulebook_in_every_language(language: str) -> None:
    book = dottedline.load(language=language)
    told = reference(book)
    assert_whole(told)
    headings = {block.anchor for page in told.pages for block in page.blocks if isinstance(block, Heading)}
    assert headings >= {f"rule-{rule.id}" for _, rule in book.data.rules()}
    assert headings >= {f"decision-{id}" for id in book.data.decisions}
    assert headings >= {f"fact-{id}" for id in book.vocabulary.facts}
    assert headings >= {f"item-{item}" for item in book.data.guidance}
    text = "".join(page_markdown(told, page) for page in told.pages)
    plain = text.replace("\\", "")
    for _, rule in book.data.rules():
        assert " ".join(rule.because.split()) in plain, rule.id
    assert told.language == language


def test_everything_that_carries_an_item_is_named_with_it() -> None:
    """An item that no rule, text or reason carries would be told as carried by nothing."""
    book = dottedline.load()
    left_out = {item for left in book.data.left_out for item in left.guidance}
    (source,) = [page for page in reference(book).pages if page.file == "source"]
    item = ""
    for block in source.blocks:
        if isinstance(block, Heading):
            item = block.anchor
        elif isinstance(block, Details):
            carried = dict(block.rows)["Carried by"]
            assert (carried == ["none"]) == (item in {f"item-{n}" for n in left_out}), item


# --- examples ---------------------------------------------------------------------------------


def speaking(book: dottedline.Rulebook, facts: dict[str, object]) -> set[str]:
    """All that speaks in the answer to a company, from its JSON."""
    answer = json.loads(json.dumps(book.consult(facts).to_dict()))
    found = {finding["rule"] for finding in answer["findings"]}
    for decision in [*answer["decisions"].values(), *answer["derived"].values()]:
        found |= {*decision["rules"], *(remark["rule"] for remark in decision["remarks"])}
        found |= {option["rule"] for option in decision["options"]}
    return found


def ids(decision: Decision) -> Iterator[str]:
    yield from (rule.id for rule in decision.rules)
    yield from (option.rule for option in decision.alternatives)


def assert_examples(book: dottedline.Rulebook) -> int:
    """With the facts of its example, a rule speaks; how many rules have one."""
    number = 0
    for decision in book.data.decisions.values():
        for id in ids(decision):
            found = Rules(book, decision).example(id)
            if found is not None:
                number += 1
                assert id in speaking(book, dict(found[0])), (id, found)
    return number


def test_every_rule_of_the_shipped_rulebook_has_an_example() -> None:
    book = dottedline.load()
    assert assert_examples(book) == sum(len([*ids(decision)]) for decision in book.data.decisions.values())


@given(strategies.books(sound=True))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_any_rulebook(made: strategies.Book) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = made.write(folder)
        try:
            book = dottedline.load(rules, facts=facts)
        except dottedline.RulebookError:
            assume(False)
        assert_whole(reference(book))
        assert_examples(book)


# --- the graph --------------------------------------------------------------------------------


def test_the_graph_has_every_need() -> None:
    dot = requirements_dot(dottedline.load(BOOK).data)
    arrows = set(re.findall(r'^  "([^"]+)" -> "([^"]+)"$', dot, re.M))
    boxes = dict(re.findall(r'^  "([^"]+)" \[.*label=<(.*)>\]$', dot, re.M))
    words = {id: re.findall(r">([^<>]+)</font>", label) for id, label in boxes.items()}
    needs = {(word, target) for source, target in arrows for word in words[source]}
    assert needs == {
        ("Promised for today", "urgent"), ("Express paid", "urgent"), ("Urgency", "carrier"), ("Weight", "carrier"),
        ("Zone", "carrier"), ("Extras", "carrier"), ("Fragile", "packing"), ("Wrapped twice", "packing"),
    }


# --- staleness --------------------------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path) -> Path:
    shutil.copytree(GOOD / "diff" / "book", tmp_path / "book")
    code, _said, told = run(tmp_path / "docs", "--rules", tmp_path / "book" / "rules" / "parcels")
    assert (code, told) == (0, f"6 files written to {tmp_path / 'docs'}\n")
    return tmp_path


def check(folder: Path) -> tuple[int, str, str]:
    return run(folder / "docs", "--check", "--rules", folder / "book" / "rules" / "parcels")


def test_nothing_is_stale(written: Path) -> None:
    assert check(written) == (0, "", "")
    for path in (written / "docs").iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(written)[0] == 0, "how lines end is no difference"


def test_a_drawing_by_another_engine_is_not_stale(written: Path) -> None:
    for name in ("decisions.svg", "index.html"):
        path = written / "docs" / name
        path.write_text(path.read_text(encoding="utf-8").replace("<polygon", "<polyline"), encoding="utf-8")
    assert check(written) == (0, "", "")


@pytest.mark.parametrize(("old", "new", "changed"), [
    ("because: It can break.", "because: It is made of glass.", {"decisions-sending.md", "index.html"}),
    ("says: Wrap twice what can break.", "says: Wrap it.", {"decisions-sending.md", "index.html", "source.md"}),
    ("when: {fragile: true}", "when: {fragile: true, urgent: true}",
     {"decisions-sending.md", "decisions.svg", "facts.md", "index.html"}),
])
def test_what_a_change_makes_stale(written: Path, old: str, new: str, changed: set[str]) -> None:
    path = written / "book" / "rules" / "parcels" / "parcels.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    code, said, told = check(written)
    named = {Path(name).name for name in re.findall("`([^`]*)`", said)}
    assert (code, named) == (1, changed)
    assert said.startswith("not up to date: ")
    assert told.startswith("error: the reference is not what the rules say\n  help: run `dottedline rules docs ")


def test_what_is_missing_and_what_is_left_over(written: Path) -> None:
    (written / "docs" / "facts.md").unlink()
    (written / "docs" / "decisions-gone.md").touch()
    (written / "docs" / "notes.txt").touch()
    code, said, _told = check(written)
    assert (code, said) == (1, f"missing: `{written}/docs/facts.md`\n"
                               f"not of this rulebook: `{written}/docs/decisions-gone.md`\n")


def test_of_no_folder_everything_is_missing(written: Path) -> None:
    shutil.rmtree(written / "docs")
    code, said, _told = check(written)
    assert code == 1
    assert said.count("`") == 12


def test_without_an_engine_it_can_be_checked_but_not_drawn(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise chart_image.CannotDraw("there is no engine", "install one")

    monkeypatch.setattr(chart_image, "engine", none)
    assert check(written) == (0, "", "")
    before = {path: path.read_bytes() for path in (written / "docs").iterdir()}
    code, said, told = run(written / "docs", "--rules", BOOK, "--no-inferred")
    assert (code, said, told) == (1, "", "error: there is no engine\n  help: install one\n")
    assert {path: path.read_bytes() for path in (written / "docs").iterdir()} == before


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "docs").touch()
    for more in ([], ["--check"]):
        assert run(tmp_path / "docs", "--rules", BOOK, *more)[0] == 2

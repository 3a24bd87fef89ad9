"""The decision memo: what is in it, each of its formats, and what can go wrong."""

from __future__ import annotations

import datetime
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from docx import Document
from docx.oxml.ns import qn

import dottedline
from dottedline import language, loading
from dottedline.cli import main
from dottedline.memos import FORMATS
from dottedline.present import chart_image
from dottedline.present.memo import memo_of
from dottedline.present.memo_data import Chapter, Memo, Paragraph, Picture
from dottedline.present.report import Entry, Section
from dottedline.rulebook import strength

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "facts" / "b2b_marketing" / "examples").glob("*.yaml"))
FLEET = str(next(path for path in EXAMPLES if path.stem == "fleet_2026"))
SMALL = str(ROOT / "tests" / "good" / "book" / "rules" / "book")
BOOK = dottedline.load()
DATE = datetime.date(2026, 3, 1)

LONG = "W" * 300
NASTY = 'a <script>alert("x")</script> & `code` | *b* [c](d)\n# e ' + LONG + "\x07"
NASTY_FACTS = {
    "contractors": [{"function": "design", "kind": "agency", "budget_owner": NASTY}],
    "current": {"design": "contractor"},
}

#: Every company that a memo should do for: the examples, nothing known, a lot known, and names that do harm.
COMPANIES: dict[str, Any] = {
    **{path.stem: BOOK.read_profile(path) for path in EXAMPLES},
    "nothing": {},
    "derived": {"relies_on_sales_team": True, "long_buying_process": True, "easy_to_use_product": False},
    "absent": {"current": {"bdr": "nobody", "comms_pr": "own_department", "design": "planned"}},
    "owners": {"owner": {"website": ["brand"], "swag": [], "pricing": ["sales", "brand"]}},
    "lists": {"contractors": [], "content_goals": [], "marketing_headcount": 7},
    "nasty": NASTY_FACTS,
}
companies = pytest.mark.parametrize("company", COMPANIES)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, ["memo", *arguments], input=input, catch_exceptions=False)


def memo_on(company: str, **options: Any) -> Memo:
    return memo_of(BOOK, COMPANIES[company], date=DATE, **options)


def chapter(memo: Memo, title: str) -> Chapter | None:
    return next((chapter for chapter in memo.chapters if chapter.title == title), None)


def entries(chapter: Chapter | None) -> list[Entry]:
    blocks = chapter.blocks if chapter else ()
    return [entry for block in blocks if isinstance(block, Section) for entry in block.entries]


def table(memo: Memo, title: str) -> tuple[tuple[str, ...], ...]:
    return next((b.rows for c in memo.chapters for b in c.blocks if getattr(b, "title", None) == title), ())


def texts(value: object) -> Iterator[str]:
    """Every text in a memo, outside its charts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Section):
        yield from texts((value.title, *[(e.heading, e.tags, e.lead, e.details) for e in value.entries]))
    elif isinstance(value, tuple) and not isinstance(value, Picture):
        for part in value:
            yield from texts(part)


# --- what is in it ----------------------------------------------------------------------------


@companies
def test_every_decision_and_finding_once(company: str) -> None:
    memo, answer = memo_on(company), BOOK.consult(COMPANIES[company])
    advice = chapter(memo, "The advice")
    assert sorted(entry.id for entry in entries(advice)) == sorted(answer.decisions)
    assert advice is not None
    assert [row[0] for row in advice.blocks[0].rows] == [d.title for d in answer.decisions.values()]
    found = entries(chapter(memo, "What to look at"))
    assert sorted(entry.id for entry in found) == sorted(finding.id for finding in answer.findings)
    modality = {finding.id: finding.modality for finding in answer.findings}
    assert [strength(modality[e.id]) for e in found] == sorted((strength(modality[e.id]) for e in found), reverse=True)


@companies
def test_brief_is_brief(company: str) -> None:
    memo, answer = memo_on(company), BOOK.consult(COMPANIES[company])
    (lines,) = memo.chapters[0].blocks
    said = [label for label, _text in lines.rows]
    assert 3 <= len(lines.rows) - said.count("Please check") <= 9
    assert said.count("Please check") == len(answer.notes)
    asked = sum(bool(question.decides) for question in answer.questions)
    assert any(text.startswith(f"{asked} question") for _label, text in lines.rows)


def test_brief_leaves_no_decision_out() -> None:
    lines = dict(memo_on("absent").chapters[0].blocks[0].rows)
    assert lines["Does not apply"] == "Business development representatives."
    told = r"The usual place, for (\d+) more functions\. What is not said yet may change that for Lifecycle marketing and Design\."
    usual = re.fullmatch(told, lines["Everything else"])
    assert usual and int(usual[1]) == 16 - len(["structure", "social", "customer", "ux", "bdr"])


def test_brief_tells_what_is_not_merely_usual() -> None:
    lines = dict(memo_on("fleet_2026").chapters[0].blocks[0].rows)
    assert lines["Lifecycle marketing"].startswith("Open: Growth Marketing or Product Marketing, taking it that")
    assert lines["Today"].startswith("The places of 6 functions are known.") and "Design" in lines["Today"]
    assert lines["Should"].startswith("Structure the team to fit the way you go to market (to check); consider")


@pytest.mark.parametrize(
    ("company", "charts"),
    [("nothing", ["advised"]), ("derived", ["advised"]), ("absent", ["advised", "present"]), ("owners", ["advised"])],
)
def test_today_is_told_where_it_is_known(company: str, charts: list[str]) -> None:
    memo = memo_on(company)
    assert [chart.which for chart in memo.charts()] == charts
    assert (chapter(memo, "As it is, against as advised") is not None) == (company in ("absent", "owners"))


def test_assumptions_and_what_was_worked_out() -> None:
    assert table(memo_on("fleet_2026"), "Taken for granted, since you have not said") == (
        ("Lifecycle marketing", "Your revenue relies on upselling the users of the free product."),
    )
    (label, told), = table(memo_on("derived"), "Worked out from what you said")
    assert label == "Go-to-market motion" and told.startswith("Sales-led, since “")
    assert table(memo_on("fleet_2026"), "Worked out from what you said") == (
        ("Uses contractors", "Yes, by the list “Contractors”."),
    )


def test_changes_by_who_could_bring_them_about() -> None:
    memo = memo_on("mattermost_2020")
    told = [e for e in entries(chapter(memo, "What the advice rests on")) if e.id == "lifecycle_marketing"]
    assert [label for label, _text in told[0].details] == ["Not yours to choose"] * 3


def test_facts_as_given() -> None:
    given = table(memo_on("mattermost_2020"), "Facts as given")
    known = BOOK.consult(COMPANIES["mattermost_2020"]).to_dict()["profile"]
    assert len(given) == len(known), "each fact once, and none that a list answered"
    assert ("Contractors", "Works on: Design") in given and ("Freemium product", "Yes") in given
    assert ("Contractors", "none") in table(memo_on("lists"), "Facts as given")


@companies
def test_the_source_is_cited(company: str) -> None:
    """Each item that a piece of advice names is told; rules are named in the appendix only."""
    memo, answer = memo_on(company), BOOK.consult(COMPANIES[company])
    told = {int(row[0]) for row in table(memo, "What the source says, item by item")}
    assert {item for d in answer.decisions.values() for item in d.guidance} <= told
    assert {item for f in answer.findings for item in f.guidance} <= told
    assert BOOK.sha256[:12] in "".join(texts(memo.chapters[-1]))
    rules = {rule.id for _decision, rule in BOOK.data.rules() if "-" in rule.id}
    assert not any(rule in text for text in texts(memo.chapters[:-1]) for rule in rules)


def test_inferences_are_marked() -> None:
    memo, answer = memo_on("fleet_2026"), BOOK.consult(COMPANIES["fleet_2026"])
    inferred = {finding.id for finding in answer.findings if finding.inferred}
    for entry in entries(chapter(memo, "What to look at")):
        assert ("our inference" in entry.lead) == (entry.id in inferred)
    assert inferred
    without = memo_of(BOOK.without_inferred(), COMPANIES["fleet_2026"], date=DATE)
    assert not inferred & {entry.id for entry in entries(chapter(without, "What to look at"))}


def test_title_and_date() -> None:
    memo = memo_on("nothing", title=" ACME\n Inc ")
    assert (memo.title, memo.subtitle) == ("ACME Inc", BOOK.title)
    assert (memo_on("nothing").title, memo_on("nothing").subtitle) == (BOOK.title, "")
    assert memo.origin[0] == "1 March 2026"
    assert memo_of(BOOK, {}).date == datetime.date.today()


def test_a_book_about_something_else() -> None:
    done = run("-", "--rules", SMALL, input="{}")
    assert done.exit_code == 0 and "## The advice" in done.stdout and "org chart" not in done.stdout


class Marked:
    """A catalog in which every message is translated, into no letters at all."""

    def text(self, message: str) -> str:
        return re.sub(r"(\{\w*\})|[A-Za-z]", lambda found: found[1] or "*", message)

    def counted(self, singular: str, plural: str, number: int) -> str:
        return self.text(plural)


@companies
def test_every_word_can_be_translated(company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_catalog", lambda _language: Marked())
    monkeypatch.setattr(loading, "read_catalog", lambda _folder, _language: Marked())
    facts = {} if company == "nasty" else COMPANIES[company]
    with language.speaking("zh_Hant"):
        book = dottedline.load()
        memo = memo_of(book, facts if isinstance(facts, dict) else facts.facts, title="*", date=DATE)
    last = memo.chapters[-1]
    traced = last._replace(blocks=tuple(b for b in last.blocks if not isinstance(b, Paragraph))[:-1])
    for text in texts((memo._replace(language="", chapters=()), memo.chapters[:-1], traced)):
        assert not re.search("[A-Za-z]", text), text


# --- as HTML ----------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page is made of; every element that is opened is closed."""

    VOID = ("meta", "br", "hr", "img", "link", "input")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def html(company: str, **options: Any) -> str:
    return dottedline.memo(BOOK, COMPANIES[company], "html", date=DATE, **options)  # type: ignore[return-value]


@companies
def test_html_stands_alone(company: str) -> None:
    page = Page(html(company))
    assert not {"script", "link", "img", "iframe", "object", "a", "form"} & {tag for tag, _attributes in page.elements}
    for tag, attributes in page.elements:
        assert not {"href", "src", "srcset", "xlink:href"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes), tag
    style = "".join(text for tag, text in page.texts if tag == "style")
    assert "url(" not in style and "@import" not in style
    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_html_is_well_structured() -> None:
    page = Page(html("fleet_2026"))
    assert page.of("html") == [{"lang": "en"}] and len(page.of("h1")) == 1
    levels = [int(tag[1]) for tag, _attributes in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.of("th"))
    assert len(page.of("svg")) == 2
    assert all(svg["role"] == "img" and svg["aria-label"] and "width" not in svg for svg in page.of("svg"))


def test_html_shows_texts_as_they_are() -> None:
    page = Page(html("nasty", title=NASTY))
    assert not page.of("script") and "<script>" in "".join(text for tag, text in page.texts if tag == "h1")
    shown = "".join(text for _tag, text in page.texts)
    assert 'alert("x")</script> & `code` | *b*' in shown and LONG in shown
    assert "\x07" not in shown and "\ufffd" in shown


@pytest.mark.parametrize(("tag", "lang"), [("en", "en"), ("id", "id"), ("zh_Hant", "zh-Hant")])
def test_html_says_its_language(tag: str, lang: str) -> None:
    done = run(FLEET, "--format", "html", "--lang", tag)
    assert done.exit_code == 0 and f'<html lang="{lang}">' in done.stdout


# --- as Markdown ------------------------------------------------------------------------------


@companies
def test_markdown_tables_keep_their_columns(company: str) -> None:
    lines = dottedline.memo(BOOK, COMPANIES[company], "markdown", title=NASTY, date=DATE).splitlines()  # type: ignore[union-attr]
    width = 0
    for line in lines:
        if line.startswith("|"):
            columns = len(re.findall(r"(?<!\\)\|", line)) - 1
            assert width in (0, columns), line
            width = columns
        else:
            width = 0
    assert sum(line.startswith("```") for line in lines) == 2 * len(list(memo_on(company).charts()))
    outside = "\n".join(lines).split("```")[::2]
    assert not any("<script>" in part.replace("\\<", "") for part in outside)
    assert sum(line.startswith("# ") for line in lines) == 1


def test_markdown_fences_hold() -> None:
    facts = {"contractors": [{"function": "design", "budget_owner": "``` # out"}]}
    text = dottedline.memo(BOOK, facts, "markdown", date=DATE)
    assert isinstance(text, str) and text.count("````") == 2


# --- as a Word document -----------------------------------------------------------------------


def docx(company: str, book: dottedline.Rulebook = BOOK, **options: Any) -> Any:
    content = dottedline.memo(book, COMPANIES[company], "docx", date=DATE, **options)
    assert isinstance(content, bytes)
    return Document(io.BytesIO(content))


@companies
def test_docx_has_the_headings(company: str) -> None:
    memo, document = memo_on(company, title=NASTY), docx(company, title=NASTY)
    by_style = {
        style: [p.text for p in document.paragraphs if p.style.name == style] for style in ("Title", "Heading 1")
    }
    assert by_style == {"Title": [memo.title.replace("\x07", "\ufffd")], "Heading 1": [c.title for c in memo.chapters]}
    expected = [entry for c in memo.chapters for entry in entries(c)]
    shown = [p.text for p in document.paragraphs if p.style.name == "Heading 3"]
    assert len(shown) == len(expected) and all(text.startswith(e.heading) for text, e in zip(shown, expected))
    assert len(document.inline_shapes) == len(list(memo.charts()))


def test_docx_tables_and_pages() -> None:
    document = docx("fleet_2026")
    for table in document.tables:
        rows = table._tbl.tr_lst
        assert rows[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    footer = document.sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE"]
    turned = [section.page_width > section.page_height for section in document.sections]
    assert turned == [False, True, False, True, False]


@pytest.mark.parametrize(("tag", "word"), [("en", "en-GB"), ("id", "id-ID"), ("zh_Hant", "zh-TW")])
def test_docx_says_its_language(tag: str, word: str) -> None:
    document = docx("nothing", dottedline.load(language=tag))
    styles = document.styles.element
    assert [lang.get(qn("w:val")) for lang in styles.iter(qn("w:lang"))] == [word]
    assert document.core_properties.language == word
    for name in ("Normal", "Heading 1", "Title"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) and not any(key.endswith("Theme") for key in fonts.attrib)


def test_docx_tells_nothing_of_its_making() -> None:
    content = dottedline.memo(BOOK, COMPANIES["fleet_2026"], "docx", title="ACME", date=DATE)
    assert isinstance(content, bytes)
    properties = Document(io.BytesIO(content)).core_properties
    assert (properties.title, properties.author, properties.created.date()) == ("ACME", "", DATE)
    assert {part.date_time for part in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {(2026, 3, 1, 0, 0, 0)}


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_facts_give_the_same_document(form: str) -> None:
    facts = COMPANIES["mattermost_2020"]
    assert dottedline.memo(BOOK, facts, form, date=DATE) == dottedline.memo(dottedline.load(), facts, form, date=DATE)


@pytest.mark.parametrize(
    ("name", "options", "start"),
    [
        ("memo.html", (), b"<!DOCTYPE html>"),
        ("memo.HTM", (), b"<!DOCTYPE html>"),
        ("memo.md", (), b"# ACME"),
        ("memo.docx", (), b"PK"),
        ("memo", ("--format", "html"), b"<!DOCTYPE html>"),
        ("memo.md", ("--format", "docx"), b"PK"),
    ],
)
def test_format_by_ending(name: str, options: tuple[str, ...], start: bytes, tmp_path: Path) -> None:
    done = run(FLEET, "-o", str(tmp_path / name), "--title", "ACME", *options)
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_markdown_to_standard_output() -> None:
    done = run(FLEET, "--date", "2026-03-01")
    assert done.exit_code == 0 and done.stdout == dottedline.memo(BOOK, BOOK.read_profile(FLEET), "markdown", date=DATE)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((FLEET, "-o", "memo.pdf"), 1, "error: no format goes with the name `memo.pdf`\n  help: end it in `.html`"),
        ((FLEET, "--format", "hmtl"), 1, "error: there is no format `hmtl`\n  help: did you mean `html`?"),
        ((FLEET, "-o", "nowhere/memo.md"), 1, "error: `nowhere/memo.md`: no such file or directory"),
        (("missing.yaml", "-o", "memo.md"), 1, "`missing.yaml`"),
        ((FLEET, "--date", "tomorrow"), 2, "--date"),
        ((), 2, "PROFILE"),
    ],
)
def test_errors(arguments: tuple[str, ...], code: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == code and message in done.output
    assert not list(tmp_path.iterdir())


def test_a_file_is_never_half_written(tmp_path: Path) -> None:
    path = tmp_path / "memo.html"
    path.write_text("before")
    done = run("-", "-o", str(path), input="gtm_motion: nonsense")
    assert done.exit_code == 1 and path.read_text() == "before"


def test_no_package_for_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "dottedline.present.memo_docx", raising=False)
    monkeypatch.setitem(sys.modules, "docx", None)
    done = run(FLEET, "-o", str(tmp_path / "memo.docx"))
    assert done.exit_code == 1 and "run `pip install 'dottedline[docx]'`" in done.stderr
    assert done.stderr.startswith("error: a memo for Word needs what the extra `docx` installs")


@pytest.mark.parametrize("form", ["html", "docx"])
def test_no_charts_to_be_drawn(form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def engine() -> str:
        raise chart_image.CannotDraw("nothing to draw with", "install it")

    monkeypatch.setattr(chart_image, "engine", engine)
    path = tmp_path / f"memo.{form}"
    done = run(FLEET, "-o", str(path))
    told = "warning: a chart is shown as a tree of text: nothing to draw with\n  help: install it\n"
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", told)
    shown = path.read_text() if form == "html" else "\n".join(p.text for p in Document(str(path)).paragraphs)
    assert "The org chart as advised" in shown and "├── Growth Marketing" in shown


def test_no_such_format_from_python() -> None:
    with pytest.raises(dottedline.InputError, match="there is no format `pdf`"):
        dottedline.memo(BOOK, {}, "pdf")

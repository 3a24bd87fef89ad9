"""What notebooks show: every text escaped, in the language of the rulebook, with a chart where one can be drawn."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dottedline
from all_books import NAMES, engine
from dottedline import language
from dottedline.present import chart_image, notebook

EXAMPLES = Path(__file__).parents[1] / "facts" / "b2b_marketing" / "examples"
FACTS = {
    "gtm_motion": "self_serve",
    "freemium_product": True,
    "current": {"design": "product", "bdr": "sales"},
    "contractors": [{"function": "design", "kind": "agency", "budget_owner": "Ada"}],
}

ALL = {
    "answer": lambda book, facts: book.consult(facts),
    "explanation": lambda book, facts: book.explain(facts, "lifecycle_marketing"),
    "findings": lambda book, facts: book.explain(facts, "design_dotted_line"),
    "why_not": lambda book, facts: book.why_not(facts, "lifecycle_marketing", "growth"),
    "chart": lambda book, facts: book.chart(facts, "present"),
    "comparison": dottedline.compare,
    "what_if": lambda book, facts: dottedline.what_if(book, facts, {"gtm_motion": "sales_led"}),
}


class Read(HTMLParser):
    """The tags of a page, its text without styles, and whether it closes what it opens."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = [], [], [], []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [name for name, _value in attributes]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if "style" not in self.open:
            self.words.append(text)

    @property
    def text(self):
        return " ".join(self.words)


@pytest.mark.parametrize("name", ALL)
def test_it_is_one_piece_that_needs_nothing_else(name):
    page = ALL[name](dottedline.load(), FACTS)._repr_html_()
    read = Read(page)
    assert page.startswith('<div class="dottedline">')
    assert {"style", "div"} <= set(read.tags)
    assert not {"script", "link", "img", "iframe", "html", "body", "h1", "h2"} & set(read.tags)
    assert not re.findall(r"url\(|https?://|@import|javascript:", page)
    assert not [name for name in read.attributes if name.startswith("on") or name in ("src", "href")]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("tag", language.LANGUAGES)
def test_it_speaks_the_language_of_its_rulebook(name, tag, monkeypatch):
    monkeypatch.setattr(chart_image, "engine", nothing_to_draw_with)  # a tree has the same words
    book = dottedline.load(language=tag)
    shown = ALL[name](book, FACTS)
    with language.speaking(tag):
        page = shown._repr_html_()
    for around in language.LANGUAGES:
        with language.speaking(around):
            assert shown._repr_html_() == page
    if tag != "en":
        assert Read(page).text != Read(ALL[name](dottedline.load(), FACTS)._repr_html_()).text


def test_an_answer_shows_all_its_advice_its_reasons_and_its_chart():
    answer = dottedline.load().consult(FACTS)
    read = Read(answer._repr_html_())
    for decision in answer.decisions.values():
        assert decision.title in read.text
        assert decision.status in ("undetermined", "not_applicable") or decision.rationale.split(". ")[0] in read.text
    for finding in answer.findings:
        assert finding.text in read.text
    assert answer.rulebook.sha256[:12] in read.text
    assert read.tags.count("svg") == 1


def test_an_answer_about_some_topics_shows_these():
    book = dottedline.load()
    page = Read(book.consult(FACTS, ["design"])._repr_html_()).text
    assert "Design" in page
    assert "Lifecycle marketing" not in page
    findings = Read(book.consult(FACTS, ["design_dotted_line"])._repr_html_())
    assert "svg" not in findings.tags


HOSTILE = '<script>alert("1")</script>&<img src=x onerror=alert(2)>\x00\u202e]]>'


def test_what_a_profile_says_is_shown_as_it_is():
    facts = {**FACTS, "contractors": [{"function": "design", "kind": "agency", "budget_owner": HOSTILE}]}
    read = Read(dottedline.load().chart(facts, "present")._repr_html_())
    assert not {"script", "img"} & set(read.tags)
    assert "onerror" not in read.attributes
    assert "<script>" in read.text.replace(" ", "")


def test_what_a_rulebook_says_is_shown_as_it_is(tmp_path):
    good = Path(__file__).parent / "good" / "book"
    shutil.copytree(good, tmp_path / "book")
    path = tmp_path / "book" / "rules" / "book" / "book.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("title: Design\n", f"title: {json.dumps(HOSTILE[:50])}\n").replace(
            "because: So.", f"because: {json.dumps(HOSTILE[:50])}"
        ),
        encoding="utf-8",
    )
    book = dottedline.load(tmp_path / "book" / "rules" / "book")
    for shown in (book.consult({}), book.explain({}, "design_place"), book.why_not({}, "design_place", "brand")):
        read = Read(shown._repr_html_())
        assert not {"script", "img"} & set(read.tags)
        assert '<script>alert("1")</script>' in read.text


def nothing_to_draw_with():
    raise chart_image.CannotDraw("no pens", "buy some")


def test_a_chart_that_cannot_be_drawn_is_a_tree_and_says_why(monkeypatch):
    monkeypatch.setattr(chart_image, "engine", nothing_to_draw_with)
    read = Read(dottedline.load().consult(FACTS)._repr_html_())
    assert "svg" not in read.tags
    assert "pre" in read.tags
    assert "No pens, buy some." in read.text


def test_two_charts_on_one_page_have_ids_of_their_own():
    book = dottedline.load()
    ids = [
        set(re.findall(' id="([^"]+)"', book.chart(FACTS, which)._repr_html_())) for which in ("advised", "present")
    ]
    assert all(ids)
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("name", NAMES)
def test_any_rulebook_is_shown(name, monkeypatch):
    """Also one without an organisation, which has no chart to draw."""
    monkeypatch.setattr(chart_image, "engine", nothing_to_draw_with)
    book = engine(name)
    read = Read(book.consult({})._repr_html_())
    assert book.title in read.text
    assert ("pre" in read.tags) == (book.data.organisation is not None)
    decision = next(id for id, each in book.data.decisions.items() if len(each.outcomes) > 1)
    outcome = next(iter(book.data.decisions[decision].outcomes))
    for shown in (book.explain({}, decision), book.why_not({}, decision, outcome), dottedline.what_if(book, {}, {})):
        assert Read(shown._repr_html_()).text


def test_nothing_else_is_shown_so():
    with pytest.raises(TypeError, match="a str is not shown as HTML"):
        notebook.html_of("text")

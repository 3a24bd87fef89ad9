"""What notebooks show: a piece of HTML that needs nothing beside itself, on a light ground or a dark one.

The page around it has its own colours and fonts, which are taken over: what
is quiet or marked is told apart by how strong it is. Only org charts have a
ground of their own, since they are drawn for a white one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from ..answer import Answer
from ..chart import Chart
from ..charting import chart_of
from ..comparison import Comparison
from ..language import _, list_of, speaking
from ..reasons import Explanation
from ..whatif import WhatIf
from ..why_not import WhyNot
from ..words import join_sentences, sentence
from . import chart_words
from .chart_image import CannotDraw, charts_svg
from .chart_tree import charts_text
from .comparison import comparison_report
from .explanation import Line, explanation_lines, why_not_lines
from .html import Element, append, element, inline
from .report import Entry, Report, Section, questions_text, report
from .whatif import whatif_report

STYLE = """
.dottedline { line-height: 1.45; max-width: 60rem; color: inherit; overflow-wrap: anywhere; }
.dottedline div, .dottedline summary { margin: 0; padding: 0; }
.dottedline .dl-title { font-size: 1.25em; font-weight: 600; }
.dottedline .dl-part { font-weight: 600; margin: 1.1em 0 .35em; padding-bottom: .15em;
  border-bottom: 1px solid rgba(128, 128, 128, .45); }
.dottedline .dl-quiet { opacity: .72; font-size: .92em; }
.dottedline .dl-foot { margin-top: 1.1em; }
.dottedline .dl-note { border-left: 3px solid #d08a2e; padding-left: .7em; margin: .5em 0; }
.dottedline .dl-entry { margin: .3em 0; padding-left: .7em; border-left: 3px solid rgba(128, 128, 128, .35); }
.dottedline .dl-finding { border-left-color: #d08a2e; }
.dottedline .dl-entry summary { cursor: pointer; }
.dottedline .dl-heading { font-weight: 600; }
.dottedline .dl-tag { display: inline-block; font-size: .8em; font-weight: 400; line-height: 1.35;
  padding: 0 .5em; margin-left: .35em; white-space: nowrap;
  border: 1px solid rgba(128, 128, 128, .6); border-radius: .7em; }
.dottedline .dl-details { margin: .2em 0 .5em 1.1em; font-size: .92em; }
.dottedline .dl-label { opacity: .72; }
.dottedline .dl-chart { margin: .8em 0; padding: .6em; background: #fff; border-radius: .4em;
  overflow-x: auto; }
.dottedline .dl-chart svg { display: block; width: 100%; height: auto; }
.dottedline .dl-chart pre { color: #1d2733; background: #fff; margin: 0; font-size: .8em; }
.dottedline .dl-yes { color: #1a8f4c; } .dottedline .dl-no { color: #d64545; }
.dottedline .dl-unknown { color: #b3720a; } .dottedline .dl-rule { color: #0b80ad; }
"""

#: The styles of lines as classes.
_CLASSES = {
    "bold": "dl-part",
    "bold cyan": "dl-heading",
    "bold yellow": "dl-heading",
    "green": "dl-yes",
    "red": "dl-no",
    "yellow": "dl-unknown",
    "cyan": "dl-rule",
    "dim": "dl-quiet",
}


def html_of(shown: object) -> str:
    """What has a `_repr_html_`, as HTML.

    Raises:
        TypeError: where it is nothing that is shown so.
    """
    for kind, language, parts in _SHOWN:
        if isinstance(shown, kind):
            with speaking(language(shown)):
                made = element("div", element("style", STYLE), *parts(shown), class_="dottedline")
                return ET.tostring(made, encoding="unicode", method="html")
    raise TypeError(f"a {type(shown).__name__} is not shown as HTML")


def _answer(answer: Answer) -> Iterator[Element]:
    yield from _report(report(answer.book, answer))
    if answer.book.organisation is not None and answer.decisions:
        yield from _chart(chart_of(answer.book, answer, "advised"))


def _explanation(explanation: Explanation) -> Iterator[Element]:
    yield from _lines(explanation_lines(explanation.whole.book, explanation, explanation.whole))


def _why_not(asked: WhyNot) -> Iterator[Element]:
    yield from _lines(why_not_lines(asked.whole.book, asked, asked.whole))


# --- reports ------------------------------------------------------------------------


def _report(told: Report) -> Iterator[Element]:
    yield element("div", told.title, class_="dl-title")
    yield element("div", join_sentences(sentence(told.subtitle), told.known), class_="dl-quiet")
    for note in told.notes:
        label = element("strong", _("{label}: ").format(label=_("Please check")))
        yield element("div", label, note, class_="dl-note")
    for section in told.sections:
        yield from _section(section)
    if told.questions:
        yield element("div", _("What to answer next"), class_="dl-part")
        lines = [*questions_text(told.questions), *([told.more_questions] if told.more_questions else [])]
        yield from (element("div", line, class_="dl-entry") for line in lines)
    if told.not_covered:
        yield element("div", _("What the source does not say"), class_="dl-part")
        yield from (element("div", text, class_="dl-entry") for text in told.not_covered)
    quiet = [*told.statements, told.footer]
    yield element("div", *(element("div", text) for text in quiet), class_="dl-quiet dl-foot")


def _section(section: Section) -> Iterator[Element]:
    yield element("div", section.title, class_="dl-part")
    yield from (_entry(entry, entry.heading != section.title) for entry in section.entries)


def _entry(entry: Entry, headed: bool) -> Element:
    """An entry; what stands behind it unfolds."""
    kind = "dl-entry dl-finding" if entry.is_finding else "dl-entry"
    heading = element("span", entry.heading if headed else "", class_="dl-heading")
    for tag in entry.tags:
        append(heading, " ", element("span", tag, class_="dl-tag"))
    told = [heading, *([element("div", entry.lead)] if entry.lead else [])]
    if not entry.details:
        return element("div", *told, class_=kind)
    details = [
        element("div", element("span", _("{label}: ").format(label=label), class_="dl-label"), text)
        for label, text in entry.details
    ]
    unfolded = element("div", *details, class_="dl-details")
    return element("details", element("summary", *told), unfolded, class_=kind)


def _lines(lines: Iterable[Line]) -> Iterator[Element]:
    for indent, text, style in lines:
        if text:
            title = style == "bold" and not indent
            line = element(
                "div", text, class_=_CLASSES.get(style, "") if title or style != "bold" else "dl-heading"
            )
            if indent:
                line.set("style", f"margin-left: {indent / 2:g}em")
            yield line


# --- charts -------------------------------------------------------------------------


def _chart(chart: Chart) -> Iterator[Element]:
    try:
        svg = charts_svg([chart])
    except CannotDraw as error:
        yield element("div", element("pre", charts_text([chart])), class_="dl-chart")
        why = [str(error), *([error.help] if error.help else [])]
        yield element("div", sentence(list_of(why, "unit")), class_="dl-quiet")
        return
    drawn = inline(svg, f"dl-{hashlib.sha256(svg).hexdigest()[:8]}")
    drawn.set("role", "img")
    drawn.set("aria-label", chart_words.title(chart))
    # No larger than it was drawn; where there is less room for it, not smaller than one can read.
    width = float(drawn.attrib["viewBox"].split()[2])
    drawn.set("style", f"max-width: {width:g}pt; min-width: {min(width, 500):g}pt")
    yield element("div", drawn, class_="dl-chart")


#: What is shown: of which class, in which language, and its parts.
_SHOWN: tuple[tuple[type, Callable[[Any], str], Callable[[Any], Iterable[Element]]], ...] = (
    (Answer, lambda answer: answer.book.language, _answer),
    (Chart, lambda chart: chart.language, _chart),
    (
        Comparison,
        lambda found: found.answer.book.language,
        lambda found: _report(comparison_report(found.answer.book, found)),
    ),
    (
        WhatIf,
        lambda found: found.after.book.language,
        lambda found: _report(whatif_report(found.after.book, found)),
    ),
    (Explanation, lambda explanation: explanation.whole.book.language, _explanation),
    (WhyNot, lambda asked: asked.whole.book.language, _why_not),
)

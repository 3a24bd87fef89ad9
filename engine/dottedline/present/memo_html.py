"""The memo as one HTML file: nothing to fetch, nothing to run, to read on a screen or on paper.

The page is built as a tree and written by the standard library, which escapes
every text in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as ET

from ..chart import Which
from ..language import _
from . import chart_words
from .chart_tree import charts_text
from .html import append, element, inline, page
from .memo_data import Block, Memo, Paragraph, Picture, Points, Table
from .report import Entry, Section

STYLE = """
:root { color: #1d2733; background: #fff; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC", sans-serif; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 46rem; overflow-wrap: anywhere; }
h1, h2, h3, h4 { line-height: 1.25; color: #0b3c5d; break-after: avoid; break-inside: avoid; }
h1 { font-size: 2rem; margin: .25rem 0; }
h2 { font-size: 1.45rem; margin: 3rem 0 1rem; padding-bottom: .3rem; border-bottom: 2px solid #0b3c5d; }
h3 { font-size: 1.12rem; margin: 2rem 0 .6rem; }
h4 { font-size: 1rem; margin: 0; color: #1d2733; }
p { margin: .5rem 0; }
.kind { text-transform: uppercase; letter-spacing: .08em; font-size: .8rem; color: #51606f; margin: 0; }
.subtitle { font-size: 1.15rem; margin: 0; }
.origin { list-style: none; margin: .75rem 0 1.5rem; padding: 0; color: #51606f; font-size: .9rem; }
.about { background: #f3f6f9; padding: .6rem 1rem; font-size: .92rem; }
.quiet { color: #51606f; font-size: .87rem; }
.entry { break-inside: avoid; margin: 0 0 1.1rem; padding-left: .9rem; border-left: 3px solid #d6e0e9; }
.entry.finding { border-left-color: #b35900; }
.entry p, .entry dl { margin: .2rem 0; }
.lead { font-weight: 600; }
.finding .lead { font-weight: 400; }
.tags { font-weight: 400; font-size: .85rem; color: #51606f; }
dl { font-size: .92rem; }
dl div { margin: .15rem 0; }
dt { display: inline; color: #51606f; }
dd { display: inline; margin: 0; }
ul.points { padding-left: 1.1rem; margin: .5rem 0; }
ul.points li { margin: .35rem 0; break-inside: avoid; }
.brief { font-size: 1.05rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; font-size: .9rem; line-height: 1.4; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; }
tr > * { border-bottom: 1px solid #d6e0e9; }
tr > :nth-child(n+3) { min-width: 5.5em; }
thead th { border-bottom: 2px solid #0b3c5d; color: #0b3c5d; white-space: nowrap; overflow-wrap: normal; }
tbody th { font-weight: 500; }
tr { break-inside: avoid; }
figure { margin: 1.5rem 0; overflow-x: auto; }
figure svg { display: block; min-width: 44rem; width: 100%; height: auto; }
pre { margin: 0;
  font: .78rem/1.35 ui-monospace, "Cascadia Mono", Consolas, "Noto Sans Mono CJK TC", monospace; }
@media (min-width: 62rem) { figure { margin-left: -7rem; margin-right: -7rem; } }
@media (max-width: 36rem) {
  body { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.6rem; }
  table { font-size: .82rem; }
  thead th { white-space: normal; }
}
@page { size: A4; margin: 20mm 18mm; @bottom-right { content: counter(page); font: 9pt sans-serif; } }
@page chart { size: A4 landscape; margin: 12mm; }
@media print {
  :root { font-size: 10.5pt; }
  body { max-width: none; padding: 0; }
  h2 { margin-top: 2.2rem; }
  .brief + section { break-before: page; }
  p, li { orphans: 3; widows: 3; }
  thead { display: table-header-group; }
  .about { border: 1px solid #d6e0e9; }
  figure { page: chart; margin: 0; overflow: visible; break-inside: avoid; }
  figure svg { min-width: 0; max-width: 100%; max-height: 180mm; margin: 0 auto; }
}
"""


def memo_html(memo: Memo, pictures: Mapping[Which, bytes]) -> str:
    """The memo as an HTML document.

    Args:
        memo: the memo.
        pictures: its charts as SVG; one that is not there is shown as a tree of text.
    """
    opening = [element("p", memo.kind, class_="kind"), element("h1", memo.title)]
    if memo.subtitle:
        opening.append(element("p", memo.subtitle, class_="subtitle"))
    opening.append(element("ul", *(element("li", text) for text in memo.origin), class_="origin"))
    parts = [element("header", *opening, element("p", memo.about, class_="about"))]
    for number, chapter in enumerate(memo.chapters):
        part = element("section", element("h2", chapter.title), class_="" if number else "brief")
        for block in chapter.blocks:
            part.extend(_block(block, pictures))
        parts.append(part)
    return page(f"{memo.title} \u2013 {memo.kind}", STYLE, memo.language, *parts)


def _block(block: Block, pictures: Mapping[Which, bytes]) -> Iterator[ET.Element]:
    if isinstance(block, Paragraph):
        yield element("p", block.text, class_="quiet" if block.quiet else "")
    elif isinstance(block, Picture):
        yield _figure(block, pictures.get(block.chart.which))
    else:
        if block.title:
            yield element("h3", block.title)
        if isinstance(block, Section):
            yield from (_entry(entry) for entry in block.entries)
        elif isinstance(block, Points):
            yield element("ul", *(element("li", *_point(*row)) for row in block.rows), class_="points")
        else:
            yield _table(block)


def _point(label: str, text: str) -> Iterator[ET.Element | str]:
    if label:
        yield element("strong", _("{label}: ").format(label=label))
    yield text


def _entry(entry: Entry) -> ET.Element:
    heading = element("h4", entry.heading)
    for tag in entry.tags:
        append(heading, " ", element("span", f"[{tag}]", class_="tags"))
    found = element("article", heading, class_="entry finding" if entry.is_finding else "entry")
    if entry.lead:
        found.append(element("p", entry.lead, class_="lead"))
    if entry.details:
        found.append(
            element(
                "dl",
                *(
                    element("div", element("dt", _("{label}: ").format(label=label)), element("dd", text))
                    for label, text in entry.details
                ),
            )
        )
    return found


def _table(table: Table) -> ET.Element:
    return element(
        "table",
        element("thead", element("tr", *(element("th", cell, scope="col") for cell in table.header))),
        element("tbody", *(_row(row) for row in table.rows)),
    )


def _row(cells: Iterable[str]) -> ET.Element:
    first, *others = cells
    return element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in others))


# --- charts -------------------------------------------------------------------------


def _figure(picture: Picture, svg: bytes | None) -> ET.Element:
    if svg is None:
        return element("figure", element("pre", charts_text([picture.chart])))
    drawn = inline(svg, picture.chart.which)
    drawn.set("role", "img")
    drawn.set("aria-label", chart_words.title(picture.chart))
    return element("figure", drawn)

"""A portfolio as one page of HTML: nothing to fetch, nothing to run, to read on a screen or on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..language import _, number_of
from ..words import capital
from . import portfolio_plots as plots
from .html import Element, append, element, page
from .portfolio_blocks import Bars, Block, Columns, Document, Heat, Marks, Points, Rows
from .tags import STATE

STYLE = """
:root { color: #1d2733; background: #fff; line-height: 1.45; print-color-adjust: exact;
  -webkit-print-color-adjust: exact;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial,
    "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", "Noto Sans TC", sans-serif; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 66rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; color: #0b3c5d; break-after: avoid; }
h1 { font-size: 2rem; margin: .25rem 0; }
h2 { font-size: 1.35rem; margin: 3rem 0 .8rem; padding-bottom: .3rem; border-bottom: 2px solid #0b3c5d; }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p { margin: .5rem 0; max-width: 48rem; }
.kind { text-transform: uppercase; letter-spacing: .08em; font-size: .8rem; color: #51606f; margin: 0; }
.quiet { color: #51606f; font-size: .87rem; }
.summary { background: #f3f6f9; border-left: 4px solid #0b3c5d; padding: .5rem 1.1rem; margin: 1.2rem 0;
  font-size: 1.05rem; }
.summary p { max-width: none; }
table { border-collapse: collapse; margin: .6rem 0 1rem; font-size: .88rem; line-height: 1.35; }
.wide { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .32rem .7rem .32rem 0;
  border-bottom: 1px solid #d6e0e9; }
thead th, thead td { border-bottom: 2px solid #0b3c5d; color: #0b3c5d; vertical-align: bottom; }
tbody th { font-weight: 600; }
.bars, .rows { width: 100%; }
.bars tbody th, .heat tbody th { font-weight: 400; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.bars thead .number { white-space: normal; min-width: 4.2rem; max-width: 11rem; }
.zero { color: #6b7885; }
.key { color: #51606f; padding-right: .5rem; }
.tag { color: #51606f; font-size: .92em; white-space: nowrap; }
.drawn { width: 15rem; }
svg.bar { display: block; width: 15rem; max-width: 100%; height: auto; margin-top: .15em; }
svg.swatch { width: 1.35em; height: .9em; vertical-align: -.08em; margin-right: .35em; }
.bars thead svg.swatch { display: block; margin: 0 0 .2rem auto; }
svg.patterns { position: absolute; }
svg.columns { display: block; width: 100%; max-width: 46rem; height: auto; margin: 1.2rem 0; }
svg.columns text { font-size: 11px; fill: #1d2733; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .5rem 0; padding: 0; list-style: none;
  font-size: .88rem; }
.heat td { text-align: right; padding: .32rem .6rem; border: 1px solid #fff;
  font-variant-numeric: tabular-nums; }
.heat thead th { padding: .32rem .6rem; }
.heat thead th:not(:first-child) { text-align: right; }
.heat thead th:first-child { padding-left: 0; }
.heat.large { width: 100%; }
.heat.large td { width: 6.5rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(30rem, 1fr)); gap: 0 2.5rem; }
.multiples section { break-inside: avoid; }
.multiples table { width: 100%; table-layout: fixed; font-size: .8rem; }
.multiples thead th { font-weight: 600; padding: .32rem .3rem; }
.multiples td { padding: .32rem .3rem; }
.s0 { background: #fff; color: #6b7885; } .s1 { background: #fbeedd; } .s2 { background: #f6dbb8; }
.s3 { background: #efc48d; } .s4 { background: #e6a95e; } .s5 { background: #d98f38; }
.marks th, .marks td { padding: .12rem 0; }
.marks td, .marks thead th:not(:first-child) { text-align: center; width: 1.75rem; min-width: 1.75rem;
  border-left: 1px solid #eef2f6; }
.marks tbody th[scope=row] { font-weight: 400; padding-right: .8rem; white-space: nowrap; max-width: 16rem;
  overflow: hidden; text-overflow: ellipsis; }
.marks tbody th[scope=rowgroup] { padding-top: .8rem; color: #0b3c5d; }
.marks tbody tr:hover { background: #f3f6f9; }
.marks td.sum { font-variant-numeric: tabular-nums; }
.missing { color: #8f4700; } .to_check { color: #8f4700; }
.none { color: #b9c4ce; }
ul.points { columns: 2 20rem; column-gap: 2.5rem; padding-left: 1.1rem; margin: .4rem 0; font-size: .92rem; }
tr { break-inside: avoid; }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; }
  .multiples { grid-template-columns: 1fr; }
  .drawn { display: none; }
}
@page { size: A4; margin: 16mm 14mm; @bottom-right { content: counter(page); font: 9pt sans-serif; } }
@media print {
  :root { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  h2 { margin-top: 1.8rem; }
  thead { display: table-header-group; }
  .wide { overflow: visible; }
  .multiples { grid-template-columns: 1fr 1fr; gap: 0 1.2rem; }
  .marks td, .marks thead th:not(:first-child) { width: 1.35rem; min-width: 1.35rem; }
}
"""

#: How marks are set: also without colours and to who reads characters they differ.
_MARKS = {"missing": "\u25cf", "to_check": "\u25cb", "": "\u00b7"}


def portfolio_html(document: Document, language: str) -> str:
    """The portfolio as an HTML document."""
    header = element(
        "header",
        element("p", _("Portfolio"), class_="kind"),
        element("h1", document.title),
        element("p", document.subtitle, class_="quiet"),
        element("div", *(element("p", text) for text in document.summary), class_="summary"),
    )
    sections = (
        element("section", element("h2", section.title), *_blocks(section.blocks))
        for section in document.sections
    )
    footer = element(
        "footer",
        *(element("p", text) for text in document.closing),
        element("p", document.footer, class_="quiet"),
    )
    title = _("{first} {second}").format(first=_("Portfolio:"), second=document.title)
    return page(title, STYLE, language, plots.patterns(), header, *sections, footer)


def _blocks(blocks: Iterable[Block]) -> Iterator[Element]:
    """Blocks as elements; small tables of shares that follow each other stand side by side."""
    multiples: list[Element] = []
    for block in blocks:
        if isinstance(block, Heat) and len(block.rows) <= 10:
            multiples.append(element("section", element("h3", block.title), _heat(block, "heat")))
            continue
        if multiples:
            yield element("div", *multiples, class_="multiples")
            multiples = []
        yield from _block(block)
    if multiples:
        yield element("div", *multiples, class_="multiples")


def _block(block: Block) -> Iterator[Element]:
    if isinstance(block, str):
        yield element("p", block)
    elif isinstance(block, Points):
        yield element("ul", *(element("li", text) for text in block.texts), class_="points")
    elif isinstance(block, Bars):
        yield _wide(_bars(block))
    elif isinstance(block, Heat):
        yield element("h3", block.title)
        yield _wide(_heat(block, "heat large"))
    elif isinstance(block, Marks):
        yield _legend(block)
        yield _wide(_marks(block))
    elif isinstance(block, Columns):
        yield plots.columns(block)
        yield element("p", block.told, class_="quiet")
    else:
        yield _wide(_rows(block))


def _wide(table: Element) -> Element:
    """A table that is scrolled within itself where there is no room."""
    return element("div", table, class_="wide")


# --- tables -------------------------------------------------------------------------


def _bars(block: Bars) -> Element:
    numbered = any(bar.number for bar in block.bars)
    first = element("th", block.header, scope="col", colspan="2" if numbered else "")
    series = (
        element("th", plots.swatch(series.tone), series.label, scope="col", class_="number")
        for series in block.series
    )
    body = element("tbody")
    for bar in block.bars:
        label = element("th", bar.label, scope="row")
        if bar.tag:
            append(label, " ", element("span", f"[{bar.tag}]", class_="tag"))
        drawn = plots.bar(bar.values, [series.tone for series in block.series], block.whole)
        row = element("tr", element("td", bar.number, class_="number key")) if numbered else element("tr")
        append(row, label, element("td", drawn, class_="drawn"))
        append(
            row,
            *(
                element("td", number_of(value), class_=f"number{'' if value else ' zero'}")
                for value in bar.values
            ),
        )
        body.append(row)
    head = element("thead", element("tr", first, element("td", class_="drawn"), *series))
    return element("table", head, body, class_="bars")


def _heat(block: Heat, class_: str) -> Element:
    body = element("tbody")
    for label, cells in block.rows:
        shades = plots.shade([cell.share for cell in cells])
        body.append(
            element(
                "tr",
                element("th", label, scope="row"),
                *(element("td", cell.text, class_=shade) for cell, shade in zip(cells, shades, strict=True)),
            )
        )
    return element("table", _head(block.header), body, class_=class_)


def _marks(block: Marks) -> Element:
    head = element("tr", element("th", block.header, scope="col"), element("th", block.sum, scope="col"))
    for number, text in block.columns:
        head.append(element("th", number, scope="col", title=text))
    table = element("table", element("thead", head), class_="marks")
    words = {"": "", **{state: capital(_(word)) for state, word in STATE.items()}}
    for group, rows in block.groups:
        body = element("tbody")
        if group:
            span = str(len(block.columns) + 2)
            body.append(element("tr", element("th", group, scope="rowgroup", colspan=span)))
        for name, marks in rows:
            body.append(
                element(
                    "tr",
                    element("th", name, scope="row", title=name),
                    element("td", number_of(sum(map(bool, marks))), class_="sum"),
                    *(
                        element("td", _MARKS[mark], class_=mark or "none", aria_label=words[mark])
                        for mark in marks
                    ),
                )
            )
        table.append(body)
    return table


def _legend(block: Marks) -> Element:
    marks = ("missing", "to_check")
    return element(
        "ul",
        *(
            element("li", element("span", _MARKS[mark], class_=mark), f" {series.label}")
            for mark, series in zip(marks, block.series, strict=True)
        ),
        class_="legend",
    )


def _rows(block: Rows) -> Element:
    numeric = [
        all(row[n].replace(",", "").replace(".", "").isdigit() for row in block.rows)
        for n in range(len(block.header))
    ]
    body = element("tbody")
    for row in block.rows:
        first, *others = row
        body.append(
            element(
                "tr",
                element("th", first, scope="row"),
                *(
                    element("td", cell, class_="number" if number else "")
                    for cell, number in zip(others, numeric[1:], strict=True)
                ),
            )
        )
    return element("table", _head(block.header, numeric), body, class_="rows")


def _head(cells: Iterable[str], numeric: Iterable[bool] | None = None) -> Element:
    texts = list(cells)
    classes = ["number" if number else "" for number in numeric] if numeric is not None else [""] * len(texts)
    return element(
        "thead",
        element(
            "tr", *(element("th", text, scope="col", class_=c) for text, c in zip(texts, classes, strict=True))
        ),
    )

"""A portfolio in a terminal, through rich, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from ..language import number_of
from ..words import sentence
from .markdown import plain, table_lines
from .portfolio_blocks import Bars, Block, Columns, Document, Heat, Marks, Points, Rows

#: How tones and marks look in characters.
_TONES = {
    "full": "\u2588",
    "strong": "\u2588",
    "hatched": "\u2593",
    "striped": "\u2592",
    "half": "\u2592",
    "dotted": ":",
    "light": "\u2591",
    "empty": "\u00b7",
}
_MARKS = {"missing": "\u25cf", "to_check": "\u25cb", "": "\u00b7"}

#: The length of a bar in characters.
_LONG = 20


def print_portfolio(console: Console, document: Document) -> None:
    """Prints a portfolio; from about 80 columns on its tables fit."""
    console.print(Group(*_printed(document)))


def _printed(document: Document) -> Iterator[RenderableType]:
    yield Text(document.title, style="bold")
    yield Text(document.subtitle, style="dim")
    for text in document.summary:
        yield Text(text)
    for section in document.sections:
        yield Text()
        yield Line(Text(section.title, style="bold"), align="left", style="dim")
        for block in section.blocks:
            yield from _block(block)
    yield Text()
    for text in document.closing:
        yield Text(text, style="italic")
    yield Text(document.footer, style="dim")


def _block(block: Block) -> Iterator[RenderableType]:
    if isinstance(block, str):
        yield Text(block)
    elif isinstance(block, Points):
        yield from (Text(f"- {text}") for text in block.texts)
    elif isinstance(block, Columns):
        yield Text(block.told)
    elif isinstance(block, Bars):
        yield Text(_legend(block), style="dim")
        yield _bars(block)
    elif isinstance(block, Heat):
        yield Text()
        yield Text(block.title, style="bold")
        yield _table(block.header, [(label, *(cell.text for cell in cells)) for label, cells in block.rows])
    elif isinstance(block, Marks):
        states = ("missing", "to_check")
        legend = [f"{_MARKS[mark]} {series.label}" for mark, series in zip(states, block.series, strict=True)]
        yield Text("   ".join(legend), style="dim")
        yield _marks(block)
    else:
        yield _table(block.header, block.rows)


def _legend(block: Bars) -> str:
    return "   ".join(f"{_TONES[series.tone]} {series.label}" for series in block.series)


def _bars(block: Bars) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1, 0, 0))
    numbered = any(bar.number for bar in block.bars)
    if numbered:
        table.add_column(justify="right", style="dim")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(width=_LONG, no_wrap=True)
    for _series in block.series:
        table.add_column(justify="right", no_wrap=True)
    for bar in block.bars:
        label = Text.assemble(bar.label, (f" [{bar.tag}]" if bar.tag else "", "dim"))
        cells = [label, Text(_drawn(block, bar.values)), *(Text(number_of(value)) for value in bar.values)]
        table.add_row(*([Text(bar.number)] if numbered else []), *cells)
    return table


def _drawn(block: Bars, values: tuple[int, ...]) -> str:
    """A bar in characters; the ends of its parts are rounded, so that they add up."""
    drawn, done = "", 0
    for series, value in zip(block.series, values, strict=True):
        done += value
        drawn += _TONES[series.tone] * (round(done / block.whole * _LONG) - len(drawn))
    return drawn


def _marks(block: Marks) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(block.header), no_wrap=True, max_width=24)
    for number in (block.sum, *(number for number, _text in block.columns)):
        table.add_column(Text(number, style="dim"), justify="right", no_wrap=True)
    for group, rows in block.groups:
        if group:
            table.add_row(Text(group, style="bold"))
        for name, marks in rows:
            table.add_row(Text(name), Text(_sum(marks)), *(Text(_MARKS[mark]) for mark in marks))
    return table


def _sum(marks: tuple[str, ...]) -> str:
    """How many marks there are."""
    return number_of(sum(map(bool, marks)))


def _table(header: tuple[str, ...], rows: list[tuple[str, ...]] | tuple[tuple[str, ...], ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for n, cell in enumerate(header):
        short = all(len(row[n]) < 8 for row in rows)
        table.add_column(Text(cell), justify="right" if short else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


# --- Markdown -----------------------------------------------------------------------


def portfolio_markdown(document: Document) -> str:
    """The portfolio as one Markdown text."""
    lines = [f"# {plain(document.title)}", "", f"*{plain(sentence(document.subtitle))}*", ""]
    lines += [f"- {plain(text)}" for text in document.summary]
    for section in document.sections:
        lines += ["", f"## {plain(section.title)}"]
        for block in section.blocks:
            lines += ["", *_lines(block)]
    lines += ["", "---", ""]
    lines += [line for text in document.closing for line in (plain(text), "")]
    lines.append(f"<small>{plain(document.footer)}</small>")
    return "\n".join(lines) + "\n"


def _lines(block: Block) -> list[str]:
    """A block as Markdown; bars are tables of their numbers."""
    if isinstance(block, str):
        return [plain(block)]
    if isinstance(block, Points):
        return [f"- {plain(text)}" for text in block.texts]
    if isinstance(block, Columns):
        return [plain(block.told)]
    if isinstance(block, Rows):
        return table_lines(block.header, block.rows)
    if isinstance(block, Heat):
        rows = [(label, *(cell.text for cell in cells)) for label, cells in block.rows]
        return [f"**{plain(block.title)}**", "", *table_lines(block.header, rows)]
    if isinstance(block, Bars):
        header = (block.header, *(series.label for series in block.series))
        return table_lines(
            header,
            [
                (
                    " ".join(part for part in (bar.number and f"{bar.number}.", bar.label) if part)
                    + (f" ({bar.tag})" if bar.tag else ""),
                    *(number_of(value) for value in bar.values),
                )
                for bar in block.bars
            ],
        )
    numbers = [number for number, _text in block.columns]
    rows = []
    for group, companies in block.groups:
        rows += [(f"{group}:", "", *("" for _number in numbers))] if group else []
        rows += [(name, _sum(marks), *(_MARKS[mark] for mark in marks)) for name, marks in companies]
    legend = ", ".join(
        f"{_MARKS[mark]} {series.label}"
        for mark, series in zip(("missing", "to_check"), block.series, strict=True)
    )
    return [legend, "", *table_lines((block.header, block.sum, *numbers), rows)]

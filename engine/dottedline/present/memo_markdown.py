"""The memo as Markdown, with its charts as trees of text: legible also where nothing renders it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..language import _
from .chart_tree import charts_text
from .markdown import plain, section_lines, table_lines
from .memo_data import Block, Memo, Paragraph, Picture, Points
from .report import Section


def memo_markdown(memo: Memo) -> str:
    """The memo as one Markdown text."""
    lines = [f"# {_line(memo.title)}", "", f"**{_line(memo.kind)}**"]
    if memo.subtitle:
        lines[-1] += f"  \n{_line(memo.subtitle)}"
    lines += ["", *(f"- {_line(text)}" for text in memo.origin)]
    lines += ["", f"> {_line(memo.about)}"]
    for chapter in memo.chapters:
        lines += ["", f"## {_line(chapter.title)}"]
        for block in chapter.blocks:
            lines += _block(block)
    return "\n".join(lines) + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Section):
        yield from section_lines(block, 3)
        return
    yield ""
    if isinstance(block, Paragraph):
        yield f"*{_line(block.text)}*" if block.quiet else _line(block.text)
    elif isinstance(block, Picture):
        tree = charts_text([block.chart]).rstrip("\n")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", tree)), 3)
        yield from (fence, *tree.splitlines(), fence)
    else:
        if block.title:
            yield from (f"### {_line(block.title)}", "")
        if isinstance(block, Points):
            for label, text in block.rows:
                said = _("{label}: ").format(label=f"**{_line(label)}**") if label else ""
                yield f"- {said}{_line(text)}"
        else:
            yield from table_lines(block.header, block.rows)


def _line(text: str) -> str:
    """A text on one line, shown as it is: a line break could begin a heading or end a table."""
    return plain(" ".join(text.split()))

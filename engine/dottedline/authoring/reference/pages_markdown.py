"""Pages as Markdown, as GitHub shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...language import _
from ...present.markdown import plain
from .pages import (
    Block,
    Code,
    Details,
    Heading,
    Inline,
    Link,
    Page,
    Paragraph,
    Picture,
    Points,
    Reference,
    Table,
    coded,
)


def page_markdown(reference: Reference, page: Page) -> str:
    """One page; links lead to the other pages, which lie beside it."""
    places = reference.places
    lines = [f"# {plain(page.title)}"]
    for block in page.blocks:
        lines += ["", *_block(block, page.file, places)]
    lines += ["", "---", "", f"<small>{plain(reference.footer)}</small>"]
    return "\n".join(lines) + "\n"


def _block(block: Block, here: str, places: Mapping[str, str]) -> Iterator[str]:
    def line(content: Inline) -> str:
        return " ".join("".join(_inline(part, here, places) for part in content).split())

    if isinstance(block, Heading):
        code = f" `{block.code}`" if block.code else ""
        yield f'<a id="{block.anchor}"></a>'
        yield ""
        yield f"{'#' * block.level} {plain(block.text)}{code}"
    elif isinstance(block, Paragraph):
        yield f"*{line(block.content)}*" if block.quiet else line(block.content)
    elif isinstance(block, Points):
        yield from (f"- {line(item)}" for item in block.items)
    elif isinstance(block, Details):
        for label, content in block.rows:
            yield "- " + _("{label}: {text}").format(label=f"*{plain(label)}*", text=line(content))
    elif isinstance(block, Table):
        yield f"| {' | '.join(plain(cell) for cell in block.header)} |"
        yield "|" + " --- |" * len(block.header)
        yield from (f"| {' | '.join(line(cell) for cell in row)} |" for row in block.rows)
    elif isinstance(block, Picture):
        yield f"![{plain(block.alt)}]({block.file}.svg)"


def _inline(part: str | Link | Code, here: str, places: Mapping[str, str]) -> str:
    if isinstance(part, Link):
        file = places[part.anchor]
        return f"[{plain(part.text)}]({'' if file == here else f'{file}.md'}#{part.anchor})"
    if isinstance(part, Code):
        # More backticks than there are in it; a bar would end the cell of a table.
        fence = "`" * max([1, *(len(run) + 1 for run in re.findall("`+", part.text))])
        return f"{fence}{part.text}{fence}".replace("|", "\\|")
    pieces = (plain(piece) if isinstance(piece, str) else _inline(piece, here, places) for piece in coded(part))
    return "".join(pieces)

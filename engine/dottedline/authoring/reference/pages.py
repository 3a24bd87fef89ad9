"""Pages as data: what a reference says, before it is written as Markdown or as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class Link(NamedTuple):
    """Words that lead to a heading, on whichever page it is."""

    text: str
    anchor: str


class Code(NamedTuple):
    """A word as it is written in files."""

    text: str


#: Running text: words, with links and code among them.
Inline = Sequence["str | Link | Code"]


class Heading(NamedTuple):
    """A heading that links can lead to; `code` is the id that it has in the files."""

    level: int
    text: str
    anchor: str
    code: str = ""


class Paragraph(NamedTuple):
    content: Inline
    quiet: bool = False


class Points(NamedTuple):
    """A list."""

    items: tuple[Inline, ...]


class Details(NamedTuple):
    """Labels, each with what is said of it."""

    rows: tuple[tuple[str, Inline], ...]


class Table(NamedTuple):
    header: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]


class Picture(NamedTuple):
    """A graph in Graphviz's language; `file` is its name as a drawing."""

    graph: str
    file: str
    alt: str


Block = Heading | Paragraph | Points | Details | Table | Picture


class Page(NamedTuple):
    """A page, with the name of its file, without an ending."""

    file: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def anchors(self) -> Iterator[str]:
        for block in self.blocks:
            if isinstance(block, Heading):
                yield block.anchor


class Reference(NamedTuple):
    """All pages, the first being the way in."""

    title: str
    language: str
    pages: tuple[Page, ...]
    footer: str

    @property
    def places(self) -> Mapping[str, str]:
        """The page of each anchor."""
        return {anchor: page.file for page in self.pages for anchor in page.anchors}

    @property
    def pictures(self) -> Iterator[Picture]:
        for page in self.pages:
            for block in page.blocks:
                if isinstance(block, Picture):
                    yield block


def coded(text: str) -> list[str | Code]:
    """A text with what stands in backticks as code."""
    pieces = re.split("`([^`]+)`", text)
    return [Code(piece) if n % 2 else piece for n, piece in enumerate(pieces) if piece]


def filled(message: str, **parts: Inline) -> list[str | Link | Code]:
    """A message with running text in the place of its `{placeholders}`."""
    told: list[str | Link | Code] = []
    for n, piece in enumerate(re.split(r"\{(\w+)\}", message)):
        told += parts[piece] if n % 2 else [piece] if piece else []
    return told


def separated(parts: Sequence[Inline], between: str) -> list[str | Link | Code]:
    """Several pieces of running text as one."""
    joined: list[str | Link | Code] = []
    for n, part in enumerate(parts):
        joined += [between] if n else []
        joined += part
    return joined

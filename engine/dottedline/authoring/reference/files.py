"""The files of a reference: made of the rules, written whole, and held against those that are there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ...files import write_whole
from ...language import _
from ...library import Rulebook
from ...present.chart_image import graph_svg
from ...problems import InputError, Problem, listing
from .content import reference
from .pages import Reference
from .pages_html import reference_html
from .pages_markdown import page_markdown

#: The one page that holds everything.
SITE = "index.html"

#: A drawing, with the hash of the graph that it was made of: engines of other versions draw otherwise.
_DRAWN = re.compile(rb"<svg\b[^>]*?data-graph=\"(\w+)\".*?</svg>", re.S)
_OPENING = re.compile(rb"<svg\b")

#: Files of these kinds in the folder are the reference's.
_ENDINGS = (".md", ".svg", ".html")


class Stale(NamedTuple):
    """Names of files that are not as the rules would have them."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    left_over: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.missing, *self.changed, *self.left_over)


def write(book: Rulebook, folder: Path) -> tuple[str, ...]:
    """Writes the reference of a rulebook into a folder; returns the names of the files.

    Raises:
        CannotDraw: where there is no engine to draw the graph.
        InputError: where it would take the place of files that are of no reference.
        OSError: where a file cannot be written.
    """
    made = _files(reference(book), graph_svg)
    _check_place(folder, made)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        write_whole(folder / name, content)
    return tuple(made)


def _check_place(folder: Path, made: Mapping[str, bytes]) -> None:
    """Refuses a folder that has files of these names, but no reference."""
    there = [str(folder / name) for name in made if (folder / name).exists()]
    site = folder / SITE
    if there and _DRAWN.search(made[SITE]) and not (site.is_file() and _DRAWN.search(site.read_bytes())):
        told = _("{files} would be written over, and no reference is there").format(files=listing(there))
        raise InputError([Problem(told, help=_("name a folder that is for the reference alone"))])


def stale(book: Rulebook, folder: Path) -> Stale:
    """What in a folder is not as the rules would have it; drawings are held against their graphs.

    Raises:
        OSError: where a file cannot be read.
    """
    made = _files(reference(book), lambda _graph: b"<svg></svg>")
    there = {path.name: path for path in folder.iterdir() if path.suffix in _ENDINGS} if folder.is_dir() else {}
    changed = [
        name
        for name, content in made.items()
        if name in there and _comparable(there[name].read_bytes()) != _comparable(content)
    ]
    return Stale(
        tuple(name for name in made if name not in there),
        tuple(changed),
        tuple(sorted(name for name in there if name not in made)),
    )


def _files(told: Reference, draw: Callable[[str], bytes]) -> Mapping[str, bytes]:
    """The contents of all files, by their names."""
    drawings = {picture.file: _signed(picture.graph, draw(picture.graph)) for picture in told.pictures}
    pages = {f"{page.file}.md": page_markdown(told, page).encode() for page in told.pages}
    site = reference_html(told, drawings).encode()
    return {**pages, **{f"{name}.svg": svg for name, svg in drawings.items()}, SITE: site}


def _signed(graph: str, svg: bytes) -> bytes:
    """A drawing that names the graph that it was made of."""
    hash = hashlib.sha256(graph.encode()).hexdigest()[:16]
    return _OPENING.sub(f'<svg data-graph="{hash}"'.encode(), svg, count=1)


def _comparable(content: bytes) -> bytes:
    """A file with the hash of its graph for each drawing, whatever the system ends lines with."""
    content = content.replace(b"\r\n", b"\n")
    if content.startswith(b"<?xml") and (found := _DRAWN.search(content)):
        return found[1]
    if content.startswith(b"<svg") and (found := _DRAWN.fullmatch(content.strip())):
        return found[1]
    return _DRAWN.sub(rb"\1", content)

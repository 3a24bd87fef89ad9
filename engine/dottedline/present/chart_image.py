"""Org charts as pictures: drawn by Graphviz, from the same graph that `--format dot` gives."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import metadata

from ..chart import Chart
from ..language import _
from .chart_dot import charts_dot

#: The package that brings the engine, and its program.
_ENGINE = "graphviz-pure"

#: A drawing takes a moment; what takes this long never ends.
_SECONDS = 60

#: Pixels to an inch: sharp on a slide.
_DOTS = 192

#: Fonts with the characters of many languages, by the systems that have them.
_FONTS = (
    "Noto Sans CJK TC", "Noto Sans TC", "PingFang TC", "Microsoft JhengHei", "Heiti TC",
    "Source Han Sans TC", "Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "AR PL UMing TW", "Droid Sans Fallback", "Arial Unicode MS",
    "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Segoe UI",
)  # fmt: skip


class CannotDraw(Exception):
    """Something that drawing needs is not here; `help` says what would do."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.help = help


def charts_svg(charts: Sequence[Chart]) -> bytes:
    """Charts below each other as an SVG.

    Raises:
        CannotDraw: where there is no engine to draw it.
    """
    return _drawn(charts, "svg")


def charts_png(charts: Sequence[Chart]) -> bytes:
    """The same as a PNG.

    Raises:
        CannotDraw: where there is no engine, or no font, to draw it.
    """
    # The engine brings fonts for Latin, Greek and Cyrillic: the same picture on every machine.
    others = sorted({c for c in charts_dot(charts) if not _is_common(c)})
    if not others:
        return _drawn(charts, "png")
    try:
        import resvg_py
    except ImportError:
        raise _missing_extra() from None
    svg = _drawn(charts, "svg").decode()
    sheet = f'text {{ font-family: "{_font_for(others)}" }}'
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, style_sheet=sheet, background="#ffffff", dpi=96, zoom=_DOTS / 96)
    )


def graph_svg(graph: str) -> bytes:
    """A graph in Graphviz's language as an SVG, with the ranks that `dot` finds.

    Raises:
        CannotDraw: where there is no engine to draw it.
    """
    return _graph_drawn(graph, ["-Kdot", "-Tsvg"])


def _drawn(charts: Sequence[Chart], form: str) -> bytes:
    dots = [f"-Gdpi={_DOTS}"] if form == "png" else []
    return _graph_drawn(charts_dot(charts), ["-Kneato", "-n2", f"-T{form}", *dots])


def _graph_drawn(graph: str, how: Sequence[str]) -> bytes:
    command = [engine(), "-q", *how]
    try:
        done = subprocess.run(command, input=graph.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise CannotDraw(_("the chart is too large to be drawn"), _("try --format mermaid or csv")) from None
    if done.returncode or not done.stdout:
        error = done.stderr.decode(errors="replace").strip()
        raise CannotDraw(_("the chart cannot be drawn: {error}").format(error=error))
    return done.stdout


def engine() -> str:
    """The program that draws: that of the extra, since it draws the same everywhere; else `dot`.

    Raises:
        CannotDraw: where there is neither.
    """
    try:
        files = metadata.distribution(_ENGINE).files or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == _ENGINE and (path := shutil.which(str(file.locate()))):
            return path
    found = shutil.which(_ENGINE) or shutil.which("dot")
    if found is None:
        raise _missing_extra()
    return found


def _missing_extra() -> CannotDraw:
    return CannotDraw(
        _("charts as pictures need what the extra `chart` installs"),
        _("run `{command}`").format(command="pip install 'dottedline[chart]'"),
    )


def _is_common(character: str) -> bool:
    return ord(character) < 0x0530 or 0x2010 <= ord(character) <= 0x2044


def _font_for(characters: Sequence[str]) -> str:
    """A font of this machine from which, with the others to help out, these characters can be drawn."""
    blank = _picture("")
    font = next((font for font in _FONTS if _picture("A", font) != blank), None)
    # One of each script stands for it.
    scripts = {unicodedata.name(c, "?").split()[0]: c for c in reversed(characters)}
    for character in scripts.values():
        if font is None or _picture(character, font) in (blank, _picture("\U0010fffd", font)):
            raise CannotDraw(
                _("there is no font on this machine to draw “{character}” in a PNG").format(
                    character=character
                ),
                _("install one, such as Noto Sans CJK, or write an .svg"),
            )
    assert font is not None
    return font


@lru_cache
def _picture(text: str, font: str = "sans-serif") -> bytes:
    import resvg_py

    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
        f'<text x="4" y="30" font-size="24" font-family="{font}">{text}</text></svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))

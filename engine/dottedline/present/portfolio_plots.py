"""Bars and columns as SVG within a page of HTML.

Drawn by hand: rectangles in a row are all there is to it, and the libraries
that draw them (pygal, for one) bring 30 kB of style and script for each
picture, and labels that neither wrap nor can be read aloud. What is drawn has
its numbers beside it, as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..language import number_of
from .html import Element, element
from .portfolio_blocks import Columns

_BLUE, _ORANGE, _INK, _WHITE = "#0b3c5d", "#b35900", "#51606f", "#ffffff"

#: How each tone is filled: also without colours no two that stand together look alike.
_FILLS: Mapping[str, str] = {
    "full": _BLUE,
    "hatched": "url(#hatched)",
    "half": "#7fa6c4",
    "dotted": "url(#dotted)",
    "light": "#dbe4ec",
    "empty": _WHITE,
    "strong": _ORANGE,
    "striped": "url(#striped)",
}

#: The size of a bar, and of the picture with columns, in the units of the drawing.
_WIDTH, _HEIGHT = 240, 14
_WIDE, _HIGH, _FOOT = 720, 150, 34


def patterns() -> Element:
    """The patterns that fills name; once on a page."""

    def pattern(id: str, *shapes: Element) -> Element:
        size = {"width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
        made = element("pattern", _rect(0, 0, 6, 6, _WHITE), *shapes, id=id)
        made.attrib.update(size)
        return made

    def stroke(colour: str) -> Element:
        return element("path", d="M-1 1 1 -1 M0 6 6 0 M5 7 7 5", stroke=colour, stroke_width="2")

    dot = element("circle", cx="3", cy="3", r="1.1", fill=_BLUE)
    defs = element(
        "defs",
        pattern("hatched", stroke(_BLUE)),
        pattern("striped", stroke(_ORANGE)),
        pattern("dotted", dot),
    )
    return element("svg", defs, width="0", height="0", aria_hidden="true", class_="patterns")


def bar(values: Iterable[int], tones: Iterable[str], whole: int) -> Element:
    """A bar in parts; its numbers stand beside it, so it says nothing to who does not see it."""
    drawing = element("svg", view_box=f"0 0 {_WIDTH} {_HEIGHT}", class_="bar", aria_hidden="true")
    at = 0.0
    for value, tone in zip(values, tones, strict=True):
        if value:
            width = value / whole * (_WIDTH - 1)
            drawing.append(_rect(at + 0.5, 0.5, width, _HEIGHT - 1, _FILLS[tone], outlined=True))
            at += width
    return drawing


def swatch(tone: str) -> Element:
    """A patch of a tone, for a legend."""
    patch = _rect(0.5, 0.5, 17, 11, _FILLS[tone], outlined=True)
    return element("svg", patch, view_box="0 0 18 12", class_="swatch", aria_hidden="true")


def columns(plot: Columns) -> Element:
    """Columns side by side, one for each number up to the greatest, with an axis."""
    last = max(plot.counts)
    highest = max(plot.counts, key=lambda number: plot.counts[number])
    tallest = plot.counts[highest]
    step = _WIDE / (last + 1)
    shapes = []
    for number in range(last + 1):
        count = plot.counts.get(number, 0)
        height = count / tallest * (_HIGH - 18)
        x = number * step
        if count:
            shapes.append(_rect(x + step * 0.1, _HIGH - height, step * 0.8, height, _BLUE))
        if step >= 9 * len(number_of(last)) or number % 5 == 0:
            shapes.append(_text(x + step / 2, _HIGH + 15, number_of(number)))
        if count and (step >= 9 * len(number_of(count)) or number == highest):
            shapes.append(_text(x + step / 2, _HIGH - height - 4, number_of(count)))
    shapes.append(element("path", d=f"M0 {_HIGH}.5H{_WIDE}", stroke=_INK))
    shapes.append(_text(_WIDE / 2, _HIGH + _FOOT - 2, plot.label))
    shapes.append(element("text", plot.counted, x="0", y="-6"))
    return element(
        "svg",
        *shapes,
        view_box=f"0 -18 {_WIDE} {_HIGH + _FOOT + 22}",
        class_="columns",
        role="img",
        aria_label=plot.told,
    )


def shade(shares: Sequence[float | None]) -> list[str]:
    """For each share the class of its shade, from `s0` to `s5`."""
    return ["" if share is None else f"s{min(5, round(share * 5 + 0.25)) if share else 0}" for share in shares]


def _rect(x: float, y: float, width: float, height: float, fill: str, *, outlined: bool = False) -> Element:
    made = element("rect", x=f"{x:.4g}", y=f"{y:.4g}", width=f"{width:.4g}", height=f"{height:.4g}", fill=fill)
    if outlined:
        made.set("stroke", _INK)
        made.set("stroke-width", "0.6")
    return made


def _text(x: float, y: float, text: str) -> Element:
    return element("text", text, x=f"{x:.4g}", y=f"{y:.4g}", text_anchor="middle")

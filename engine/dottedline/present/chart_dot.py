"""Org charts as a graph in Graphviz's language, with every box in its place and every solid line drawn.

`neato -n2` draws it so and finds the ways of the dotted lines; other engines
may lay it out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from ..chart import UNDECIDED, Box, Chart, DottedLine
from . import chart_words
from .chart_layout import (
    LINE,
    MARGIN,
    NAME_SIZE,
    NOTE_SIZE,
    TITLE_SIZE,
    WIDTH,
    Layout,
    Placed,
    Point,
    layout,
    text_width,
    wrapped,
)
from .chart_words import Sample

#: Told apart by border and shape, so that colour is not needed: these are also safe for the colour-blind.
_BOXES: dict[str | None, dict[str, str]] = {
    None: {"fillcolor": "#ffffff", "color": "#4a5a6a"},
    "company": {"fillcolor": "#ffffff", "color": "#0b3c5d", "penwidth": "1.5"},
    "department": {"fillcolor": "#0b3c5d", "color": "#0b3c5d", "fontcolor": "#ffffff"},
    "group": {"fillcolor": "#d6e6f2", "color": "#0b3c5d"},
    "within": {"fillcolor": "#eef4f9", "color": "#0b3c5d"},
    "outside": {"fillcolor": "#e4e4e4", "color": "#444444", "style": "filled", "penwidth": "2"},
    "contractor": {"fillcolor": "#fdf0d5", "color": "#8a4500", "peripheries": "2"},
    "open_role": {
        "fillcolor": "#ffffff",
        "color": "#222222",
        "style": "rounded,filled,dashed",
        "penwidth": "1.6",
    },
    "undecided": {"fillcolor": "#f7f7f7", "color": "#666666", "style": "filled,dotted", "penwidth": "1.6"},
}
_SOLID = {"color": "#4a5a6a", "penwidth": "1.3", "arrowhead": "none"}
_UNDECIDED = {"color": "#999999", "penwidth": "1", "arrowhead": "none", "style": "dashed"}
_DOTTED = {"color": "#0072b2", "style": "dotted", "penwidth": "2.2", "arrowhead": "vee", "arrowsize": "0.7"}
_ASKED = {**_DOTTED, "color": "#c04a00", "arrowhead": "normal"}

_GAP = 20
_LEAST_WIDTH = 560
_SAMPLE = (64.0, 18.0)

#: What the second border of a box adds to its width and height.
_SECOND_BORDER = 8


def charts_dot(charts: Sequence[Chart]) -> str:
    """Charts below each other, with a legend, as one graph."""
    return "\n".join(_Graph(charts).lines()) + "\n"


class _Graph:
    def __init__(self, charts: Sequence[Chart]) -> None:
        self.charts = charts
        self.layouts = [layout(chart) for chart in charts]
        self.width = max(_LEAST_WIDTH, *(laid.width for laid in self.layouts))

    def lines(self) -> Iterator[str]:
        title = ", ".join(chart_words.title(chart) for chart in self.charts)
        yield "// neato -n2 draws this as it is laid out here; other engines lay it out anew."
        yield f"digraph {quoted(title)} {{"
        # Boxes that come closer to each other than twice `esep` would keep lines from being led around them.
        look = {
            "bgcolor": "#ffffff",
            "pad": "0.25",
            "splines": "true",
            "esep": "+3",
            "outputorder": "edgesfirst",
        }
        yield f"  graph{attributes(**look)}"
        yield (
            f"  node{attributes(shape='box', style='rounded,filled', fixedsize='true')[:-1]} "
            f'label="" fontname="Helvetica"]'
        )
        y = 0.0
        for chart, laid in zip(self.charts, self.layouts, strict=True):
            yield self._plain(f"{chart.which}.title", [chart_words.title(chart)], 0, y, self.width, TITLE_SIZE)
            y += LINE[TITLE_SIZE] + _GAP
            yield from self._chart(chart, laid, y)
            y += laid.height + _GAP
            room = self.width - 2 * MARGIN
            if asides := [
                line for text in chart_words.asides(chart) for line in wrapped(text, room, NOTE_SIZE)
            ]:
                yield self._plain(f"{chart.which}.asides", asides, 0, y, self.width)
                y += LINE[NOTE_SIZE] * len(asides) + _GAP
        yield from self._legend(y)
        yield "}"

    def _chart(self, chart: Chart, laid: Layout, top: float) -> Iterator[str]:
        left = (self.width - laid.width) / 2
        for placed in laid.boxes:
            moved = placed._replace(x=placed.x + left, y=placed.y + top)
            yield self._node(f"{chart.which}.{placed.box.id}", moved)
        for manager, report, way in laid.lines:
            look = _UNDECIDED if UNDECIDED in (manager, report) else _SOLID
            path = _path([(x + left, y + top) for x, y in way])
            yield self._edge(chart, manager, report, {**look, "pos": path})
        for line in chart.lines:
            yield self._dotted(chart, line)

    def _node(self, id: str, placed: Placed) -> str:
        look = _BOXES[chart_words.sample_of(placed.box) or _kind(placed.box)]
        fontcolor = look.get("fontcolor", "#111111")
        lines = [(f"<b>{html_text(line)}</b>", NAME_SIZE, fontcolor) for line in placed.name]
        faint = look.get("fontcolor", "#444444")
        lines += [(html_text(line), NOTE_SIZE, faint) for line in placed.notes]
        return self._box(id, placed.x, placed.y, WIDTH, placed.height, look, lines)

    def _box(
        self,
        id: str,
        x: float,
        y: float,
        width: float,
        height: float,
        look: dict[str, str],
        lines: Sequence[tuple[str, int, str]] = (),
    ) -> str:
        """A node of a fixed size, the lines of its text from its left edge on."""
        look = {**look, "pos": _point((x + width / 2, y + height / 2))}
        if "peripheries" in look:
            width, height = width - _SECOND_BORDER, height - _SECOND_BORDER
        look |= {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}"}
        label = ""
        if lines:
            room = f'align="left" balign="left" fixedsize="true" width="{width - 2 * MARGIN:.0f}"'
            # A row for each line: so the engine's notion of the height of a font plays no part.
            rows = "".join(
                f'<tr><td {room} height="{LINE[size]}"><font point-size="{size}" color="{color}">{line}</font>'
                "</td></tr>"
                for line, size, color in lines
            )
            label = f' label=<<table border="0" cellborder="0" cellspacing="0" cellpadding="0">{rows}</table>>'
        return f"  {quoted(id)}{attributes(**look)[:-1]}{label}]"

    def _plain(
        self, id: str, lines: Sequence[str], x: float, y: float, width: float, size: int = NOTE_SIZE
    ) -> str:
        """Text without a box."""
        bold = size == TITLE_SIZE
        told = [(f"<b>{html_text(line)}</b>" if bold else html_text(line), size, "#333333") for line in lines]
        look = {"shape": "plaintext", "style": ""}
        return self._box(id, x, y, width, LINE[size] * len(lines), look, told)

    def _edge(self, chart: Chart, source: str, target: str, look: dict[str, str]) -> str:
        ends = f"{quoted(f'{chart.which}.{source}')} -> {quoted(f'{chart.which}.{target}')}"
        return f"  {ends}{attributes(**look)}"

    def _dotted(self, chart: Chart, line: DottedLine) -> str:
        look = {**(_ASKED if line.asked else _DOTTED), "constraint": "false"}
        return self._edge(chart, line.source, line.target, look)

    def _legend(self, y: float) -> Iterator[str]:
        """A sample of each, with what it means, in rows."""
        x, (width, height) = 0.0, _SAMPLE
        for sample, text in chart_words.legend(self.charts):
            room = text_width(text, NOTE_SIZE) + 2 * MARGIN
            if x and x + width + room > self.width:
                x, y = 0.0, y + height + 12
            yield from self._sample(sample, x, y)
            middle = y + (height - LINE[NOTE_SIZE]) / 2
            yield self._plain(f"legend.{sample}.text", [text], x + width, middle, room)
            x += width + room

    def _sample(self, sample: Sample, x: float, y: float) -> Iterator[str]:
        width, height = _SAMPLE
        if sample not in ("solid", "dotted", "asked"):
            yield self._box(f"legend.{sample}", x + MARGIN, y, width - 20, height, _BOXES[sample])
            return
        look = {"solid": _SOLID, "dotted": _DOTTED, "asked": _ASKED}[sample]
        ends = [f"legend.{sample}.{end}" for end in ("start", "end")]
        for end, at in zip(ends, (x + MARGIN, x + width - 12), strict=True):
            yield self._box(end, at, y + height / 2, 1, 1, {"shape": "point", "style": "invis"})
        yield f"  {quoted(ends[0])} -> {quoted(ends[1])}{attributes(**look)}"


def _kind(box: Box) -> str | None:
    return box.part if box.part in _BOXES else None


def _path(way: Sequence[Point]) -> str:
    """A way of straight lines, as the Bézier curve that Graphviz wants."""
    points = [way[0]]
    for start, end in pairwise(way):
        points += [start, end, end]
    return " ".join(_point(point) for point in points)


def _point(point: Point) -> str:
    """Graphviz counts from the bottom."""
    return f"{point[0]:.1f},{0.0 - point[1]:.1f}"


def attributes(**named: str) -> str:
    """Attributes of a graph, a node or an edge, in brackets."""
    told = " ".join(f"{name}={quoted(value)}" for name, value in named.items())
    return f" [{told}]"


def quoted(text: str) -> str:
    """A text in Graphviz's language, where a backslash begins a code and entities are read."""
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def html_text(text: str) -> str:
    """A text in a label that is written as HTML."""
    return escape(text).replace("\\", "\\\\")

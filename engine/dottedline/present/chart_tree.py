"""Org charts in a terminal, as trees."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from ..chart import Box, Chart
from ..language import _
from . import chart_words
from .chart_words import Sample
from .terminal import printed

_STYLES: dict[Sample | None, str] = {
    None: "bold",
    "outside": "bold italic",
    "contractor": "bold yellow",
    "open_role": "bold dim",
    "undecided": "bold magenta",
}

#: How wide a tree in a file is.
_TEXT_WIDTH = 100

#: A dotted line, in characters that every terminal has.
_DOTS = "....> "


def print_charts(console: Console, charts: Sequence[Chart]) -> None:
    """Prints charts below each other; fits any width from about 40 columns."""
    parts: list[RenderableType] = []
    for chart in charts:
        parts += [Text(chart_words.title(chart), style="bold underline"), _tree(chart)]
        parts += [Text(aside) for aside in chart_words.asides(chart)]
        parts.append(Text())
    if any(chart.lines for chart in charts):
        parts += [
            Text.assemble((_DOTS, "cyan"), text)
            for sample, text in chart_words.legend(charts)
            if sample in ("dotted", "asked")
        ]
        parts.append(Text())
    console.print(Group(*parts[:-1]))


def _tree(chart: Chart) -> Tree:
    trees = {box.id: Tree(_label(box, chart), guide_style="dim") for box in chart.boxes}
    for box in chart.boxes:
        if box.manager is not None:
            trees[box.manager].children.append(trees[box.id])
    return trees[chart.top.id]


def _label(box: Box, chart: Chart) -> Text:
    label = Text(box.label, style=_STYLES[chart_words.sample_of(box)])
    if notes := chart_words.notes(box, chart):
        label.append(f"  {_('; ').join(notes)}", style="not bold not italic dim")
    labels = {other.id: other.label for other in chart.boxes}
    for line in chart.dotted(box.id):
        how = chart_words.line_label(line)
        label.append(f"\n{_DOTS}", style="not bold not italic cyan")
        label.append(f"{labels[line.target]}{f' ({how})' if how else ''}", style="not bold not italic")
    return label


def charts_text(charts: Sequence[Chart]) -> str:
    """The same as a text, to write to a file."""
    return printed(lambda console: print_charts(console, charts), _TEXT_WIDTH)

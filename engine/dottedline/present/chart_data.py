"""Org charts for programs: tables that tools for org charts read, and diagrams in Mermaid."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from ..chart import Box, Chart
from . import chart_words

#: What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_MERMAID_CLASSES = {
    "department": "fill:#0b3c5d,stroke:#0b3c5d,color:#ffffff",
    "group": "fill:#d6e6f2,stroke:#0b3c5d,color:#111111",
    "outside": "fill:#e4e4e4,stroke:#555555,color:#111111,stroke-width:2px",
    "contractor": "fill:#fdf0d5,stroke:#b35900,color:#111111,stroke-width:3px",
    "open_role": "fill:#ffffff,stroke:#333333,color:#111111,stroke-dasharray:7 4",
    "undecided": "fill:#ffffff,stroke:#777777,color:#333333,stroke-dasharray:2 3",
    "plain": "fill:#ffffff,stroke:#4a5a6a,color:#111111",
}


def charts_json(charts: Sequence[Chart]) -> str:
    """One chart as a JSON object, several as a list of them."""
    told = [chart.to_dict() for chart in charts]
    return json.dumps(told[0] if len(told) == 1 else told, indent=2, ensure_ascii=False) + "\n"


def charts_csv(charts: Sequence[Chart]) -> str:
    """A table with a row for each box; the ids of several charts are told apart by the chart's name."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(["id", "name", "manager_id", "dotted_manager_ids"])
    for chart in charts:
        prefix = f"{chart.which}." if len(charts) > 1 else ""
        for box in chart.boxes:
            dotted = ";".join(prefix + line.target for line in chart.dotted(box.id))
            manager = prefix + box.manager if box.manager is not None else ""
            table.writerow(_plain(cell) for cell in (prefix + box.id, box.label, manager, dotted))
    return file.getvalue()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def charts_mermaid(charts: Sequence[Chart]) -> str:
    """A flowchart in Mermaid's language, each chart a part of it."""
    lines = ["flowchart TD"]
    for chart in charts:
        names = {box.id: f"{chart.which}{number}" for number, box in enumerate(chart.boxes)}
        lines.append(f'  subgraph {chart.which}["{_quoted(chart_words.title(chart))}"]')
        for box in chart.boxes:
            lines.append(f"    {names[box.id]}{_shape(box, chart)}:::{_class(box)}")
        for box in chart.boxes:
            if box.manager is not None:
                lines.append(f"    {names[box.manager]} --- {names[box.id]}")
        for line in chart.lines:
            how = _quoted(chart_words.line_label(line))
            arrow = f'-. "{how}" .->' if how else "-.->"
            lines.append(f"    {names[line.source]} {arrow} {names[line.target]}")
        if aside := chart_words.aside(chart):
            lines.append(f'    {chart.which}note["{_quoted(aside)}"]:::plain')
        lines.append("  end")
    lines += [f"  classDef {name} {style}" for name, style in _MERMAID_CLASSES.items()]
    return "\n".join(lines) + "\n"


def _class(box: Box) -> str:
    return chart_words.sample_of(box) or (box.part if box.part in ("department", "group") else "plain")


def _shape(box: Box, chart: Chart) -> str:
    """A box of its kind: two borders for a contractor, six corners for what is undecided, else four."""
    notes = "".join(f"<br/>{_quoted(note)}" for note in chart_words.notes(box, chart))
    text = f'"<b>{_quoted(box.label)}</b>{notes}"'
    sample = chart_words.sample_of(box)
    if sample == "contractor":
        return f"[[{text}]]"
    if sample == "undecided":
        return f"{{{{{text}}}}}"
    return f"[{text}]" if sample == "outside" else f"({text})"


def _quoted(text: str) -> str:
    """Text that Mermaid shows as it is: what it might read as HTML, Markdown or its own becomes `#35;`."""
    return "".join(c if c.isalnum() or c in " ,:/()" else f"#{ord(c)};" for c in text)

"""Reports and explanations in a terminal, through rich."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from .report import Entry, Report, Section


def print_report(console: Console, report: Report) -> None:
    """Prints a report; fits any width from about 40 columns."""
    console.print(Text(report.title, style="bold"))
    console.print(Text(report.subtitle, style="dim"))
    console.print(Text(report.known, style="dim"))
    for note in report.notes:
        console.print(_labelled("Please check", note, "yellow"))
    for section in report.sections:
        _print_section(console, section)
    if report.questions:
        _heading(console, "What to answer next")
        for question, decides in report.questions:
            console.print(_indented(Text.assemble(question, " ", (f"({decides})", "dim")), 2))
        if report.more_questions:
            console.print(_indented(Text(report.more_questions, style="dim"), 2))
    if report.not_covered:
        _heading(console, "What the source does not say")
        for text in report.not_covered:
            console.print(_bullet(text))
    for section in report.charters:
        _print_section(console, section)
    console.print()
    for statement in report.statements:
        console.print(Text(statement, style="italic"))
    console.print(Text(report.footer, style="dim"))


def print_brief(console: Console, report: Report) -> None:
    """Prints a table with one line for each decision, and the findings below it."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(ratio=2, style="cyan")
    table.add_column(ratio=5)
    table.add_column(no_wrap=True, style="dim")
    findings: list[Entry] = []
    for section in report.sections:
        for entry in section.entries:
            if entry.is_finding:
                findings.append(entry)
            else:
                table.add_row(entry.heading, entry.lead, ", ".join(entry.tags))
    console.print(table)
    if findings:
        _heading(console, "What to look at")
        for entry in findings:
            console.print(_indented(_entry_heading(entry), 2))


def _print_section(console: Console, section: Section) -> None:
    _heading(console, section.title)
    for entry in section.entries:
        if entry.heading != section.title:
            console.print(_indented(_entry_heading(entry), 2))
        console.print(_indented(Text(entry.lead, style="" if entry.is_finding else "bold"), 4))
        for label, text in entry.details:
            console.print(_indented(_labelled(label, text), 4))


def _entry_heading(entry: Entry) -> Text:
    style = "bold yellow" if entry.is_finding else "bold cyan"
    mark = "! " if entry.is_finding else ""
    return Text.assemble((f"{mark}{entry.heading}", style), "  ", (f"[{', '.join(entry.tags)}]", "dim"))


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Line(Text(title, style="bold"), align="left", style="dim"))


def _labelled(label: str, text: str, style: str = "dim") -> Text:
    return Text.assemble((f"{label}: ", style), text)


def _bullet(text: str) -> RenderableType:
    return _indented(Text(f"- {text}"), 2)


def _indented(renderable: RenderableType, columns: int) -> RenderableType:
    return Padding(renderable, (0, 0, 0, columns), expand=False)

"""Reports and explanations in a terminal, through rich."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from ..language import _, list_of
from .prose import Prose
from .report import Entry, Report, Section


class Terminal(Console):
    """A console that leaves it to its caller what to do when nobody reads on."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def printed(show: Callable[[Console], None], width: int) -> str:
    """What something prints, as the text of a file, without colours and spaces at the ends of lines."""
    console = Console(width=width, color_system=None, file=io.StringIO(), highlight=False, legacy_windows=False)
    with console.capture() as captured:
        show(console)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def print_report(console: Console, report: Report) -> None:
    """Prints a report; fits any width from about 40 columns."""
    # Printed as one: a console takes its time for each thing that it is given.
    console.print(Group(*_report(report)))


def _report(report: Report) -> Iterator[RenderableType]:
    yield Prose(Text(report.title, style="bold"))
    yield Prose(Text(report.subtitle, style="dim"))
    if report.known:
        yield Prose(Text(report.known, style="dim"))
    for note in report.notes:
        yield Prose(_labelled(_("Please check"), note, "yellow"))
    for section in report.sections:
        yield from _section(section)
    if report.questions:
        yield from _heading(_("What to answer next"))
        for question, decides in report.questions:
            before, _sign, after = _("{question} ({decides})").partition("{decides}")
            told = Text(before.format(question=question))
            yield _indented(told.append(decides + after, "dim"), 2)
        if report.more_questions:
            yield _indented(Text(report.more_questions, style="dim"), 2)
    if report.not_covered:
        yield from _heading(_("What the source does not say"))
        for text in report.not_covered:
            yield _indented(Text(f"- {text}"), 2)
    for section in report.charters:
        yield from _section(section)
    yield Text()
    for statement in report.statements:
        yield Prose(Text(statement, style="italic"))
    yield Prose(Text(report.footer, style="dim"))


def print_brief(console: Console, report: Report) -> None:
    """Prints a table with one line for each decision, and the findings below it."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(ratio=2, style="cyan")
    table.add_column(ratio=5)
    table.add_column(overflow="fold", style="dim")
    findings: list[Entry] = []
    for section in report.sections:
        for entry in section.entries:
            if entry.is_finding:
                findings.append(entry)
            else:
                cells = (entry.heading, entry.lead, list_of(_tags(entry, brief=True), "unit"))
                table.add_row(*(Prose(Text(cell)) for cell in cells))
    console.print(table)
    if findings:
        headings = (_indented(_entry_heading(entry, brief=True), 2) for entry in findings)
        console.print(Group(*_heading(_("What to look at")), *headings))


def _section(section: Section) -> Iterator[RenderableType]:
    yield from _heading(section.title)
    for entry in section.entries:
        if entry.heading != section.title:
            yield _indented(_entry_heading(entry), 2)
        yield _indented(Text(entry.lead, style="" if entry.is_finding else "bold"), 4)
        for label, text in entry.details:
            yield _indented(_labelled(label, text), 4)


def _tags(entry: Entry, *, brief: bool) -> Sequence[str]:
    """How firm and how sure; in brief, where no details say so, also that it is inferred."""
    ours = _("our inference")
    return (*entry.tags, ours) if brief and entry.inferred and ours not in entry.tags else entry.tags


def _entry_heading(entry: Entry, *, brief: bool = False) -> Text:
    style = "bold yellow" if entry.is_finding else "bold cyan"
    mark = "! " if entry.is_finding else ""
    tags = f"  [{list_of(_tags(entry, brief=brief), 'unit')}]" if entry.tags else ""
    return Text.assemble((f"{mark}{entry.heading}", style), (tags, "dim"))


def _heading(title: str) -> Iterator[RenderableType]:
    yield Text()
    yield Line(Text(title, style="bold"), align="left", style="dim")


def _labelled(label: str, text: str, style: str = "dim") -> Text:
    return Text.assemble((_("{label}: ").format(label=label), style), text)


def _indented(text: Text, columns: int) -> RenderableType:
    return Padding(Prose(text), (0, 0, 0, columns), expand=False)

"""Reports and explanations as Markdown, to paste into a document or a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..language import _, list_of
from ..words import sentence
from .report import Report, Section, questions_text


def report_markdown(report: Report) -> str:
    """The report as one Markdown text."""
    below = f"*{plain(sentence(report.subtitle))}* {plain(report.known)}"
    lines = [f"# {plain(report.title)}", "", below.rstrip()]
    lines += [
        line for note in report.notes for line in ("", f"> **{plain(_('Please check'))}:** {plain(note)}")
    ]
    for section in report.sections:
        lines += section_lines(section)
    if report.questions:
        lines += ["", "## " + _("What to answer next"), ""]
        lines += [f"- {plain(text)}" for text in questions_text(report.questions)]
        if report.more_questions:
            lines.append(f"- {plain(report.more_questions)}")
    if report.not_covered:
        lines += ["", "## " + _("What the source does not say"), ""]
        lines += [f"- {plain(text)}" for text in report.not_covered]
    for section in report.charters:
        lines += section_lines(section)
    lines += ["", "---", ""]
    lines += [line for statement in report.statements for line in (plain(statement), "")]
    lines.append(f"<small>{plain(report.footer)}</small>")
    return "\n".join(lines) + "\n"


def section_lines(section: Section, level: int = 2) -> list[str]:
    """A section below a heading of a level, its entries one level deeper."""
    lines = ["", f"{'#' * level} {plain(section.title)}"] if section.title else []
    for entry in section.entries:
        tags = f" *({list_of(entry.tags, 'unit')})*" if entry.tags else ""
        if entry.heading != section.title:
            lines += ["", f"{'#' * (level + 1)} {plain(entry.heading)}{tags}"]
        if entry.lead:
            lead = plain(entry.lead)
            lines += ["", lead if entry.is_finding else f"**{lead}**"]
        if entry.details:
            lines.append("")
        lines += [f"- *{plain(label)}:* {plain(text)}" for label, text in entry.details]
    return lines


def table_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table as GitHub has it."""
    return [_row(header), "|" + " --- |" * len(header), *(_row(row) for row in rows)]


def _row(cells: Iterable[str]) -> str:
    # A line break would end the table.
    return "| " + " | ".join(plain(" ".join(cell.split())) for cell in cells) + " |"


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    for mark in "\\`*_<>[]|":
        text = text.replace(mark, f"\\{mark}")
    return text

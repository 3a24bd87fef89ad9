"""Reports and explanations as Markdown, to paste into a document or a ticket."""

from __future__ import annotations

from ..language import _
from .report import Report, Section, questions_text


def report_markdown(report: Report) -> str:
    """The report as one Markdown text."""
    lines = [f"# {plain(report.title)}", "", f"*{plain(report.subtitle)}.* {plain(report.known)}"]
    lines += [
        line for note in report.notes for line in ("", f"> **{plain(_('Please check'))}:** {plain(note)}")
    ]
    for section in report.sections:
        lines += _section(section)
    if report.questions:
        lines += ["", f"## {_('What to answer next')}", ""]
        lines += [f"- {plain(text)}" for text in questions_text(report.questions)]
        if report.more_questions:
            lines.append(f"- {plain(report.more_questions)}")
    if report.not_covered:
        lines += ["", f"## {_('What the source does not say')}", ""]
        lines += [f"- {plain(text)}" for text in report.not_covered]
    for section in report.charters:
        lines += _section(section)
    lines += ["", "---", ""]
    lines += [line for statement in report.statements for line in (plain(statement), "")]
    lines.append(f"<small>{plain(report.footer)}</small>")
    return "\n".join(lines) + "\n"


def _section(section: Section) -> list[str]:
    lines = ["", f"## {plain(section.title)}"]
    for entry in section.entries:
        tags = f" *({', '.join(entry.tags)})*" if entry.tags else ""
        if entry.heading != section.title:
            lines += ["", f"### {plain(entry.heading)}{tags}"]
        lead = plain(entry.lead)
        lines += ["", lead if entry.is_finding else f"**{lead}**"]
        if entry.details:
            lines.append("")
        lines += [f"- *{plain(label)}:* {plain(text)}" for label, text in entry.details]
    return lines


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    for mark in "\\`*_<>[]|":
        text = text.replace(mark, f"\\{mark}")
    return text

"""How an evaluation of tables goes and went, on standard error."""

from __future__ import annotations

from collections.abc import Iterator

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ..batch.counting import Counts
from ..batch.mapping import Layout
from ..batch.pieces import Rejected
from ..batch.running import Listener
from ..language import _, counted, number_of
from ..problems import listing
from ..reasons import subject_label, value_label
from ..rulebook import RulebookData
from .tags import STATUS
from .terminal import Terminal

#: So many rejects are told one by one where they are not written to a file.
MOST = 10


class Telling(Listener):
    """Tells on a terminal how it goes, for the time of a `with` block.

    Args:
        console: where to.
        rejects: whether rejected rows are told.
        quiet: tells nothing else.
    """

    def __init__(self, console: Terminal, rejects: bool, quiet: bool = False) -> None:
        self._console = console
        self._rejects = rejects
        self._quiet = quiet
        self._told = 0
        self._ignored: set[str] = set()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Speed(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Telling:
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def started(self, path: str, rows: int | None) -> None:
        if self._task is not None:
            known = self._progress.tasks[0].total
            self._progress.update(self._task, description=path, total=_sum(known, rows))
        else:
            self._task = self._progress.add_task(path, total=rows)

    def advanced(self, rows: int) -> None:
        if self._task is not None:
            self._progress.advance(self._task, rows)

    def understood(self, path: str, found: Layout) -> None:
        new = [heading for heading in found.ignored if heading not in self._ignored]
        self._ignored.update(new)
        if not new or self._quiet:
            return
        told = _("`{file}`: these columns are no facts and are left out: {names}; --keep keeps them")
        self._say(told.format(file=path, names=listing(new)))
        for heading, fact in found.close.items():
            if heading in new:
                told = _("`{heading}` is left out: is it `{fact}`? `--map {map}` says so")
                self._say(told.format(heading=heading, fact=fact, map=f'"{heading}={fact}"'))

    def warned(self, message: str) -> None:
        if not self._quiet:
            self._say(_("warning: {message}").format(message=message))

    def rejected(self, reject: Rejected) -> None:
        if self._rejects and self._told < MOST:
            self._told += 1
            self._say(line_of(reject))

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


def line_of(reject: Rejected) -> str:
    """A rejected row in one line."""
    where = _("{file}, row {row}").format(file=reject.file, row=reject.row)
    if not reject.column:
        return _("{where}: {reason}").format(where=where, reason=reject.reason)
    return _("{where}: `{column}` cannot be `{value}`; {reason}").format(
        where=where, column=reject.column, value=reject.value, reason=reject.reason
    )


def _sum(known: float | None, rows: int | None) -> float | None:
    return None if known is None or rows is None else known + rows


class _Speed(ProgressColumn):
    """Rows per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(_("{number} rows/s").format(number=number_of(int(speed))) if speed else "")


def print_counts(
    console: Terminal, book: RulebookData, counts: Counts, rejects: str | None, quiet: bool = False
) -> None:
    """How the companies came out, in a table.

    Args:
        console: where to.
        book: the rulebook.
        counts: what was counted.
        rejects: the file that the rejected rows are in, if there is one.
        quiet: tells only of rejected rows.
    """
    for line in () if quiet else _done(counts):
        console.print(Text(line), soft_wrap=True)
    if counts.rejected:
        console.print(Text(_rejected(counts.rejected, rejects)), soft_wrap=True)
    if quiet:
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(ratio=5, overflow="fold", style="cyan")
    table.add_column(ratio=6, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for id, counter in counts.decisions.items():
        if counter:
            value, count = counter.most_common(1)[0]
            table.add_row(subject_label(book, id), _label(book, id, value), _share(count, counts.companies))
    texts = {
        id: rules[0].text for decision in book.decisions.values() for id, rules in decision.findings.items()
    }
    if counts.findings:
        table.add_row()
    for id, count in counts.findings.most_common():
        table.add_row(id, Text(texts.get(id) or id), _share(count, counts.companies))
    if table.row_count:
        console.print(table)


def _label(book: RulebookData, id: str, result: str) -> str:
    """A status or an outcome in words; yes and no stand as texts in a table of results."""
    if result in STATUS:
        return _(STATUS[result])
    fact = book.vocabulary.facts.get(id)
    if fact is not None and fact.type == "yes_no":
        return value_label(book, id, {"true": True, "false": False}.get(result, result))
    return value_label(book, id, result)


def _done(counts: Counts) -> Iterator[str]:
    if counts.skipped:
        yield counted("{n} file was there already", "{n} files were there already", counts.skipped)
    yield counted("{n} company evaluated", "{n} companies evaluated", counts.companies)


def _rejected(number: int, file: str | None) -> str:
    rows = counted("{n} row rejected", "{n} rows rejected", number)
    if file is not None:
        return _("{rows}; why is in `{file}`").format(rows=rows, file=file)
    return _("{rows}; `--rejects FILE` writes them all to a file, with why").format(rows=rows)


def _share(count: int, of: int) -> str:
    return _("{share} %").format(share=number_of(round(100 * count / of)))

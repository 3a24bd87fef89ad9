"""The decision memo as a file: one document on one company, to hand to a board."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from .chart import Chart, Which
from .language import _, speaking
from .library import Rulebook
from .problems import InputError, Problem, listing
from .profile import Profile

if TYPE_CHECKING:
    from .present.memo_data import Memo

#: The formats, with the endings of files that are in them.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "html": (".html", ".htm"),
    "markdown": (".md", ".markdown"),
    "docx": (".docx",),
}

#: Is told what could not be done as it should be.
Notify: TypeAlias = Callable[[Problem], None]


def memo(
    book: Rulebook,
    facts: Mapping[str, object] | Profile,
    form: str = "html",
    *,
    title: str = "",
    date: datetime.date | None = None,
    notify: Notify | None = None,
) -> str | bytes:
    """The decision memo on one company, in the language of the rulebook.

    Args:
        book: the rulebook.
        facts: as for `Rulebook.consult`.
        form: `html` or `markdown` for a text, `docx` for the bytes of a Word document.
        title: whose memo it is, such as the company's name.
        date: the date that it bears; else today's. With the same date, the same
            facts give the same document.
        notify: told where a chart cannot be drawn, and is shown as a tree of text instead.

    Raises:
        InputError: where there is no such format, or what it needs is not installed.
        ProfileError: where the facts do not fit the vocabulary.
    """
    with speaking(book.language):
        if form not in FORMATS:
            known = _("the formats are {names}").format(names=listing(FORMATS))
            raise InputError([Problem(_("there is no format `{name}`").format(name=form), help=known)])
        write = _writer(form)
        from .present.memo import memo_of

        return write(memo_of(book, facts, title=title, date=date), notify or (lambda _problem: None))


def _writer(form: str) -> Callable[[Memo, Notify], str | bytes]:
    """What makes a document of a memo; found before the work, since it may not be installed."""
    if form == "markdown":
        from .present.memo_markdown import memo_markdown

        return lambda told, _notify: memo_markdown(told)
    from .present import chart_image

    if form == "html":
        from .present.memo_html import memo_html

        return lambda told, notify: memo_html(told, _pictures(told, chart_image.charts_svg, notify))
    try:
        from .present.memo_docx import memo_docx
    except ImportError:
        told = _("a memo for Word needs what the extra `docx` installs")
        help = _("run `{command}`").format(command="pip install 'dottedline[docx]'")
        raise InputError([Problem(told, help=help)]) from None
    return lambda told, notify: memo_docx(told, _pictures(told, chart_image.charts_png, notify))


def _pictures(told: Memo, draw: Callable[[Sequence[Chart]], bytes], notify: Notify) -> dict[Which, bytes]:
    """The charts of a memo as pictures, as far as they can be drawn."""
    from .present.chart_image import CannotDraw

    drawn: dict[Which, bytes] = {}
    problems: dict[str, Problem] = {}
    for chart in told.charts():
        try:
            drawn[chart.which] = draw([chart])
        except CannotDraw as error:
            message = _("a chart is shown as a tree of text: {reason}").format(reason=error)
            problems[message] = Problem(message, help=error.help, level="warning")
    for problem in problems.values():
        notify(problem)
    return drawn

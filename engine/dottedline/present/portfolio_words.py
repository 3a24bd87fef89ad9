"""A portfolio in words: what one has to know first, what to ask, and how sure it all is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..batch.tallies import STATUSES, Portfolio
from ..language import _, counted, list_of, number_of
from ..rulebook import RulebookData
from ..words import capital, quoted
from . import portfolio_groups as groups
from .portfolio_blocks import Bar, Bars, Block, Columns, Document, Rows, Section, Series, of_all, share_text
from .portfolio_labels import Labels
from .report import cited, footer
from .tags import STATUS

#: The most questions that are told.
_QUESTIONS = 12

#: With fewer companies, a picture of how many have how much shows nothing.
_PICTURED = 10

#: How each status is drawn: the surer, the darker.
_TONES = {
    "settled": "full",
    "provisional": "hatched",
    "open": "half",
    "silent": "dotted",
    "not_applicable": "light",
    "undetermined": "empty",
}


def document(book: RulebookData, found: Portfolio) -> Document:
    """The portfolio in words."""
    labels = Labels(book, found)
    by = _("By {fact}").format(fact=quoted(labels.named(found.by))) if found.by else _("Results")
    sections: tuple[tuple[str, Iterable[Block]], ...] = (
        (_("What to ask next"), _questions(found, labels)),
        (_("What to look at most often"), groups.departures(found, labels)),
        (_("Who has what to look at"), groups.matrix(found, labels)),
        (_("How sure the advice is"), _statuses(found, labels)),
        (by, groups.cohorts(found, labels)),
        (_("Companies unlike their cohort"), groups.outliers(found, labels)),
        (_("Where functions sit today"), groups.places(found, labels)),
        (_("What this cannot tell"), _limits(book, found, labels)),
    )
    told = [Section(title, tuple(blocks)) for title, blocks in sections]
    return Document(
        title=counted("{n} company", "{n} companies", found.companies),
        subtitle=cited(book),
        summary=tuple(_summary(found, labels)),
        sections=tuple(section for section in told if section.blocks),
        closing=tuple(statement.text for statement in book.statements if statement.show == "always"),
        footer=footer(book),
    )


def _summary(found: Portfolio, labels: Labels) -> Iterator[str]:
    """What there is to know, in a few sentences."""
    statuses = {status: sum(tally.statuses[status] for tally in found.decisions) for status in STATUSES}
    total = sum(statuses.values())
    shares = [
        _("{status} {share}").format(status=_(STATUS[status]), share=share_text(count, total))
        for status, count in statuses.items()
        if count
    ]
    yield _("{results} on {companies}: {shares}.").format(
        results=counted("{n} result", "{n} results", total),
        companies=counted("{n} company", "{n} companies", found.companies),
        shares=list_of(shares, "unit"),
    )
    if found.findings:
        first = found.findings[0]
        yield _(
            "Each company has {mean} things to look at on average. The most frequent, at {companies}: {finding}"
        ).format(
            mean=number_of(_mean(found.findings_each)),
            companies=of_all(first.companies, found.companies),
            finding=quoted(labels.finding(first.id)),
        )
    if found.questions:
        question = found.questions[0]
        yield _(
            "The one question to ask first: {question} It matters at {companies} and can change {results}."
        ).format(
            question=quoted(labels.question(question.fact)),
            companies=of_all(question.companies, found.companies),
            results=counted("{n} result", "{n} results", question.decides),
        )


def _questions(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """What to ask, by how much it can change."""
    if found.questions is None:
        yield _("The table has no questions; `dottedline evaluate` writes them into its columns.")
        return
    if not found.questions:
        yield _("Nothing that could still be asked would change any result.")
        return
    yield _(
        "Each question with the companies at which its answer matters, and with the results (decisions and"
        " findings) that it can still change there, all companies together."
    )
    shown = found.questions[:_QUESTIONS]
    yield Rows(
        (_("Question"), _("Why it is asked"), _("Companies"), _("Results")),
        tuple(
            (
                labels.question(tally.fact),
                labels.why(tally.fact),
                number_of(tally.companies),
                number_of(tally.decides),
            )
            for tally in shown
        ),
    )
    if more := len(found.questions) - len(shown):
        yield counted("and {n} more question", "and {n} more questions", more)
    least, median, most = _spread(found.open_questions)
    told = _(
        "Open questions of a company: {least} at the least, {median} in the middle, {most} at the most."
    ).format(least=least, median=median, most=most)
    if found.companies < _PICTURED:
        yield told
    else:
        yield Columns(_("Open questions"), _("Companies"), found.open_questions, told)


def _statuses(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """How many companies each decision is settled for."""
    used = [status for status in STATUSES if any(tally.statuses[status] for tally in found.decisions)]
    yield Bars(
        _("Decision"),
        tuple(Series(capital(_(STATUS[status])), _TONES[status]) for status in used),
        tuple(
            Bar(labels.decision(tally.id), tuple(tally.statuses[status] for status in used))
            for tally in found.decisions
        ),
        found.companies,
    )


def _limits(book: RulebookData, found: Portfolio, labels: Labels) -> Iterator[Block]:
    """What a table of results does not hold, or this one does not."""
    if found.made.sha256 is None:
        yield _("The table does not say which rulebook made it; it is read with the one named below.")
    elif found.made.sha256 != book.sha256:
        yield _(
            "The results were made with version {version} of the rulebook ({hash}); the texts are those of"
            " the version named below."
        ).format(version=found.made.version, hash=found.made.sha256[:12])
    if found.lacking:
        titles = [labels.decision(id) for id in found.lacking]
        yield _("The table has no columns for {decisions}.").format(decisions=list_of(titles))
    yield _(
        "How much is known of a company shows only in what is still open: the table holds results, not facts."
    )
    if book.organisation is not None and not found.places:
        yield _(
            "Where functions sit today is told if the table keeps the columns {columns} of the companies."
        ).format(columns=f"`{book.organisation.place}.*`")


def _mean(counts: Mapping[int, int]) -> float:
    return round(sum(n * count for n, count in counts.items()) / sum(counts.values()), 1)


def _spread(counts: Mapping[int, int]) -> tuple[str, str, str]:
    """The least, the median and the greatest of numbers that occur so often."""
    numbers = sorted(counts)
    half, seen = sum(counts.values()) / 2, 0
    for median in numbers:
        seen += counts[median]
        if seen >= half:
            break
    return number_of(numbers[0]), number_of(median), number_of(numbers[-1])

"""A portfolio in words: companies and cohorts beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..batch.tallies import Company, DecisionTally, Portfolio
from ..language import _, list_of, number_of
from ..words import capital
from .portfolio_blocks import Bar, Bars, Block, Cell, Heat, Marks, Points, Rows, Series, cell, share_text
from .portfolio_labels import Labels, states
from .tags import STATUS


def departures(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """What is to be looked at, by how often."""
    if not found.findings:
        yield _("There is nothing to look at in any of them.")
        return
    yield _(
        "A difference from the source is something to check, not a mistake. Missing: the company says that"
        " it is not so. To check: it is not known whether it is so, or there is something to consider."
    )
    yield Bars(
        _("What to look at"),
        states(),
        tuple(
            Bar(
                labels.finding(tally.id),
                (sum(tally.missing), sum(tally.to_check)),
                labels.advice(tally.id),
                labels.numbers[tally.id],
            )
            for tally in found.findings
        ),
        found.companies,
    )


def matrix(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """Companies by finding."""
    if not found.findings:
        return
    if len(found.shown) < found.companies:
        yield _("The {number} companies with most to look at.").format(number=number_of(len(found.shown)))
    yield _("The columns have the numbers of the list above; alike companies stand together.")
    groups = []
    for n, cohort in enumerate(found.cohorts):
        rows = sorted(_marks(company, labels) for company in found.shown if company.cohort == n)
        if rows:
            title = labels.cohort(cohort.id) if found.by else ""
            groups.append((title, tuple((name, marks) for _rank, _row, name, marks in rows)))
    yield Marks(
        _("Company"),
        _("All"),
        tuple((number, labels.finding(id)) for id, number in labels.numbers.items()),
        tuple(groups),
        states(),
    )


def _marks(company: Company, labels: Labels) -> tuple[list[int], int, str, tuple[str, ...]]:
    """A company's marks, after what it is sorted by.

    The most frequent finding counts first, so that companies with the same
    findings show as blocks.
    """
    marks = tuple(
        "missing" if id in company.missing else "to_check" if id in company.to_check else ""
        for id in labels.numbers
    )
    return [("missing", "to_check", "").index(mark) for mark in marks], company.row, company.name, marks


# --- cohorts ------------------------------------------------------------------------


def cohorts(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """How cohorts differ, in findings and in results."""
    header = tuple(
        _("{cohort} ({number})").format(cohort=labels.cohort(cohort.id), number=number_of(cohort.companies))
        for cohort in found.cohorts
    )
    if len(found.cohorts) > 1 and found.findings:
        yield Heat(
            _("Companies of each cohort with something to look at"),
            (_("What to look at"), *header),
            tuple(
                (
                    _("{number}. {text}").format(
                        number=labels.numbers[tally.id], text=labels.finding(tally.id)
                    ),
                    _cells(found, map(sum, zip(tally.missing, tally.to_check, strict=True))),
                )
                for tally in found.findings
            ),
        )
    # That a company has no such function is no other advice.
    advised = {tally.id: [id for id in tally.results if id != "not_applicable"] for tally in found.decisions}
    for tally in found.decisions:
        if len(advised[tally.id]) > 1:
            yield _outcomes(found, labels, tally, header)
    same = [
        _("{label}: {text}").format(label=labels.decision(id), text=labels.value(id, results[0]))
        for id, results in advised.items()
        if len(results) == 1
    ]
    if same:
        yield _("The same wherever the function is there and the result is known:")
        yield Points(tuple(same))


def _outcomes(found: Portfolio, labels: Labels, tally: DecisionTally, header: Sequence[str]) -> Heat:
    """How a decision comes out in each cohort."""
    rows = [
        (labels.value(tally.id, result), counts)
        for result, counts in sorted(tally.results.items(), key=lambda item: -sum(item[1]))
    ]
    known = [sum(counts) for counts in zip(*tally.results.values(), strict=True)]
    unknown = tuple(cohort.companies - n for cohort, n in zip(found.cohorts, known, strict=True))
    if any(unknown):
        undetermined = STATUS["undetermined"]
        rows.append((capital(_(undetermined)), unknown))
    return Heat(
        labels.decision(tally.id),
        (_("Result"), *header),
        tuple((label, _cells(found, counts)) for label, counts in rows),
    )


def _cells(found: Portfolio, counts: Iterable[int]) -> tuple[Cell, ...]:
    """For each cohort, so many of it."""
    return tuple(
        cell(count, cohort.companies, found.companies)
        for count, cohort in zip(counts, found.cohorts, strict=True)
    )


def outliers(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """The companies whose results fewest of their cohort share."""
    if not found.outliers:
        yield _(
            "No company stands out, or there are too few to tell: that takes a cohort of five companies, and"
            " ten companies in all."
        )
        return
    yield _(
        "For each decision: what share of its cohort has the same result as the company. The measure is their"
        " geometric mean, so that a rare result weighs more than a common one; the smaller, the less usual"
        " the company. What is not yet known does not count. {number} companies were compared."
    ).format(number=number_of(found.compared))
    yield Rows(
        (_("Company"), _("Cohort"), _("Shared with"), _("Rarest results")),
        tuple(
            (
                outlier.name,
                labels.cohort(found.cohorts[outlier.cohort].id),
                share_text(outlier.alike, 1),
                _("; ").join(
                    _("{decision}: {result} ({share})").format(
                        decision=labels.decision(rare.decision),
                        result=labels.value(rare.decision, rare.result),
                        share=share_text(rare.share, 1),
                    )
                    for rare in outlier.rarest
                ),
            )
            for outlier in found.outliers
        ),
    )


# --- places -------------------------------------------------------------------------


def places(found: Portfolio, labels: Labels) -> Iterator[Block]:
    """Where functions sit, against what is advised."""
    compared = [tally for tally in found.places if tally.elsewhere + tally.as_advised]
    others = [labels.decision(tally.function) for tally in found.places if tally not in compared]
    if compared:
        yield _(
            "Today's place of each function against what is advised for the company, where both are known."
            " What the source allows beside the usual place is not in the table: `dottedline compare` tells it"
            " for one company."
        )
        yield Bars(
            _("Function"),
            (
                Series(_("Elsewhere: not named by the source"), "strong"),
                Series(_("Elsewhere: named by the source"), "striped"),
                Series(_("As advised"), "light"),
            ),
            tuple(
                Bar(labels.decision(tally.function), (tally.not_named, tally.named, tally.as_advised))
                for tally in compared
            ),
            max(tally.elsewhere + tally.as_advised for tally in compared),
        )
    if others:
        yield _("Nothing to compare, for want of a place or of one advised: {functions}.").format(
            functions=list_of(others)
        )

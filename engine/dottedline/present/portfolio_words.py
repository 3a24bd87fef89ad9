"""A portfolio in words: sections of sentences, tables and pictures, whatever they are shown on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..batch.tallies import STATUSES, Company, DecisionTally, FindingTally, Portfolio
from ..inference import as_fact
from ..language import _, counted, list_of, number_of
from ..reasons import subject_label, value_label
from ..rulebook import Rule, RulebookData, strength
from ..words import capital, quoted
from .report import ADVICE, STATE, STATUS, cited, rulebook_line

#: The most questions, and the most decisions by cohort, that are told.
_QUESTIONS = 12


class Series(NamedTuple):
    """What the parts of bars with one tone are."""

    label: str
    #: How it is drawn, so that it can be told from the others without colours too.
    tone: str


class Bar(NamedTuple):
    """A labelled bar in parts, one for each series."""

    label: str
    values: tuple[int, ...]
    #: A word or two on it, such as how firmly the source says so.
    tag: str = ""
    #: The number that it goes by elsewhere.
    number: str = ""


class Bars(NamedTuple):
    """Bars below each other; `whole` is the width of them all."""

    header: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    whole: int


class Cell(NamedTuple):
    """A share, as a text and as a number from 0 to 1; None where there is nothing to share."""

    text: str
    share: float | None


class Heat(NamedTuple):
    """A table of shares, darker where they are greater."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


class Marks(NamedTuple):
    """Companies, in groups, and what is missing or to check at each; the columns go by their numbers."""

    header: str
    #: Each column's number and what it stands for.
    columns: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]
    series: tuple[Series, ...]


class Columns(NamedTuple):
    """How many companies have so many of something, by that number."""

    label: str
    counts: Mapping[int, int]
    #: What it shows, for who does not see it.
    told: str


class Rows(NamedTuple):
    """A table of texts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = str | Bars | Heat | Marks | Columns | Rows


class Section(NamedTuple):
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


class Document(NamedTuple):
    """All that is told of a portfolio, in the order in which it is read."""

    title: str
    subtitle: str
    #: What one has to know, first.
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    footer: str


def document(book: RulebookData, found: Portfolio) -> Document:
    """The portfolio in words."""
    telling = _Telling(book, found)
    return Document(
        title=counted("{n} company", "{n} companies", found.companies),
        subtitle=cited(book),
        summary=tuple(telling.summary()),
        sections=tuple(section for section in telling.sections() if section.blocks),
        closing=tuple(statement.text for statement in book.statements if statement.show == "always"),
        footer=f"{rulebook_line(book)} {book.source.note}".strip(),
    )


def share_text(part: float, whole: float) -> str:
    """A share as a percentage; only what is none is 0%, and only what is all is 100%."""
    share = part / whole if whole else 0
    if 0 < share < 0.005:
        return _("<{number}%").format(number=number_of(1))
    if 0.995 <= share < 1:
        return _(">{number}%").format(number=number_of(99))
    return _("{number}%").format(number=number_of(round(100 * share)))


class _Telling:
    """Tells of one portfolio."""

    def __init__(self, book: RulebookData, found: Portfolio) -> None:
        self._book, self._found = book, found
        self._rules: dict[str, list[Rule]] = {
            id: list(rules) for decision in book.decisions.values() for id, rules in decision.findings.items()
        }
        #: Findings go by a number where there is no room for their text.
        self._numbers = {tally.id: number_of(n) for n, tally in enumerate(found.findings, 1)}

    def sections(self) -> Iterator[Section]:
        yield Section(_("What to ask next"), tuple(self._asked()))
        yield Section(_("What to look at most often"), tuple(self._departures()))
        yield Section(_("Who has what to look at"), tuple(self._matrix()))
        yield Section(_("How sure the advice is"), tuple(self._statuses()))
        yield Section(self._by_title(), tuple(self._cohorts()))
        yield Section(_("Companies unlike their cohort"), tuple(self._outliers()))
        yield Section(_("Where functions sit today"), tuple(self._places()))
        yield Section(_("What this cannot tell"), tuple(self._limits()))

    # --- summary --------------------------------------------------------------------

    def summary(self) -> Iterator[str]:
        found = self._found
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
            yield _("Each has {mean} things to look at on average; at {share} of them: {finding}").format(
                mean=number_of(_mean(found.findings_each)),
                share=share_text(first.companies, found.companies),
                finding=quoted(self._finding(first.id)),
            )
        if found.questions:
            question = found.questions[0]
            yield _(
                "The one question to ask first: {question} It matters at {companies} and can change {results}."
            ).format(
                question=quoted(self._question(question.fact)),
                companies=self._of_companies(question.companies),
                results=counted("{n} result", "{n} results", question.decides),
            )

    def _of_companies(self, number: int) -> str:
        """So many of the companies, with their share where that says more."""
        total = self._found.companies
        told = _("{number} of {total} companies").format(number=number_of(number), total=number_of(total))
        return _("{what} ({share})").format(what=told, share=share_text(number, total)) if total > 20 else told

    # --- questions ------------------------------------------------------------------

    def _asked(self) -> Iterator[Block]:
        found = self._found
        if found.questions is None:
            yield _("The table has no questions; `dottedline evaluate` writes them into its columns.")
            return
        if not found.questions:
            yield _("Nothing that could still be asked would change any result.")
            return
        yield _(
            "Each question with the companies at which its answer matters, and with the results, decisions and"
            " findings, that it can still change there, all companies together."
        )
        shown = found.questions[:_QUESTIONS]
        yield Rows(
            (_("Question"), _("Why it is asked"), _("Companies"), _("Results")),
            tuple(
                (
                    self._question(tally.fact),
                    self._why(tally.fact),
                    number_of(tally.companies),
                    number_of(tally.decides),
                )
                for tally in shown
            ),
        )
        if more := len(found.questions) - len(shown):
            yield counted("and {n} more question", "and {n} more questions", more)
        yield Columns(
            _("Open questions"),
            found.open_questions,
            _(
                "Open questions of a company: {least} at the least, {median} in the middle, {most} at the most."
            ).format(**_spread(found.open_questions)),
        )

    def _question(self, fact: str) -> str:
        known = self._book.vocabulary.facts.get(fact)
        return known.question if known is not None else fact

    def _why(self, fact: str) -> str:
        known = self._book.vocabulary.facts.get(fact)
        return known.why if known is not None else ""

    # --- findings -------------------------------------------------------------------

    def _departures(self) -> Iterator[Block]:
        if not self._found.findings:
            yield _("There is nothing to look at in any of them.")
            return
        yield _(
            "A difference from the source is something to check, not a mistake. Missing: the company says that"
            " it is not so. To check: it is not known whether it is so, or there is something to consider."
        )
        yield Bars(
            _("What to look at"),
            _states(),
            tuple(
                Bar(
                    self._finding(tally.id),
                    (sum(tally.missing), sum(tally.to_check)),
                    self._advice(tally.id),
                    self._numbers[tally.id],
                )
                for tally in self._found.findings
            ),
            self._found.companies,
        )

    def _finding(self, id: str) -> str:
        """Its text; where rules word it differently, each way."""
        return _(" / ").join(dict.fromkeys(rule.text for rule in self._rules.get(id, []))) or id

    def _advice(self, id: str) -> str:
        rules = self._rules.get(id)
        if not rules:
            return ""
        return _(ADVICE[min((rule.modality for rule in rules), key=strength) or "info"])

    def _matrix(self) -> Iterator[Block]:
        found = self._found
        if not found.findings:
            return
        if len(found.shown) < found.companies:
            yield _("The {number} companies with most to look at.").format(number=number_of(len(found.shown)))
        groups = []
        for n, cohort in enumerate(found.cohorts):
            companies = [company for company in found.shown if company.cohort == n]
            if companies:
                rows = tuple((company.name, self._marks(company)) for company in self._sorted(companies))
                groups.append((self._cohort(cohort.id) if found.by else "", rows))
        yield _("The columns have the numbers of the list above; alike companies stand together.")
        yield Marks(
            _("Company"),
            tuple((number, self._finding(id)) for id, number in self._numbers.items()),
            tuple(groups),
            _states(),
        )

    def _marks(self, company: Company) -> tuple[str, ...]:
        return tuple(
            "missing" if id in company.missing else "to_check" if id in company.to_check else ""
            for id in self._numbers
        )

    def _sorted(self, companies: Iterable[Company]) -> list[Company]:
        """Companies so that those with the same findings stand together, the most frequent finding first."""
        rank = {"missing": 0, "to_check": 1, "": 2}
        # The most frequent comes first: blocks of companies that share findings show as blocks.
        return sorted(companies, key=lambda company: [rank[mark] for mark in self._marks(company)])

    # --- decisions ------------------------------------------------------------------

    def _statuses(self) -> Iterator[Block]:
        tones = ("full", "hatched", "half", "dotted", "light", "empty")
        used = [status for status in STATUSES if any(t.statuses[status] for t in self._found.decisions)]
        tone = dict(zip(STATUSES, tones, strict=True))
        yield Bars(
            _("Decision"),
            tuple(Series(capital(_(STATUS[status])), tone[status]) for status in used),
            tuple(
                Bar(self._book.decisions[tally.id].title, tuple(tally.statuses[status] for status in used))
                for tally in self._found.decisions
            ),
            self._found.companies,
        )

    # --- cohorts --------------------------------------------------------------------

    def _by_title(self) -> str:
        by = self._found.by
        if by is None:
            return _("Results")
        return _("By {fact}").format(fact=quoted(self._label(by)))

    def _label(self, id: str) -> str:
        known = id in self._book.decisions or id in self._book.vocabulary.facts
        return subject_label(self._book, id) if known else id

    def _cohort(self, id: str | None) -> str:
        by = self._found.by
        if by is None:
            return _("All companies")
        if id is None:
            return capital(_("not known"))
        return self._value(by, id)

    def _value(self, id: str, value: str) -> str:
        """A result of a decision, or a value of a column, in words."""
        if id in self._book.decisions or id in self._book.vocabulary.facts:
            return capital(value_label(self._book, id, as_fact(self._book, id, value)))
        return value

    def _cohorts(self) -> Iterator[Block]:
        found = self._found
        header = tuple(
            _("{cohort} ({number})").format(cohort=self._cohort(cohort.id), number=number_of(cohort.companies))
            for cohort in found.cohorts
        )
        varied = [tally for tally in found.decisions if len(tally.results) > 1]
        same = [tally for tally in found.decisions if len(tally.results) == 1]
        if len(found.cohorts) > 1 and found.findings:
            yield Heat(
                _("Share of each cohort with something to look at"),
                (_("What to look at"), *header),
                tuple(
                    (
                        _("{number}. {text}").format(
                            number=self._numbers[tally.id], text=self._finding(tally.id)
                        ),
                        tuple(self._shares(tally)),
                    )
                    for tally in found.findings
                ),
            )
        yield from (self._outcomes(tally, header) for tally in varied)
        if same:
            results = [
                _("{label}: {text}").format(
                    label=self._book.decisions[tally.id].title,
                    text=self._value(tally.id, next(iter(tally.results))),
                )
                for tally in same
            ]
            yield _("The same wherever it is known: {results}.").format(results=_("; ").join(results))

    def _shares(self, tally: FindingTally) -> Iterator[Cell]:
        for cohort, missing, to_check in zip(self._found.cohorts, tally.missing, tally.to_check, strict=True):
            yield _cell(missing + to_check, cohort.companies)

    def _outcomes(self, tally: DecisionTally, header: Sequence[str]) -> Heat:
        """How a decision comes out in each cohort."""
        rows = [
            (self._value(tally.id, result), counts)
            for result, counts in sorted(tally.results.items(), key=lambda item: -sum(item[1]))
        ]
        known = [sum(counts) for counts in zip(*tally.results.values(), strict=True)]
        unknown = tuple(cohort.companies - n for cohort, n in zip(self._found.cohorts, known, strict=True))
        if any(unknown):
            rows.append((capital(_(STATUS["undetermined"])), unknown))
        return Heat(
            self._book.decisions[tally.id].title,
            (_("Result"), *header),
            tuple(
                (
                    label,
                    tuple(
                        _cell(count, cohort.companies)
                        for count, cohort in zip(counts, self._found.cohorts, strict=True)
                    ),
                )
                for label, counts in rows
            ),
        )

    # --- outliers -------------------------------------------------------------------

    def _outliers(self) -> Iterator[Block]:
        found = self._found
        if not found.outliers:
            yield _(
                "No company stands out, or there are too few to tell: that takes a cohort of five companies,"
                " and ten companies in all."
            )
            return
        yield _(
            "For each decision: what share of its cohort has the same result as the company. The measure is"
            " their geometric mean, so that a rare result weighs more than a common one; the smaller, the less"
            " usual the company. What is not yet known does not count. {number} companies were compared."
        ).format(number=number_of(found.compared))
        yield Rows(
            (_("Company"), _("Cohort"), _("Shared with"), _("Rarest results")),
            tuple(
                (
                    outlier.name,
                    self._cohort(found.cohorts[outlier.cohort].id),
                    share_text(outlier.alike, 1),
                    _("; ").join(
                        _("{decision}: {result} ({share})").format(
                            decision=self._book.decisions[rare.decision].title,
                            result=self._value(rare.decision, rare.result),
                            share=share_text(rare.share, 1),
                        )
                        for rare in outlier.rarest
                    ),
                )
                for outlier in found.outliers
            ),
        )

    # --- places ---------------------------------------------------------------------

    def _places(self) -> Iterator[Block]:
        if not self._found.places:
            return
        yield _(
            "Today's place of each function against what is advised for the company, where both are known."
            " What the source allows beside the usual place is not in the table: `dottedline compare` tells it"
            " for one company."
        )
        yield Bars(
            _("Function"),
            (
                Series(_("Elsewhere, in a place that the source does not name"), "full"),
                Series(_("Elsewhere, in a place that the source names"), "hatched"),
                Series(_("As advised"), "light"),
            ),
            tuple(
                Bar(
                    self._book.decisions[tally.function].title,
                    (tally.not_named, tally.named, tally.as_advised),
                )
                for tally in self._found.places
            ),
            max(1, max(tally.elsewhere + tally.as_advised for tally in self._found.places)),
        )

    # --- limits ---------------------------------------------------------------------

    def _limits(self) -> Iterator[Block]:
        found, organisation = self._found, self._book.organisation
        made = found.made
        if made.sha256 is None:
            yield _("The table does not say which rulebook made it; it is read with the one named below.")
        elif made.sha256 != self._book.sha256:
            yield _(
                "The results were made with version {version} of the rulebook ({hash}); the texts are those of"
                " the version named below."
            ).format(version=made.version, hash=made.sha256[:12])
        if found.lacking:
            titles = [self._book.decisions[id].title for id in found.lacking]
            yield _("The table has no columns for {decisions}.").format(decisions=list_of(titles))
        yield _(
            "How much is known of a company shows only in what is still open: the table holds results,"
            " not facts."
        )
        if organisation is not None and not found.places:
            yield _(
                "Where functions sit today is told if the table keeps the columns {columns} of the companies."
            ).format(columns=f"`{organisation.place}.*`")


def _states() -> tuple[Series, ...]:
    return (Series(capital(_(STATE["missing"])), "strong"), Series(capital(_(STATE["to_check"])), "striped"))


def _cell(part: int, whole: int) -> Cell:
    return Cell(share_text(part, whole) if whole else "", part / whole if whole else None)


def _mean(counts: Mapping[int, int]) -> float:
    mean = sum(n * count for n, count in counts.items()) / sum(counts.values())
    return round(mean, 1)


def _spread(counts: Mapping[int, int]) -> dict[str, str]:
    """The least, the median and the greatest of numbers that occur so often."""
    numbers = sorted(counts)
    half, seen = sum(counts.values()) / 2, 0
    median = numbers[-1]
    for number in numbers:
        seen += counts[number]
        if seen >= half:
            median = number
            break
    return {
        "least": number_of(numbers[0]),
        "median": number_of(median),
        "most": number_of(numbers[-1]),
    }

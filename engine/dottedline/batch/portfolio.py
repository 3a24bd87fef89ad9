"""Many companies at once, in numbers: what is settled, what differs, and what to ask next.

Reads a table of results twice: to count, and then, against the counts, to find
the companies that are unlike the rest of their cohort. What is kept grows with
the rulebook and not with the number of companies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from ..condition_reader import SPECIAL_RESULTS
from ..language import _
from ..library import Rulebook
from ..problems import InputError, Problem, did_you_mean, listing
from .places import Places
from .results import FINDINGS, PARTS, Numbers, Results, Words, pairs, read_list, tallied
from .tallies import (
    STATUSES,
    Cohort,
    Company,
    DecisionTally,
    FindingTally,
    Outlier,
    Portfolio,
    QuestionTally,
    Rare,
    one_line,
)

#: With so many companies or fewer, each is shown; with more, the first of those with most findings.
EACH = 120
MOST_FINDINGS = 40

#: More cohorts than this are no cohorts: nobody compares them.
MOST_COHORTS = 20

#: In a smaller cohort nobody stands out.
SMALLEST_COHORT = 5
MOST_OUTLIERS = 10

#: The results that make a company stand out, each outlier's rarest.
RAREST = 3


def portfolio(book: Rulebook, table: Results, *, by: str | None = None, name: str | None = None) -> Portfolio:
    """The companies of a table of results, taken together.

    Args:
        book: the rulebook that they were evaluated with.
        table: the results.
        by: a decision, or a column that was kept, to make cohorts by; else
            the first fact that the rulebook derives as one of several choices.
        name: the column that holds the companies' names; else the first
            that was kept and holds text, or the number of the row.

    Raises:
        InputError: where the table has no companies or no such columns.
    """
    return _Counting(book, table, _cohorts_by(book, table, by), _names(book, table, name, by)).portfolio()


def _cohorts_by(book: Rulebook, table: Results, by: str | None) -> str | None:
    """What to make cohorts by."""
    if by is None:
        facts = book.vocabulary.facts
        derived = (
            id
            for id in table.decisions
            if book.data.decisions[id].kind == "fact" and facts[id].type == "choice"
        )
        return next(derived, None)
    known = [*table.decisions, *table.kept]
    if by not in known:
        told = _("there is nothing named `{name}` to make cohorts by").format(name=by)
        others = _("there are {names}").format(names=listing(known, 30))
        raise InputError([Problem(told, help=did_you_mean(by, known, others))])
    return by


def _names(book: Rulebook, table: Results, name: str | None, by: str | None) -> str | None:
    if name is not None:
        return table.column_named(name)
    return table.first_text({*book.vocabulary.facts, *([by] if by else [])})


class _Counting:
    """The two readings of a table, with what is counted on the way."""

    def __init__(self, book: Rulebook, table: Results, by: str | None, name: str | None) -> None:
        self._book, self._table, self._by, self._name = book, table, by, name
        decisions = book.data.decisions
        self._by_column = f"{by}.outcome" if by in table.decisions else by
        in_order = list(decisions[by].outcomes) if by in table.decisions else []
        self._cohorts = Words(in_order)
        self._ids = [id for id in table.decisions if decisions[id].kind != "fact"]
        self._results = {id: Words(SPECIAL_RESULTS) for id in self._ids}
        self._statuses = Words(STATUSES)
        self._findings = Words([finding for decision in decisions.values() for finding in decision.findings])
        self._facts = Words()
        self._places = Places(book, table)

    def portfolio(self) -> Portfolio:
        self._count()
        cohorts = self._in_order()
        place = {number: n for n, number in enumerate(cohorts)}

        def by_cohort(counts: Counter[tuple[int, int]], item: int) -> tuple[int, ...]:
            return tuple(counts[number, item] for number in cohorts)

        findings = [
            FindingTally(id, by_cohort(self.to_check, n), by_cohort(self.missing, n))
            for n, id in enumerate(self._findings.words)
        ]
        shown = self._shown if self.companies <= EACH else self._shown[:MOST_FINDINGS]
        return Portfolio(
            made=self._table.made,
            companies=self.companies,
            by=self._by,
            cohorts=tuple(
                Cohort(None if number < 0 else self._cohorts.words[number], self._sizes[number])
                for number in cohorts
            ),
            decisions=tuple(
                DecisionTally(
                    id,
                    {status: self.statuses[id][n] for n, status in enumerate(STATUSES)},
                    {
                        word: counts
                        for n, word in enumerate(self._results[id].words)
                        if any(counts := by_cohort(self.results[id], n))
                    },
                )
                for id in self._ids
            ),
            findings=tuple(
                sorted((tally for tally in findings if tally.companies), key=lambda tally: -tally.companies)
            ),
            shown=tuple(company._replace(cohort=place[company.cohort]) for _key, company in shown),
            outliers=tuple(
                outlier._replace(cohort=place[outlier.cohort]) for outlier in self._outliers(cohorts)
            ),
            compared=sum(self._sizes[number] for number in self._comparable(cohorts)),
            questions=self._questions(),
            open_questions=dict(sorted(self.open_questions.items())),
            findings_each=dict(sorted(self.findings_each.items())),
            places=self._places.tallies(),
            lacking=tuple(
                decision.id
                for decision in self._book.data.decisions.values()
                if decision.hit_policy == "single" and decision.id not in self._table.decisions
            ),
        )

    def _in_order(self) -> list[int]:
        """The cohorts that there are: as the rulebook has them, else the largest first; the unknown last."""
        if self._by_column == self._by:
            found = sorted(
                self._sizes, key=lambda n: (-self._sizes[n], self._cohorts.words[n] if n >= 0 else "")
            )
        else:
            found = sorted(self._sizes)
        return sorted(found, key=lambda number: number < 0)

    # --- counting -------------------------------------------------------------------

    def _count(self) -> None:
        """Reads the table for the first time."""
        self.companies = 0
        self._sizes: Counter[int] = Counter()
        self.statuses: dict[str, Counter[int]] = {id: Counter() for id in self._ids}
        self.results: dict[str, Counter[tuple[int, int]]] = {id: Counter() for id in self._ids}
        self.to_check: Counter[tuple[int, int]] = Counter()
        self.missing: Counter[tuple[int, int]] = Counter()
        self.findings_each: Counter[int] = Counter()
        self.open_questions: Counter[int] = Counter()
        self.asked: Counter[int] = Counter()
        self.decided: Counter[int] = Counter()
        #: The companies with most findings, each with what it is sorted by.
        self._shown: list[tuple[tuple[int, int, int], Company]] = []
        columns = [*self._decision_columns(), *FINDINGS, *self._places.columns]
        columns += ["questions", "questions_decide"] if self._table.has_questions else []
        for batch in self._table.batches([*columns, *self._described_by()]):
            self._count_batch(batch)
            self.companies += batch.num_rows
        if not self.companies:
            told = _("`{path}` has no companies").format(path=self._table.path)
            raise InputError([Problem(told)])

    def _count_batch(self, batch: pa.RecordBatch) -> None:
        cohorts = self._cohorts_of(batch)
        self._sizes.update(tallied(cohorts))
        for id in self._ids:
            statuses, results = self._results_of(batch, id)
            self.statuses[id].update(tallied(statuses))
            self.results[id].update(pairs(cohorts, results))
        self._count_findings(batch, cohorts)
        if self._table.has_questions:
            asked = read_list(batch.column("questions"), self._facts)
            decides = read_list(batch.column("questions_decide"), None)
            self.asked.update(tallied(asked.items))
            sums = np.bincount(asked.items, decides.items)
            self.decided.update({n: int(total) for n, total in enumerate(sums.tolist())})
            self.open_questions.update(tallied(asked.counts))
        self._places.count(batch)

    def _count_findings(self, batch: pa.RecordBatch, cohorts: Numbers) -> None:
        known = len(self._findings)
        shown = np.zeros((batch.num_rows, known), bool)
        lists = [read_list(batch.column(column), self._findings) for column in FINDINGS]
        if len(self._findings) > known:
            # A finding that the rulebook of today does not have.
            shown = np.zeros((batch.num_rows, len(self._findings)), bool)
        missing = shown.copy()
        for marks, listed in zip((shown, missing), lists, strict=True):
            marks[listed.rows, listed.items] = True
        to_check = shown & ~missing
        for counts, marks in ((self.to_check, to_check), (self.missing, missing)):
            rows, items = np.nonzero(marks)
            counts.update(pairs(cohorts[rows], items))
        each = shown.sum(axis=1)
        self.findings_each.update(tallied(each))
        # Those with most findings, then with most that are missing, then as they come.
        lacks = missing.sum(axis=1)
        first = np.argsort(-(each * len(self._findings) + lacks), kind="stable")[:EACH]
        names = self._names_of(batch, first)
        for row, name in zip(first.tolist(), names, strict=True):
            of_row = [
                frozenset(self._findings.words[n] for n in np.flatnonzero(marks[row]).tolist())
                for marks in (missing, to_check)
            ]
            number = self.companies + row + 1
            company = Company(number, name or str(number), int(cohorts[row]), *of_row)
            self._shown.append(((-int(each[row]), -int(lacks[row]), number), company))
        self._shown = sorted(self._shown)[:EACH]

    def _questions(self) -> tuple[QuestionTally, ...] | None:
        if not self._table.has_questions:
            return None
        tallies = [
            QuestionTally(fact, self.asked[n], self.decided[n])
            for n, fact in enumerate(self._facts.words)
            if self.decided[n]
        ]
        return tuple(sorted(tallies, key=lambda tally: (-tally.decides, -tally.companies, tally.fact)))

    # --- outliers -------------------------------------------------------------------

    def _comparable(self, cohorts: Sequence[int]) -> list[int]:
        """The cohorts in which a company can stand out; all are one where nothing tells them apart."""
        return [
            number
            for number in cohorts
            if self._sizes[number] >= SMALLEST_COHORT and (number >= 0 or self._by is None)
        ]

    def _outliers(self, cohorts: Sequence[int]) -> list[Outlier]:
        """Reads the table for the second time; the companies whose results fewest others share."""
        comparable = self._comparable(cohorts)
        most = min(MOST_OUTLIERS, sum(self._sizes[number] for number in comparable) // 10)
        # Results that all share tell nobody apart, and take their time.
        ids = [id for id in self._ids if id != self._by and len({r for _c, r in self.results[id]}) > 1]
        if not most or not ids:
            return []
        shares = {id: self._shares(id, comparable) for id in ids}
        found: list[tuple[float, int, Outlier]] = []
        first = 1
        columns = [f"{id}.{part}" for id in ids for part in PARTS]
        for batch in self._table.batches([*columns, *self._described_by()]):
            cohorts_of = self._cohorts_of(batch)
            results = {id: self._results_of(batch, id)[1] for id in ids}
            share = np.stack([shares[id][cohorts_of, results[id]] for id in ids], axis=1)
            # Decisions without a difference count too: their surprise is none.
            known = (share > 0).sum(axis=1) + len(self._ids) - len(ids)
            surprise = -np.log2(np.where(share > 0, share, 1)).sum(axis=1) / np.maximum(known, 1)
            best = np.argsort(-surprise, kind="stable")[:most]
            best = best[surprise[best] > 0]
            for row, name in zip(best.tolist(), self._names_of(batch, best), strict=True):
                rare = [
                    Rare(id, self._results[id].words[results[id][row]], float(share[row, n]))
                    for n, id in enumerate(ids)
                    if 0 < share[row, n] < 0.5
                ]
                found.append(
                    (
                        -float(surprise[row]),
                        first + row,
                        Outlier(
                            row=first + row,
                            name=name or str(first + row),
                            cohort=int(cohorts_of[row]),
                            alike=float(2.0 ** -surprise[row]),
                            rarest=tuple(sorted(rare, key=lambda each: each.share)[:RAREST]),
                        ),
                    )
                )
            found = sorted(found)[:most]
            first += batch.num_rows
        return [outlier for *_key, outlier in found]

    def _shares(self, id: str, comparable: Sequence[int]) -> Any:
        """By cohort and result: the share of the cohort that has it, of those of which it is known.

        The last row and column, which -1 means, are zero: not known.
        """
        table = np.zeros((len(self._cohorts) + 1, len(self._results[id]) + 1))
        for (cohort, result), count in self.results[id].items():
            if cohort in comparable:
                table[cohort, result] = count
        totals = table.sum(axis=1, keepdims=True)
        return table / np.maximum(totals, 1)

    # --- reading --------------------------------------------------------------------

    def _decision_columns(self) -> Iterator[str]:
        return (f"{id}.{part}" for id in self._ids for part in PARTS)

    def _described_by(self) -> list[str]:
        """The columns that say which company it is, and of which cohort."""
        return [column for column in (self._by_column, self._name) if column is not None]

    def _cohorts_of(self, batch: pa.RecordBatch) -> Numbers:
        if self._by_column is None:
            return np.full(batch.num_rows, -1, np.int64)
        numbers = self._cohorts.read(batch.column(self._by_column))
        if len(self._cohorts) > MOST_COHORTS:
            told = _("`{name}` has more than {number} different values: too many to make cohorts by")
            raise InputError([Problem(told.format(name=self._by, number=MOST_COHORTS))])
        return numbers

    def _results_of(self, batch: pa.RecordBatch, id: str) -> tuple[Numbers, Numbers]:
        """The status and the result of each company: its outcome, else what it has instead of one."""
        statuses = self._statuses.read(batch.column(f"{id}.status"))
        outcomes = self._results[id].read(batch.column(f"{id}.outcome"))
        instead = [
            SPECIAL_RESULTS.index(word) if word in SPECIAL_RESULTS else -1 for word in self._statuses.words
        ]
        undetermined = self._statuses.number("undetermined")
        statuses = np.where(statuses < 0, undetermined, statuses)
        return statuses, np.where(outcomes >= 0, outcomes, np.array(instead).take(statuses))

    def _names_of(self, batch: pa.RecordBatch, rows: Numbers) -> list[str]:
        if self._name is None:
            return [""] * len(rows)
        names = batch.column(self._name).take(pa.array(rows)).to_pylist()
        return ["" if name is None else one_line(str(name)) for name in names]

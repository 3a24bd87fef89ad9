"""What is counted of many companies: a portfolio as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..verdicts import Status

STATUSES: tuple[Status, ...] = (
    "settled",
    "provisional",
    "open",
    "silent",
    "not_applicable",
    "undetermined",
)


class Made(NamedTuple):
    """Which rulebook a table was made with, as far as it says so."""

    rulebook: str | None
    version: str | None
    sha256: str | None


class Cohort(NamedTuple):
    """Companies that have something in common."""

    #: The outcome or value that they share; None for those of which it is not known.
    id: str | None
    companies: int


class DecisionTally(NamedTuple):
    """How a decision comes out across the companies."""

    id: str
    statuses: Mapping[Status, int]
    #: For each result (an outcome, or `open`, `silent`, `not_applicable`): how many companies of each cohort.
    #: Companies of which it is not yet known have none.
    results: Mapping[str, tuple[int, ...]]


class FindingTally(NamedTuple):
    """How often a finding shows: for each cohort, where its remedy is to check and where it is missing."""

    id: str
    to_check: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def companies(self) -> int:
        return sum(self.to_check) + sum(self.missing)


class QuestionTally(NamedTuple):
    """A question: at how many companies its answer matters, and how many results it can change in all."""

    fact: str
    companies: int
    decides: int


class Company(NamedTuple):
    """A company that is shown by name. `row` counts from 1."""

    row: int
    name: str
    #: Its cohort, as a position in `Portfolio.cohorts`.
    cohort: int
    missing: frozenset[str]
    to_check: frozenset[str]


class Rare(NamedTuple):
    """A result, and the share of the cohort that has it too."""

    decision: str
    result: str
    share: float


class Outlier(NamedTuple):
    """A company whose results differ from those of its cohort."""

    row: int
    name: str
    cohort: int
    #: What share of its cohort has the same result, as the geometric mean over its
    #: decisions: two to the power of minus its mean surprisal.
    alike: float
    rarest: tuple[Rare, ...]


class PlaceTally(NamedTuple):
    """How many companies have a function where it is advised for them, and how many elsewhere."""

    function: str
    as_advised: int
    #: Elsewhere, in a place that the rulebook names for the function: it may be allowed for the company.
    named: int
    #: Elsewhere, in a place that the rulebook does not name for it.
    not_named: int

    @property
    def elsewhere(self) -> int:
        return self.named + self.not_named


class Portfolio(NamedTuple):
    """What many companies have in common, and where they differ."""

    made: Made
    companies: int
    #: What the cohorts are made by: a decision or a column; None where there is nothing to make them by.
    by: str | None
    cohorts: tuple[Cohort, ...]
    decisions: tuple[DecisionTally, ...]
    #: The most frequent first.
    findings: tuple[FindingTally, ...]
    #: Every company, or, of many, those with most findings.
    shown: tuple[Company, ...]
    #: The most unlike first.
    outliers: tuple[Outlier, ...]
    #: The companies that were compared with their cohort.
    compared: int
    #: The one that can change most first; None where the table has no questions.
    questions: tuple[QuestionTally, ...] | None
    #: How many companies have so many open questions, and so many findings.
    open_questions: Mapping[int, int]
    findings_each: Mapping[int, int]
    #: How the present places compare, for the functions of which the table has them.
    places: tuple[PlaceTally, ...]
    #: Decisions of the rulebook that the table has no columns of.
    lacking: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The portfolio as JSON values."""
        names = [cohort.id for cohort in self.cohorts]

        def company(found: Company | Outlier) -> dict[str, Any]:
            return {"row": found.row, "name": found.name, "cohort": names[found.cohort]}

        return {
            "rulebook": self.made._asdict(),
            "companies": self.companies,
            "by": self.by,
            "cohorts": [cohort._asdict() for cohort in self.cohorts],
            "decisions": [
                {**tally._asdict(), "results": {id: list(counts) for id, counts in tally.results.items()}}
                for tally in self.decisions
            ],
            "findings": [
                {
                    "id": tally.id,
                    "companies": tally.companies,
                    "to_check": list(tally.to_check),
                    "missing": list(tally.missing),
                }
                for tally in self.findings
            ],
            "shown": [
                {**company(found), "missing": sorted(found.missing), "to_check": sorted(found.to_check)}
                for found in self.shown
            ],
            "outliers": [
                {
                    **company(outlier),
                    "alike": round(outlier.alike, 6),
                    "rarest": [{**rare._asdict(), "share": round(rare.share, 6)} for rare in outlier.rarest],
                }
                for outlier in self.outliers
            ],
            "compared": self.compared,
            "questions": None if self.questions is None else [tally._asdict() for tally in self.questions],
            "open_questions": {str(n): count for n, count in self.open_questions.items()},
            "findings_each": {str(n): count for n, count in self.findings_each.items()},
            "places": [tally._asdict() for tally in self.places],
            "lacking": list(self.lacking),
        }


def one_line(text: str) -> str:
    """A text of the user's on one line, without what no terminal and no document should get."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))

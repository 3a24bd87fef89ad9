"""How many questions the interview asks, against asking them all: a count, not a time. Run with `make bench`.

Each random company knows every fact. It answers what it is asked, with and without the parts that one may
leave out, until nothing more would change the advice; the advice is then held against that on all its facts.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator

from companies import value_of

import dottedline
from dottedline.inference import as_fact
from dottedline.interview import Interview

COMPANIES = 200


def whole_companies(book: dottedline.Rulebook, count: int) -> Iterator[dict[str, object]]:
    """Companies that know every fact; what is derived they know as the rulebook derives it."""
    chance = random.Random(1)
    # What counts only where it is stated, such as that there is no such function, is never asked for.
    facts = [
        fact._replace(values={id: v for id, v in fact.values.items() if not v.only_if_stated})
        for fact in book.vocabulary.facts.values()
        if fact.type not in ("records", "note") and not fact.derived
    ]
    while count:
        company = {fact.id: value_of(chance, fact) for fact in facts}
        try:
            derived = book.consult(company).derived
        except dottedline.ProfileError:
            continue
        count -= 1
        known = {id: as_fact(book.data, id, answer.outcome) for id, answer in derived.items()}
        yield company | {id: value for id, value in known.items() if value is not None}


def asked(book: dottedline.Rulebook, company: dict[str, object], parts: bool) -> tuple[int, int]:
    """How many questions decide something, and how many are only weighed."""
    interview = Interview(book)
    if not parts:
        for section in book.vocabulary.sections.values():
            if section.optional:
                interview.skip_section(section)
    deciding = weighed = 0
    while (question := interview.next_question()) is not None:
        interview.answers[question.fact] = company.get(question.fact)
        deciding += question.decides > 0
        weighed += question.decides == 0
    if parts:
        assert advice(interview.consult()) == advice(book.consult(company))
    return deciding, weighed


def advice(answer: dottedline.Answer) -> list[object]:
    """What is advised, without how it was found."""
    return [(id, d.outcome, {o.outcome for o in d.options}) for id, d in answer.decisions.items()]


def main() -> None:
    """Prints the mean and the range, beside the number of all questions."""
    book = dottedline.load()
    every = [f for f in book.vocabulary.facts.values() if f.type not in ("records", "note")]
    needed = [f for f in every if not book.vocabulary.sections[f.section].optional]
    companies = list(whole_companies(book, int(sys.argv[1]) if len(sys.argv) > 1 else COMPANIES))
    for parts, total, title in (
        (False, needed, "without the parts on today's organisation"),
        (True, every, "with all parts"),
    ):
        counts = [sum(asked(book, company, parts)) for company in companies]
        print(
            f"{title}: {statistics.mean(counts):.1f} questions asked "
            f"({min(counts)} to {max(counts)}) of {len(total)}"
        )


if __name__ == "__main__":
    main()

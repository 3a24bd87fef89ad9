"""The interview asks what matters, in an order, for the topics that are wanted, and says why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import dottedline
from dottedline.cli import main
from dottedline.interview import Interview

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

BOOK = dottedline.load()
SECTIONS = list(BOOK.vocabulary.sections)


def section_of(fact: str) -> int:
    return SECTIONS.index(BOOK.vocabulary.facts[fact].section)


@pytest.mark.parametrize("seed", range(10))
def test_questions_of_a_topic_are_those_that_matter_to_it(seed: int) -> None:
    """Neither one that cannot change it, nor one less: decision by decision, finding by finding."""
    (company,) = companies(BOOK, 1, seed)
    whole = BOOK.consult(company)
    decides: dict[str, int] = {}
    undecided = 0
    for id, decision in whole.decisions.items():
        part = BOOK.consult(company, [id])
        asked = [question.fact for question in part.questions if question.decides]
        assert sorted(asked) == sorted(decision.depends_on), id
        assert list(part.decisions) == [id] and not part.findings
        assert part.decisions[id] == decision
        assert part.undecided == bool(asked)
    findings = [id for decision in BOOK.data.decisions.values() for id in decision.findings]
    for id in [*whole.decisions, *findings]:
        part = BOOK.consult(company, [id])
        undecided += part.undecided
        for question in part.questions:
            decides[question.fact] = decides.get(question.fact, 0) + question.decides
    assert {question.fact: question.decides for question in whole.questions} == decides
    assert whole.undecided == undecided


@pytest.mark.parametrize("seed", range(10))
def test_questions_come_in_order(seed: int) -> None:
    """Section by section, the most decisive first in each, and last what is only weighed."""
    (company,) = companies(BOOK, 1, seed)
    questions = BOOK.consult(company).questions
    deciding = [question for question in questions if question.decides]
    assert list(questions[: len(deciding)]) == deciding
    keys = [(section_of(question.fact), -question.decides) for question in deciding]
    assert keys == sorted(keys)


def test_go_to_market_is_asked_first() -> None:
    assert section_of(BOOK.consult({}).questions[0].fact) == 0
    assert BOOK.consult({}).questions[0].fact == "gtm_motion"


@pytest.mark.parametrize(
    ("topics", "decisions", "findings"),
    [
        (["lifecycle_marketing", "bdr"], ["lifecycle_marketing", "bdr"], []),
        (["go_to_market"], [], ["gtm_first"]),
        (["gtm_first"], [], ["gtm_first"]),
        (["growth"], ["demand_generation", "inbound_marketing", "lifecycle_marketing", "operations_analytics", "social_media"], []),
    ],
)
def test_topics(topics: list[str], decisions: list[str], findings: list[str]) -> None:
    answer = BOOK.consult({}, topics)
    assert sorted(answer.decisions) == sorted(decisions)
    assert [finding.id for finding in answer.findings] == findings


def test_an_unknown_topic() -> None:
    with pytest.raises(KeyError):
        BOOK.consult({}, ["lifecycle"])
    done = CliRunner().invoke(main, ["consult", "-", "--topics", "lifecycle_marketing,bdrs"], input="{}")
    assert done.exit_code == 2
    assert "there is no decision, finding or topic `bdrs`; did you mean `bdr`?" in done.stderr


def test_an_interview_on_a_topic_ends_when_it_is_decided() -> None:
    interview = Interview(BOOK, topics=["lifecycle_marketing"])
    asked = []
    for fact, text in (("gtm_motion", "self-serve"), ("freemium_product", "yes"), ("upsell_driven_revenue", "no")):
        question = interview.next_question()
        assert question is not None
        asked.append(question.fact)
        interview.answer(BOOK.vocabulary.facts[fact], text)
    assert sorted(asked) == sorted(["gtm_motion", "freemium_product", "upsell_driven_revenue"])
    assert interview.next_question() is None and interview.undecided() == 0
    assert interview.consult().decisions["lifecycle_marketing"].outcome == "growth"


def test_a_question_says_what_it_decides_and_why_it_is_asked() -> None:
    done = CliRunner().invoke(main, ["consult", "--topics", "lifecycle_marketing,bdr"], input="hybrid\n\ndone\n")
    told = " ".join(done.output.split())
    first = BOOK.consult({}, ["lifecycle_marketing", "bdr"]).questions[0]
    assert f"(decides {first.decides} of the 1 still open)" in told
    assert " ".join(first.why.split()) in told


def test_what_is_only_weighed_says_that_it_decides_nothing() -> None:
    done = CliRunner().invoke(main, ["consult", "--topics", "content_marketing"], input="")
    asked = CliRunner().invoke(main, ["consult", "--topics", "content_marketing"], input="high\ndone\n")
    assert done.exit_code == 2
    assert "to weigh; it decides nothing by itself" in asked.output


def test_what_a_derived_fact_is_derived_from_is_not_forgotten(tmp_path: Path) -> None:
    """Whether a derived fact still matters rests on its sources, also where nothing else of the answer does."""
    known = {"easy_to_use_product": True, "self_serve_signup": True, "current.product_marketing": "product"}
    unsure = BOOK.consult(known, ["lifecycle_leaves_marketing"])
    sure = BOOK.consult({**known, "relies_on_sales_team": False}, ["lifecycle_leaves_marketing"])
    fresh = dottedline.load().consult({**known, "relies_on_sales_team": False}, ["lifecycle_leaves_marketing"])
    assert sure.questions == fresh.questions
    assert "gtm_motion" in [question.fact for question in unsure.questions]

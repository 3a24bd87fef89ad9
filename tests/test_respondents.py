"""Several respondents: which disagreements matter, held against trying every way of choosing; and how it is told."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, event, given
from hypothesis import strategies as st

import dottedline
import oracle
import strategies
from dottedline.cli import main
from dottedline.disagreements import Together
from dottedline.respondents import Respondent, names_of, together
from test_properties import load, shipped, written

BOOK = dottedline.load()
SMALL = str(Path(__file__).parent / "good" / "book" / "rules" / "book")


def ask(*profiles: Mapping[str, Any], book: dottedline.Rulebook = BOOK) -> Together:
    """What people called a, b, c... say together."""
    from dottedline.profile import profile_from

    people = [Respondent(name, profile_from(facts, book.vocabulary)) for name, facts in zip("abcdef", profiles)]
    return together(book, people)


def mattering(found: Together) -> dict[str, set[str]]:
    """Fact -> what it matters to, without those that matter to nothing."""
    clashing = [fact for contradiction in found.contradictions for fact in contradiction.facts]
    return {each.fact: set(each.matters_to) for each in (*found.disagreements, *clashing) if each.matters_to}


# --- by brute force ---------------------------------------------------------------------------

#: So many ways of choosing are tried.
WAYS = 400


def chosen_between(book: Any, people: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The answers to choose between, None for leaving a fact unknown: docs of `dottedline.respondents`."""
    choices: dict[str, list[Any]] = {}
    for facts in people:
        for fact, value in facts.items():
            if value not in choices.setdefault(fact, []):
                choices[fact].append(value)
    for fact in choices.keys() & book.decisions.keys():  # a derived fact that somebody gives
        for facts in people:
            if fact not in facts:
                there = oracle.answer(book, fact, facts)
                if there.status in ("settled", "provisional") and there.outcome not in choices[fact]:
                    choices[fact] = [*choices[fact], None]
                    break
    opened = set()
    for constraint in book.constraints:
        breaking = {
            fact
            for fact, want in oracle.tests(book, [constraint])
            if any(v is not None and oracle.meets(book, fact, v, want) for v in choices.get(fact, []))
        }
        for fact in breaking:
            rest = sorted(breaking - {fact})
            for value in choices[fact]:
                ways = itertools.product(*(choices[other] for other in rest))
                if value is not None and all(
                    oracle.holds(book, constraint, {fact: value, **dict(zip(rest, way))}.get) is True
                    for way in ways
                ):
                    opened.update(rest)
    return {
        fact: [*values, None] if fact in opened and None not in values else values
        for fact, values in choices.items()
    }


def by_trying(book: Any, people: list[dict[str, Any]]) -> tuple[dict[str, set[str]], set[str]]:
    """What matters to what, by trying every way of choosing; and of what that would take too long."""
    choices = chosen_between(book, people)
    assume(math.prod(map(len, choices.values())) <= WAYS)
    ways = [
        {fact: value for fact, value in zip(choices, way) if value is not None}
        for way in itertools.product(*choices.values())
    ]
    ways = [way for way in ways if oracle.allowed(book, way)]
    names = [*(name for name in book.decisions if name not in book.facts), *book.findings]
    found: dict[str, set[str]] = {}
    skipped = set()
    for name in names:
        try:
            results = [(way, result_of(book, name, way)) for way in ways]
        except oracle.TooMany:
            skipped.add(name)
            continue
        for fact in (fact for fact, values in choices.items() if len(values) > 1):
            by_rest: dict[object, set[object]] = {}
            for way, result in results:
                rest = frozenset((f, v) for f, v in way.items() if f != fact)
                by_rest.setdefault(rest, set()).add(result)
            if any(len(different) > 1 for different in by_rest.values()):
                found.setdefault(fact, set()).add(name)
    return found, skipped


def agree(engine: dottedline.Rulebook, book: Any, profiles: list[dict[str, Any]]) -> None:
    """Holds what matters against what trying every way finds."""
    try:
        expected, skipped = by_trying(book, [oracle.known_facts(book, profile) for profile in profiles])
    except oracle.TooMany:
        assume(False)
    event(f"{sum(map(len, expected.values()))} things matter")
    found = {fact: names - skipped for fact, names in mattering(ask(*profiles, book=engine)).items()}
    assert {fact: names for fact, names in found.items() if names} == expected


def result_of(book: Any, name: str, facts: dict[str, Any]) -> object:
    if name in book.findings:
        return (oracle.finding(book, name, facts) or (None, None))[:2]
    there = oracle.answer(book, name, facts)
    return there.status if there.status == "undetermined" else there[:3]


@given(book=strategies.books(sound=True), data=st.data())
def test_what_matters_is_what_trying_every_way_finds(book, data):
    with written(book) as (paths, plain):
        engine = load(paths)
        profiles = [
            data.draw(strategies.profiles(plain, known=10)) for _ in range(data.draw(st.integers(2, 3)))
        ]
        agree(engine, plain, profiles)


#: Facts of the shipped rulebook that bear on the same decisions and findings, or rule each other out.
TIED: list[dict[str, list[Any]]] = [
    {
        "gtm_motion": ["sales_led", "self_serve", "hybrid"],
        "relies_on_sales_team": [True, False],
        "long_buying_process": [True, False],
        "easy_to_use_product": [True],
        "self_serve_signup": [True, False],
        "freemium_product": [True, False],
        "upsell_driven_revenue": [True, False],
    },
    {
        "current.bdr": ["nobody", "sales", "marketing"],
        "bdr_priority": ["career_growth", "accountability"],
        "current.comms_pr": ["nobody", "contractor", "own_department"],
        "comms_dotted_line": ["none", "weak", "strong"],
        "misaligned_priorities": [True, False],
    },
    {
        "uses_contractors": [True, False],
        "contractors_on_org_chart": [True, False],
        "contractor_roles_documented": [True, False],
        "current.design": ["contractor", "brand", "nobody"],
        "all_designers_one_team": [True, False],
    },
]


@given(data=st.data())
def test_the_shipped_rulebook_too(data):
    """On facts that are tied to one another: those of lifecycle marketing, BDRs, communications and contractors."""
    engine, plain = shipped()
    pool = data.draw(st.sampled_from(TIED))
    said = {fact: st.sampled_from(values) for fact, values in pool.items()}
    often = data.draw(st.sets(st.sampled_from(sorted(said)), min_size=2, max_size=4))
    whole = st.fixed_dictionaries({fact: said.pop(fact) for fact in often}, optional=said)
    people = data.draw(st.lists(whole, min_size=2, max_size=3))
    for facts in people:
        for constraint in plain.constraints:
            if oracle.holds(plain, constraint, facts.get) is True:
                del facts[next(name for name, _ in oracle.tests(plain, [constraint]) if name in facts)]
    plain.memo.clear()
    agree(engine, plain, people)


# --- by hand ----------------------------------------------------------------------------------


def test_only_disagreements_that_can_change_advice_matter() -> None:
    found = ask(
        {
            "gtm_motion": "self_serve",
            "freemium_product": True,
            "content_budget": "high",
            "marketing_headcount": 3,
        },
        {
            "gtm_motion": "self_serve",
            "freemium_product": False,
            "content_budget": "low",
            "marketing_headcount": 9,
        },
    )
    assert mattering(found) == {"freemium_product": {"lifecycle_marketing"}}
    weighed = {each.fact: each.weighed_in for each in found.disagreements}
    assert weighed["content_budget"] == ("content_marketing",)


def test_whether_it_matters_rests_on_what_is_agreed() -> None:
    apart = ({"freemium_product": True}, {"freemium_product": False})
    assert mattering(ask(*({"gtm_motion": "sales_led", **facts} for facts in apart))) == {}
    assert mattering(ask(*({"gtm_motion": "self_serve", **facts} for facts in apart))) != {}


def test_an_answer_of_one_is_no_disagreement() -> None:
    found = ask({"freemium_product": True}, {"freemium_product": None, "gtm_motion": "self_serve"}, {})
    assert not found.disagreements
    assert found.known_by_one == {"a": ("freemium_product",), "b": ("gtm_motion",)}
    assert found.answer.decisions["lifecycle_marketing"].outcome == "product_marketing"


def test_where_each_answer_leads() -> None:
    said = {"gtm_motion": "self_serve", "upsell_driven_revenue": True}
    found = ask({**said, "freemium_product": True}, {**said, "freemium_product": False}, {**said})
    (each,) = found.disagreements
    outcomes = {one.value: (one.by, one.result("lifecycle_marketing").outcome) for one in each.said}
    assert outcomes == {True: (("a",), "product_marketing"), False: (("b",), "growth")}
    assert found.answer.decisions["lifecycle_marketing"].status == "provisional", (
        "left open in the joint advice"
    )


def test_one_that_matters_only_together_with_another_is_not_decisive() -> None:
    found = ask(
        {"gtm_motion": "self_serve", "freemium_product": True, "upsell_driven_revenue": True},
        {"gtm_motion": "self_serve", "freemium_product": False, "upsell_driven_revenue": False},
    )
    decisive = {each.fact: each.is_decisive("lifecycle_marketing") for each in found.disagreements}
    assert decisive == {"freemium_product": True, "upsell_driven_revenue": True}
    alone = ask(
        {"freemium_product": True, "upsell_driven_revenue": True, "gtm_motion": "self_serve"},
        {"freemium_product": True, "upsell_driven_revenue": False, "gtm_motion": "sales_led"},
    )
    assert mattering(alone) == {
        fact: {"lifecycle_marketing"} for fact in ("gtm_motion", "upsell_driven_revenue")
    }


def test_a_derived_fact_given_by_one_and_derived_by_another() -> None:
    signals = {"easy_to_use_product": True, "self_serve_signup": True, "long_buying_process": False}
    shared = {"freemium_product": True, "upsell_driven_revenue": True}
    found = ask({"gtm_motion": "sales_led", **shared}, signals)
    (each,) = found.disagreements
    assert [(said.value, said.by, said.derived) for said in each.said] == [
        ("sales_led", ("a",), False),
        ("self_serve", ("b",), True),
    ]
    assert each.matters_to == ("lifecycle_marketing",)
    assert [said.result("lifecycle_marketing").outcome for said in each.said] == ["growth", "product_marketing"]
    # Neither side is taken in the joint advice, though nobody disputes the signals.
    assert found.answer.derived["gtm_motion"].status != "settled"
    assert found.set_aside and set(found.set_aside) < signals.keys()


def test_a_list_against_what_is_said_outright() -> None:
    found = ask({"contractors": [{"function": "design", "kind": "agency"}]}, {"uses_agencies": False})
    assert [each.fact for each in found.disagreements] == ["uses_agencies"]
    assert "contractors" not in found.answer.profile.records, "it would take a side"
    assert "uses_agencies" not in found.answer.profile.facts
    assert found.answer.profile.facts["uses_contractors"] is True


def test_a_list_that_nobody_disputes_stays() -> None:
    found = ask({"contractors": [{"function": "design", "kind": "agency"}]}, {})
    assert (
        found.answer.to_dict()
        == BOOK.consult({"contractors": [{"function": "design", "kind": "agency"}]}).to_dict()
    )


def test_answers_that_cannot_go_together_are_a_contradiction() -> None:
    found = ask({"current": {"bdr": "nobody"}}, {"bdr_priority": "career_growth"})
    (contradiction,) = found.contradictions
    assert contradiction.constraint == "bdr-absent"
    assert {each.fact: each.said[0].by for each in contradiction.facts} == {
        "current.bdr": ("a",),
        "bdr_priority": ("b",),
    }
    assert not found.disagreements
    assert found.answer.decisions["bdr"].status == "open"
    assert not found.answer.profile.facts


def test_two_who_disagree_may_also_contradict_a_third() -> None:
    found = ask(
        {"current": {"bdr": "nobody"}}, {"current": {"bdr": "sales"}}, {"bdr_priority": "career_growth"}
    )
    assert [each.fact for each in found.disagreements] == ["current.bdr"]
    assert [each.fact for each in found.contradictions[0].facts] == ["current.bdr", "bdr_priority"]


def test_the_same_person_twice_and_one_person_alone() -> None:
    facts = {"gtm_motion": "hybrid", "current": {"bdr": "sales"}}
    twice, alone = ask(facts, facts), ask(facts)
    for found in (twice, alone):
        assert not found.disagreements and not found.contradictions and not found.known_by_one
        assert found.answer.to_dict() == BOOK.consult(facts).to_dict()


def test_topics_limit_what_is_looked_at() -> None:
    from dottedline.profile import profile_from

    people = [
        Respondent(str(said), profile_from({"freemium_product": said}, BOOK.vocabulary))
        for said in (True, False)
    ]
    assert together(BOOK, people, ["bdr"]).disagreements[0].matters_to == ()
    assert together(BOOK, people, ["growth"]).disagreements[0].matters_to == ("lifecycle_marketing",)


def test_files_are_told_apart() -> None:
    assert names_of(["x/a.yaml", "x/b.yaml"]) == ["a.yaml", "b.yaml"]
    assert names_of(["x/a.yaml", "y/a.yaml"]) == ["x/a.yaml", "y/a.yaml"]
    assert names_of(["x/a.yaml", "x/a.yaml"]) == ["a.yaml", "a.yaml"]


# --- the command ------------------------------------------------------------------------------


def run(*arguments: str, input: str | None = None, columns: int = 100) -> Result:
    env = {"COLUMNS": str(columns)}
    return CliRunner().invoke(main, ["consult", *arguments], input=input, env=env, catch_exceptions=False)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[str]]:
    said = {
        "cmo.yaml": "gtm_motion: self_serve\nfreemium_product: yes\nupsell_driven_revenue: yes\ncurrent: {bdr: nobody}\n",
        "sales.yaml": "gtm_motion: self_serve\nfreemium_product: no\ncontent_budget: low\nbdr_priority: career_growth\n",
        "people.yaml": "content_budget: high\nupsell_driven_revenue: yes\n",
    }
    for name, text in said.items():
        (tmp_path / name).write_text(text)
    yield [str(tmp_path / name) for name in said]


def test_text_tells_who_says_what_and_where_it_leads(files: list[str]) -> None:
    done = run("--together", *files)
    told = " ".join(done.stdout.split())
    assert done.exit_code == 0
    assert "Freemium product [bears on 1 piece of advice] Yes (cmo.yaml); no (sales.yaml)." in told
    assert "Lifecycle marketing, if yes: May make more sense: Product Marketing" in told
    assert "Lifecycle marketing, if no: Usually: Growth Marketing." in told
    assert "There are no BDRs, so there can be no priority for them." in told
    assert "Content budget Low (sales.yaml); High (people.yaml)." in told
    assert "How to structure a B2B marketing department" in told


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_it_fits_the_terminal(files: list[str], columns: int) -> None:
    told = run("--together", "--brief", *files, columns=columns).stdout
    assert max(map(len, told.splitlines())) <= columns


def test_brief_markdown_and_json(files: list[str]) -> None:
    assert "Top-level groups" in run("--together", "--brief", *files).stdout
    assert "\n# How to structure" in run("--together", "--format", "markdown", *files).stdout
    told = json.loads(run("--together", "--format", "json", *files).stdout)
    assert told["respondents"] == ["cmo.yaml", "sales.yaml", "people.yaml"]
    (freemium,) = [each for each in told["disagreements"] if each["fact"] == "freemium_product"]
    assert freemium["matters_to"] == ["lifecycle_marketing"]
    leads = {each["value"]: each["leads_to"]["lifecycle_marketing"]["outcome"] for each in freemium["answers"]}
    assert leads == {True: "product_marketing", False: "growth"}


def test_several_profiles_without_together_are_wrong_usage(files: list[str]) -> None:
    done = run(*files)
    assert done.exit_code == 2 and "--together" in done.stderr


def test_together_needs_profiles() -> None:
    assert run("--together").exit_code == 2
    assert run("--together", "-", "-", input="{}").exit_code == 2


def test_one_profile_and_the_same_twice(files: list[str]) -> None:
    for paths in (files[:1], files[:1] * 2):
        done = run("--together", *paths)
        assert done.exit_code == 0 and "You disagree on nothing." in done.stdout


def test_what_is_wrong_with_any_file_is_told(files: list[str], tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("gtm_moton: hybrid\n")
    done = run("--together", *files, str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml"))
    assert done.exit_code == 1
    assert "one.yaml:1:1" in done.stderr and "two.yaml:1:1" in done.stderr and not done.stdout


def test_a_profile_for_another_rulebook_is_refused() -> None:
    assert run("-", "--rules", SMALL, input="rulebook: book\nmotion: hybrid").exit_code == 0
    done = run("-", "--rules", SMALL, "--together", input="rulebook: b2b_marketing\nmotion: hybrid")
    assert done.exit_code == 1 and "this profile is for `b2b_marketing`" in done.stderr

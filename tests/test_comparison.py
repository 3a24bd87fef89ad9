"""Today's places against the source, and what would settle most."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import dottedline
from dottedline.answer import profile_to_dict
from dottedline.cli import main
from dottedline.placements import Placement

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

BOOK = dottedline.load()
EXAMPLES = sorted((Path(__file__).parents[1] / "facts/b2b_marketing/examples").glob("*.yaml"))
PLACES = list(BOOK.vocabulary.facts["current.design"].values)


def placed(facts: dict[str, object], function: str) -> Placement:
    found = dottedline.compare(BOOK, facts)
    return next(placement for placement in found.placements if placement.function == function)


SELF_SERVE = {"gtm_motion": "self_serve", "freemium_product": True}

#: facts, function, its class, whether it is to be checked, the rule that speaks for its place, modality
CLASSED = [
    ({}, "design", "unknown", False, None, None),
    ({"current.design": "brand"}, "design", "default", False, "design-default", "default"),
    # An exception of the source whose condition holds, does not hold, or is not known.
    ({"current.design": "product", "all_designers_one_team": True}, "design",
     "exception", False, "design-in-product", "may"),
    ({"current.design": "product", "all_designers_one_team": False}, "design",
     "exception_not_met", True, "design-in-product", "may"),
    ({"current.design": "product"}, "design", "exception_unclear", True, "design-in-product", "may"),
    # One that takes the place of what is usual.
    ({**SELF_SERVE, "current.lifecycle_marketing": "product_marketing"}, "lifecycle_marketing",
     "exception", False, "lifecycle-freemium-upsell", "may"),
    ({"gtm_motion": "sales_led", "current.lifecycle_marketing": "product_marketing"}, "lifecycle_marketing",
     "exception_not_met", True, "lifecycle-freemium-upsell", "may"),
    ({"current.lifecycle_marketing": "product_marketing"}, "lifecycle_marketing",
     "exception_unclear", True, "lifecycle-freemium-upsell", "may"),
    # The usual place, where the advice for this company is the exception.
    ({**SELF_SERVE, "current.lifecycle_marketing": "growth"}, "lifecycle_marketing",
     "default", True, "lifecycle-default", "default"),
    # A choice that the source leaves open.
    ({"current.social_media": "content"}, "social_media", "alternative", False, "social-open", "may"),
    ({"current.bdr": "sales"}, "bdr", "alternative", False, "bdr-contested", "contested"),
    ({"current.customer_marketing": "elsewhere"}, "customer_marketing",
     "alternative", False, "customer-marketing-anywhere", "depends_on"),
    ({"current.comms_pr": "own_department"}, "comms_pr", "alternative", False, "comms-own-department", "may"),
    # Places that the source does not name, and that are none.
    ({"current.comms_pr": "sales"}, "comms_pr", "not_covered", True, None, None),
    ({"current.content_marketing": "contractor"}, "content_marketing", "contracted", False, None, None),
    ({"current.content_marketing": "planned"}, "content_marketing", "planned", False, None, None),
    ({"current.content_marketing": "nobody"}, "content_marketing", "absent", False, None, None),
]


@pytest.mark.parametrize(("facts", "function", "kind", "to_check", "rule", "modality"), CLASSED)
def test_classes(
    facts: dict[str, object], function: str, kind: str, to_check: bool, rule: str | None, modality: str | None
) -> None:
    found = placed(facts, function)
    assert (found.kind, found.to_check, found.rule, found.modality) == (kind, to_check, rule, modality)


def test_an_exception_says_what_its_condition_lacks() -> None:
    found = placed({"current.design": "product", "all_designers_one_team": False}, "design")
    assert found.lacks is not None
    assert [(test.fact, test.value) for test in found.lacks.tests()] == [("all_designers_one_team", False)]


@pytest.mark.parametrize("function", [p.function for p in dottedline.compare(BOOK, {}).placements])
@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_every_function(function: str, place: str) -> None:
    """A place that an outcome covers is classed by a rule that the source has; no other is."""
    found = placed({f"current.{function}": place}, function)
    decision = BOOK.data.decisions[function]
    covered = [outcome.id for outcome in decision.outcomes.values() if place in outcome.places]
    assert found.place == place and len(covered) <= 1
    if covered:
        assert found.kind in ("default", "exception", "alternative", "exception_not_met", "exception_unclear")
        assert found.rule is not None and found.guidance and found.because
    else:
        assert found.kind in ("not_covered", "contracted", "planned", "absent") and found.rule is None


# --- actions --------------------------------------------------------------------------------------


def open_things(facts: dict[str, object]) -> set[str]:
    found = dottedline.compare(BOOK, facts)
    remedied = {rule.id for _, rule in BOOK.data.rules() if rule.finding and rule.unless is not None}
    findings = {finding.id for finding in found.answer.findings if finding.rule in remedied}
    return findings | {placement.function for placement in found.placements if placement.to_check}


@pytest.mark.parametrize("seed", range(6))
def test_actions_do_what_they_say(seed: int) -> None:
    """Each way of each action, tried: what it settles is settled, and nothing else comes up but what it says."""
    (company,) = companies(BOOK, 1, seed)
    found = dottedline.compare(BOOK, company)
    known = profile_to_dict(found.answer.profile, BOOK.vocabulary)
    before = open_things(known)
    for action in found.actions:
        for way in action.ways:
            after = open_things({**known, **way})
            assert (before - after, after - before) == (set(action.settles), set(action.brings)), way
            assert all(BOOK.vocabulary.facts[id].lever for id in way)


@pytest.mark.parametrize("seed", range(6))
def test_what_settles_most_comes_first(seed: int) -> None:
    (company,) = companies(BOOK, 1, seed)
    gains = [len(action.settles) - len(action.brings) for action in dottedline.compare(BOOK, company).actions]
    assert gains == sorted(gains, reverse=True)


def test_one_thing_is_advised_once() -> None:
    """A function is moved by one action, to the places that the source speaks for most."""
    found = dottedline.compare(BOOK, {"current.comms_pr": "elsewhere"})
    moves = [action for action in found.actions if action.moves]
    assert [(action.moves, action.ways) for action in moves] == [("comms_pr", ({"current.comms_pr": "brand"},))]


def test_missing_unowned_and_doubly_owned() -> None:
    found = dottedline.compare(
        BOOK, {"owner": {"pricing": [], "website": ["growth", "brand"]}, "current.inbound_marketing": "nobody"}
    )
    assert [duty.id for duty in found.unowned] == ["pricing"]
    assert [duty.id for duty in found.owned_twice] == ["website"]
    assert [p.function for p in found.placements if p.kind == "absent"] == ["inbound_marketing"]


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_command(path: Path, form: str) -> None:
    done = CliRunner().invoke(main, ["compare", str(path), "--format", form])
    assert done.exit_code == 0, done.output
    found = dottedline.compare(BOOK, BOOK.read_profile(path))
    if form == "json":
        assert [placement["function"] for placement in json.loads(done.stdout)["placements"]] == [
            placement.function for placement in found.placements
        ]
        return
    told = " ".join(done.stdout.split())
    for placement in found.placements:
        assert placement.title in told
    assert "do not count it as a mistake" in told


def test_a_rulebook_without_an_organisation() -> None:
    done = CliRunner().invoke(
        main, ["compare", "-", "--rules", str(Path(__file__).parent / "good/book/rules/book")], input="{}"
    )
    assert done.exit_code == 1 and done.stdout == ""
    assert done.stderr.startswith("error: the rulebook `book` ")

"""What would change an answer, what if, and why not: on the shipped rulebook, tried one by one."""

from __future__ import annotations

import contextlib
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dottedline
from dottedline.answer import profile_to_dict
from dottedline.cli import main
from dottedline.whatif import read_suppositions

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

BOOK = dottedline.load()
FREEMIUM = {"gtm_motion": "self_serve", "freemium_product": True}


# --- what would change it -----------------------------------------------------------------------


def result(answer: dottedline.Answer, id: str) -> tuple[Any, ...]:
    given = answer.decisions[id]
    return given.status in ("open", "silent", "not_applicable") and given.status, given.outcome, tuple(
        sorted(option.outcome for option in given.options)
    )


@pytest.mark.parametrize("seed", range(12))
def test_each_change_gives_what_it_says(seed: int) -> None:
    """Every change of every decision, tried by consulting anew: it gives the result that it names."""
    (company,) = companies(BOOK, 1, seed)
    answer = BOOK.consult(company)
    known = profile_to_dict(answer.profile, BOOK.vocabulary)
    for id, decision in answer.decisions.items():
        for change in decision.would_change:
            after = BOOK.consult({**known, **dict(change.facts)})
            given = after.decisions[id]
            assert (given.status, given.outcome) == (change.status, change.outcome), (id, change)
            if change.status != "not_applicable":
                assert tuple(sorted(option.outcome for option in given.options)) == change.options
            assert result(after, id) != result(answer, id)


@pytest.mark.parametrize("seed", range(12))
def test_no_part_of_a_change_is_enough(seed: int) -> None:
    """A change without one of its facts does not give its result: none smaller does."""
    (company,) = companies(BOOK, 1, seed)
    answer = BOOK.consult(company)
    known = profile_to_dict(answer.profile, BOOK.vocabulary)
    for id, decision in answer.decisions.items():
        for change in decision.would_change:
            for left_out, _value in change.facts:
                rest = {fact: value for fact, value in change.facts if fact != left_out}
                try:
                    after = BOOK.consult({**known, **rest})
                except dottedline.ProfileError:
                    continue
                given = after.decisions[id]
                options = tuple(sorted(option.outcome for option in given.options))
                assert (given.status, given.outcome, options) != (change.status, change.outcome, change.options)


@pytest.mark.parametrize(
    ("facts", "changed", "kind"),
    [
        ({"gtm_motion": "self_serve", "freemium_product": True}, {"upsell_driven_revenue"}, "not_said"),
        ({"gtm_motion": "sales_led", "freemium_product": True}, {"gtm_motion"}, "circumstance"),
        ({"current": {"bdr": "nobody"}}, {"current.bdr"}, "choice"),
    ],
)
def test_changes_say_who_could_bring_them_about(facts: dict[str, object], changed: set[str], kind: str) -> None:
    answer = BOOK.consult(facts)
    kinds = {
        change.kind
        for decision in answer.decisions.values()
        for change in decision.would_change
        if {fact for fact, _value in change.facts} == changed
    }
    assert kinds == {kind}


# --- what if --------------------------------------------------------------------------------------


def test_what_moves_and_what_stays() -> None:
    found = dottedline.what_if(BOOK, FREEMIUM, {"upsell_driven_revenue": False})
    (move,) = found.difference.moves
    assert (move.before.id, move.before.outcome, move.after.outcome) == (
        "lifecycle_marketing", "product_marketing", "growth",
    )
    assert not move.same_advice
    assert "design" in found.difference.stay and "gtm_first" not in found.difference.stay


def test_a_fact_can_be_taken_back() -> None:
    found = dottedline.what_if(BOOK, FREEMIUM, {"gtm_motion": None})
    assert found.after.decisions["lifecycle_marketing"].outcome == "growth"
    assert [finding.id for finding in found.difference.come] == ["gtm_first"]


def test_only_surer() -> None:
    found = dottedline.what_if(BOOK, FREEMIUM, {"upsell_driven_revenue": True})
    (move,) = found.difference.moves
    assert move.same_advice and (move.before.status, move.after.status) == ("provisional", "settled")


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_left_out(seed: int) -> None:
    """Moved, come, gone, turned or stayed: every decision and finding of either answer is in one of them."""
    chance = random.Random(seed)
    before, after = companies(BOOK, 2, seed)
    found = None
    while found is None:  # until the facts supposed go together with the others
        supposed = {id: after[id] for id in chance.sample(sorted(after), min(3, len(after)))}
        with contextlib.suppress(dottedline.ProfileError):
            found = dottedline.what_if(BOOK, before, supposed)
    said = found.difference
    told = [
        *(move.after.id for move in said.moves),
        *(finding.id for finding in (*said.come, *said.go)),
        *(now.id for _was, now in said.turn),
        *said.stay,
    ]
    findings = {finding.id for answer in (found.before, found.after) for finding in answer.findings}
    assert sorted(told) == sorted([*found.after.decisions, *findings])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("freemium_product=yes", True),
        ("freemium_product=no", False),
        ("freemium_product=unknown", None),
        ("gtm_motion=Sales-led", "sales_led"),
        ("current.bdr=sales", "sales"),
        ("marketing_headcount=7", 7),
        ("dotted.design=growth, Brand Marketing", frozenset({"growth", "brand"})),
        ("dotted.design=none", frozenset()),
    ],
)
def test_suppositions_as_people_type_them(text: str, value: object) -> None:
    assert list(read_suppositions([text], BOOK.vocabulary).values()) == [value]


def run(*arguments: str, profile: dict[str, object] | None = None) -> tuple[int, str, str]:
    """Runs a command on `company.json`, a file that holds the profile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "company.json")
        path.write_text(json.dumps(profile or {}), encoding="utf-8")
        done = CliRunner().invoke(main, [str(path) if word == path.name else word for word in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_the_command_tells_what_moves() -> None:
    code, out, _err = run("whatif", "company.json", "upsell_driven_revenue=no", profile=FREEMIUM)
    assert code == 0
    assert "What if “Revenue relies on upsell” were no (you have not said)?" in " ".join(out.split())
    assert "Advice that moves" in out and "What stays" in out
    code, out, _err = run("whatif", "company.json", "content_budget=high", profile=FREEMIUM)
    assert code == 0 and "The advice stays as it is." in out
    code, out, _err = run("whatif", "company.json", "upsell_driven_revenue=no", "--format", "json", profile=FREEMIUM)
    assert [move["decision"] for move in json.loads(out)["moves"]] == ["lifecycle_marketing"]
    code, out, _err = run("whatif", "company.json", "upsell_driven_revenue=no", "--format", "markdown", profile=FREEMIUM)
    assert out.startswith("# What if ")


# --- why not --------------------------------------------------------------------------------------


def lacks(asked: dottedline.WhyNot) -> dict[str, list[str]]:
    return {
        way.rule.id: [test.fact for test in way.lacks.tests()] if way.lacks else []
        for way in asked.ways
    }


@pytest.mark.parametrize(
    ("facts", "name", "outcome", "state", "lacking"),
    [
        (
            {"gtm_motion": "sales_led", "freemium_product": True}, "lifecycle_marketing", "product_marketing", "no",
            {"lifecycle-freemium-upsell": ["gtm_motion"], "lifecycle-both-motions": ["gtm_motion"]},
        ),
        (
            {}, "lifecycle_marketing", "product_marketing", "no",
            {
                "lifecycle-freemium-upsell": ["gtm_motion", "freemium_product"],
                "lifecycle-both-motions": ["gtm_motion", "freemium_product"],
            },
        ),
        (FREEMIUM, "lifecycle_marketing", "product_marketing", "advised",
         {"lifecycle-freemium-upsell": [], "lifecycle-both-motions": ["gtm_motion"]}),
        ({}, "design", "product", "no", {"design-in-product": ["all_designers_one_team"]}),
        ({}, "content_marketing", "growth", "allowed", {"content-in-growth": []}),
    ],
)
def test_why_not(
    facts: dict[str, object], name: str, outcome: str, state: str, lacking: dict[str, list[str]]
) -> None:
    asked = BOOK.why_not(facts, name, outcome)
    assert (asked.state, lacks(asked)) == (state, lacking)
    assert (asked.state == "advised") == (not asked.changes) or state == "allowed"


def test_why_not_names_what_blocks() -> None:
    asked = BOOK.why_not({**FREEMIUM, "upsell_driven_revenue": False}, "lifecycle_marketing", "product_marketing")
    (blocked,) = [way for way in asked.ways if way.rule.id == "lifecycle-freemium-upsell"]
    assert blocked.lacks is None and blocked.blocked_by is not None
    assert [test.fact for test in blocked.blocked_by.tests()] == ["upsell_driven_revenue"]


def test_why_not_in_the_terminal() -> None:
    code, out, _err = run("explain", "company.json", "lifecycle_marketing", "--why-not", "product", profile={})
    assert code == 0 and "Why not Product Marketing?" in out and "Missing:" in out and "What would bring it:" in out
    code, _out, err = run("explain", "company.json", "lifecycle_marketing", "--why-not", "sales")
    assert code == 1
    assert err == (
        "error: `lifecycle_marketing` has no outcome `sales`\n  help: it has `growth` or `product_marketing`\n"
    )
    code, _out, err = run("explain", "company.json", "gtm_first", "--why-not", "sales")
    assert code == 2 and "is a finding" in err
    code, out, _err = run(
        "explain", "company.json", "lifecycle_marketing", "--why-not", "product_marketing", "--format", "json"
    )
    assert json.loads(out)["state"] == "no"


def test_explain_splits_changes_by_who_could_bring_them_about() -> None:
    _code, out, _err = run("explain", "company.json", "lifecycle_marketing", profile=FREEMIUM)
    assert "What would change it: you have not said" in out
    assert "What would change it: not yours to choose" in out
    _code, out, _err = run("explain", "company.json", "bdr", profile={"current.bdr": "nobody"})
    assert "What would change it: you could choose" in out

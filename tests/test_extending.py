"""A rulebook that extends another: what both say, and whose each piece of advice is."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dottedline
from dottedline.cli import main

HERE = Path(__file__).parent
PRACTICE = HERE / "books" / "house_practice" / "rules" / "house_practice"
BOOK = dottedline.load(PRACTICE)
BASE = dottedline.load()
OWN, ARTICLE = "house_practice", "b2b_marketing"
#: Most of sales comes through partners: where the practice speaks.
PARTNERS = {"partner_share": 60}


@pytest.mark.parametrize(
    ("decision", "outcome", "modality", "rules", "books"),
    [
        ("content_marketing", "growth", "should", ["house-content-for-partners"], [OWN]),
        ("social_media", "brand", "default", ["house-social-in-brand"], [OWN]),
        ("partner_marketing", "product_marketing", "must", ["partner-default", "house-partner-marketing"], [ARTICLE, OWN]),
        ("partner_lead", "full_time", "should", ["partner-lead-full-time"], [OWN]),
        ("sales_enablement", "product_marketing", "default", ["enablement-default"], [ARTICLE]),
    ],
)
def test_what_it_says(decision: str, outcome: str, modality: str, rules: list[str], books: list[str]) -> None:
    said = BOOK.consult(PARTNERS).decisions[decision]
    assert (said.outcome, said.modality, list(said.rules), list(said.books)) == (outcome, modality, rules, books)


@pytest.mark.parametrize(
    ("decision", "options"),
    [
        ("content_marketing", {"growth": OWN, "own_function": ARTICLE}),
        ("design", {"brand": ARTICLE, "studio": OWN}),
        # The firmest first: `must` is the practice's, so it is not said of the article.
        ("partner_marketing", {"product_marketing": OWN}),
        ("sales_enablement", {"product_marketing": ARTICLE}),
    ],
)
def test_whose_each_option_is(decision: str, options: dict[str, str]) -> None:
    said = BOOK.consult(PARTNERS).decisions[decision].options
    assert {option.outcome: option.book for option in said} == options


def test_where_it_does_not_speak_the_advice_is_that_of_the_book_that_it_extends() -> None:
    theirs, ours = BASE.consult({"gtm_motion": "hybrid"}), BOOK.consult({"gtm_motion": "hybrid"})
    for id in ("lifecycle_marketing", "copywriting", "bdr", "gtm_motion"):
        both = [{**(a.decisions.get(id) or a.derived[id]).to_dict()} for a in (theirs, ours)]
        assert both[0] == both[1]


def test_what_it_drops_is_gone() -> None:
    assert "sales_enablement" in BASE.data.decisions
    assert "content" in [o.outcome for o in BASE.consult({}).decisions["sales_enablement"].options]
    assert not {"the-test"} & {statement.id for statement in BOOK.data.statements}
    assert not {"social-when"} & {silence.id for silence in BOOK.data.silences}


def test_items_go_by_their_book() -> None:
    assert BOOK.data.guidance[29].book == ARTICLE
    assert BOOK.data.guidance["house_practice:2"].book == OWN
    assert BOOK.vocabulary.facts["partner_share"].guidance == ("house_practice:1",)
    assert set(BASE.data.guidance) < set(BOOK.data.guidance)


def test_the_answer_names_what_it_extends() -> None:
    told = BOOK.consult({}).to_dict()["rulebook"]
    assert told["id"] == OWN
    assert told["extends"] == [{"id": ARTICLE, "version": BASE.version}]
    assert BASE.consult({}).to_dict()["rulebook"]["extends"] == []


def test_a_profile_for_the_extended_book_will_do() -> None:
    assert BOOK.consult({"rulebook": ARTICLE}).rulebook.id == OWN
    assert BOOK.consult({"rulebook": OWN}).rulebook.id == OWN
    with pytest.raises(dottedline.ProfileError):
        BASE.consult({"rulebook": OWN})


def copied(folder: Path, change: tuple[str, str, str] | None = None) -> Path:
    """Both books in one folder, with a change in one of the files: the file, what is there, what comes for it."""
    root = HERE.parent
    for kind in ("rules", "facts"):
        shutil.copytree(root / kind / ARTICLE, folder / kind / ARTICLE)
        shutil.copytree(HERE / "books" / OWN / kind / OWN, folder / kind / OWN)
    if change is not None:
        path = folder / change[0]
        text = path.read_text(encoding="utf-8")
        assert change[1] in text
        path.write_text(text.replace(change[1], change[2], 1), encoding="utf-8")
    return folder / "rules" / OWN


@pytest.mark.parametrize(
    "change",
    [
        ("rules/b2b_marketing/90_teams.yaml", "teams:", "# teams\nteams:"),
        ("facts/b2b_marketing/20_company.yaml", "facts:", "# facts\nfacts:"),
        ("rules/house_practice/house_practice.yaml", "version: 1.0.0", "version: 1.0.1"),
        ("facts/house_practice/house_practice.yaml", "min: 0", "min: 1"),
    ],
    ids=lambda change: change[0],
)
def test_the_hash_is_of_both_books(change: tuple[str, str, str], tmp_path: Path) -> None:
    before = dottedline.load(copied(tmp_path / "before"))
    assert before.sha256 == BOOK.sha256  # the book beside it is the one that it extends
    assert dottedline.load(copied(tmp_path / "after", change)).sha256 != BOOK.sha256


def test_it_goes_to_another_process() -> None:
    again: Any = pickle.loads(pickle.dumps(BOOK))
    assert again.sha256 == BOOK.sha256 and again.consult(PARTNERS).to_dict() == BOOK.consult(PARTNERS).to_dict()


def test_without_what_was_inferred() -> None:
    book = BOOK.without_inferred()
    assert not any(rule.inferred for _decision, rule in book.data.rules())
    assert book.consult(PARTNERS).decisions["social_media"].outcome == "brand"


# --- nothing of its own is said to be the article's -----------------------------------------------

#: Facts on which the practice speaks in every way that it can.
TOLD = {
    **PARTNERS,
    "current": {"content_marketing": "brand", "design": "studio", "partner_marketing": "growth"},
    "owner": {"partner_marketing": ["nobody"]},
}
AFTER = "after “House practice”"


def told(name: str, *arguments: str, tmp_path: Path) -> str:
    """What a command prints for these facts, in one line."""
    profile = tmp_path / "company.json"
    profile.write_text(json.dumps(TOLD), encoding="utf-8")
    done = CliRunner().invoke(main, [name, str(profile), *arguments, "--rules", str(PRACTICE)])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (
            ["consult"],
            [
                f"Should be: Growth Marketing, {AFTER}; the source also allows a function of its own.",
                f"Usually: Brand Marketing, {AFTER}.",
                f"Must be: Product Marketing, {AFTER}.",
                "Usually: Brand Marketing; “House practice” also allows a studio of the group;",
                "“House practice” does not say how large partner marketing should be.",
                f"[must, missing, {AFTER}]",
                "Usually: Product Marketing.",
                f"where it says so, {AFTER} (5 January 2026)",
            ],
        ),
        (["consult", "--brief"], [f"Name the one who answers for partner marketing. [must, missing, {AFTER}]"]),
        (
            ["explain", "partner_marketing"],
            [
                "partner-default (rule; source items 40, 35)",
                f"house-partner-marketing (rule, {AFTER}; source items house_practice:2)",
                "What “House practice” says house_practice:2 (must)",
            ],
        ),
        (["explain", "design", "--why-not", "studio"], ["can lend designers out. After “House practice”."]),
        (
            ["compare"],
            [
                f"The advice: Should be: Growth Marketing, {AFTER};",
                "[a place that “House practice” also allows]",
                f"[settles 1, must, {AFTER}]",
            ],
        ),
        (["memo", "--format", "markdown"], [f"| Partner marketing | Product Marketing | must, {AFTER} |", "several sources"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and len(value[0]) < 10 else None,
)
def test_whose_advice_it_is(command: list[str], parts: list[str], tmp_path: Path) -> None:
    name, *rest = command
    said = told(name, *rest, tmp_path=tmp_path)
    for part in parts:
        assert part in said


def test_the_chart_says_whose_advice_it_is(tmp_path: Path) -> None:
    boxes = {box.function: box for box in BOOK.chart(TOLD).boxes}
    assert boxes["partner_marketing"].sources == ("House practice",)
    assert boxes["sales_enablement"].sources == ()
    assert f"must be here, {AFTER}" in told("chart", tmp_path=tmp_path)


def test_the_shipped_book_is_told_as_it_was() -> None:
    assert AFTER not in str(BASE.consult({}).to_dict())
    assert BASE.data.added_by(["b2b_marketing"]) == ()

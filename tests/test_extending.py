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


# --- each way to say otherwise --------------------------------------------------------------------

BASE_RULES = """\
rulebook:
  id: base
  title: Drinks
  version: 1.0.0
  language: 1
  vocabulary: base
  source: {title: The book of drinks, date: "2026-01-05"}
guidance:
  - {item: 1, modality: default, says: Tea is usual.}
  - {item: 2, modality: should, says: When it is hot there should be water.}
  - {item: 3, modality: may, says: There may be water too.}
topics: [{id: drinks, title: Drinks}]
decisions:
  - id: drink
    title: Drink
    asks: What is there to drink?
    topic: drinks
    kind: placement
    hit_policy: single
    outcomes: {tea: {label: tea}, water: {label: water}}
    rules:
      - {id: drink-tea, outcome: tea, modality: default, because: Tea is usual., guidance: [1]}
      - {id: drink-water, when: {hot: true}, outcome: water, modality: should, overrides: [drink-tea], because: It is hot., guidance: [2]}
    alternatives:
      - {id: drink-water-too, outcome: water, modality: may, because: Water does no harm., guidance: [3]}
  - id: cup
    title: Cup
    asks: Which cup?
    topic: drinks
    kind: placement
    hit_policy: single
    outcomes: {large: {label: large}, small: {label: small}}
    rules:
      - {id: cup-large, when: {drink: water}, outcome: large, modality: default, because: Water takes room., guidance: [2]}
      - {id: cup-small, when: {drink: tea}, outcome: small, modality: default, because: Tea is strong., guidance: [1]}
statements: [{id: enjoy, show: always, text: Enjoy., guidance: [1]}]
silences:
  - {id: milk, about: [drink], says: whether there is milk}
  - {id: handles, about: [cup], says: whether cups have handles}
teams:
  - id: kitchen
    label: Kitchen
    mission: It makes the drinks.
    guidance: [1]
    responsibilities: [{id: kettle, label: Kettle, modality: default, guidance: [1]}]
"""
BASE_FACTS = """\
vocabulary: {id: base, title: Drinks, subject: the day}
sections: [{id: day, title: The day}]
lists: {rooms: {kitchen: kitchen, hall: hall}}
facts:
  hot: {type: yes_no, section: day, label: Hot, question: Is it hot?, why: Water is for hot days., guidance: [2]}
  warm: {for_each: rooms, type: yes_no, section: day, label: "{item} warm", question: "Is the {item} warm?", why: It is nice., guidance: [1]}
constraints: [{id: cold-kitchen, level: error, when: {hot: true, warm.kitchen: false}, says: On a hot day the kitchen is warm.}]
"""
HEAD = """\
rulebook:
  id: ours
  title: Our drinks
  version: 1.0.0
  language: 2
  extends: base
  source: {title: Our house, date: "2026-02-01"}
guidance: [{item: 1, modality: must, says: We drink milk.}]
"""
MILK = "because: We like it., guidance: [1]"


def extended(folder: Path, own: str, facts: str = "", head: str = HEAD) -> dottedline.Rulebook:
    for name, text in (("rules/base", BASE_RULES), ("facts/base", BASE_FACTS), ("rules/ours", head + own), ("facts/ours", facts)):
        if text:
            (folder / name).mkdir(parents=True, exist_ok=True)
            (folder / name / "book.yaml").write_text(text, encoding="utf-8")
    return dottedline.load(folder / "rules" / "ours")


def decide(book: dottedline.Rulebook, facts: dict[str, object], decision: str = "drink") -> tuple[str | None, str | None, list[str]]:
    said = book.consult(facts).decisions[decision]
    return said.outcome, said.modality, [option.outcome for option in said.options]


def test_a_rule_in_a_decision_of_the_same_id_is_added(tmp_path: Path) -> None:
    book = extended(tmp_path, f"""\
decisions:
  - id: drink
    title: What we drink
    outcomes: {{milk: {{label: milk}}}}
    rules:
      - {{id: ours-milk, when: {{hot: false}}, outcome: milk, modality: must, overrides: [drink-tea], {MILK}}}
""")  # fmt: skip
    assert decide(book, {"hot": False}) == ("milk", "must", ["milk", "water"])
    assert decide(book, {"hot": True}) == ("water", "should", ["water"])
    assert book.data.decisions["drink"].title == "What we drink"
    assert book.data.decisions["drink"].asks == "What is there to drink?"


def test_what_overrides_a_replaced_rule_overrides_what_is_in_its_place(tmp_path: Path) -> None:
    book = extended(tmp_path, f"""\
decisions:
  - id: drink
    outcomes: {{milk: {{label: milk}}}}
    rules: [{{id: ours-milk, replaces: drink-tea, outcome: milk, modality: must, {MILK}}}]
""")  # fmt: skip
    assert decide(book, {"hot": False}) == ("milk", "must", ["milk", "water"])
    assert decide(book, {"hot": True})[0] == "water"
    assert [rule.id for rule in book.data.decisions["drink"].rules] == ["ours-milk", "drink-water"]


def test_a_rule_may_keep_the_id_of_the_one_that_it_replaces(tmp_path: Path) -> None:
    book = extended(tmp_path, f"""\
decisions:
  - id: drink
    rules: [{{id: drink-tea, replaces: drink-tea, outcome: water, modality: must, {MILK}}}]
    alternatives: [{{id: ours-tea, replaces: drink-water-too, outcome: tea, modality: must, {MILK}}}]
""")  # fmt: skip
    assert decide(book, {"hot": False}) == ("water", "must", ["water", "tea"])
    assert book.data.rule_named["drink-tea"].book == "ours"


def test_what_is_dropped_is_overridden_by_nothing(tmp_path: Path) -> None:
    book = extended(tmp_path, "drops: {rules: [drink-tea, drink-water-too], statements: [enjoy], silences: [milk]}\n")
    assert decide(book, {"hot": True}) == ("water", "should", ["water"])
    assert book.consult({"hot": False}).decisions["drink"].status == "silent"
    assert not book.data.statements and [silence.id for silence in book.data.silences] == ["handles"]


def test_a_decision_is_dropped_with_what_was_not_said_of_it(tmp_path: Path) -> None:
    book = extended(tmp_path, "drops: {decisions: [cup]}\n")
    assert list(book.data.decisions) == ["drink"]
    assert [silence.id for silence in book.data.silences] == ["milk"]


def test_a_contradiction_between_two_books_is_found(tmp_path: Path) -> None:
    with pytest.raises(dottedline.RulebookError, match="`drink-tea` and `ours-milk` of `drink` can hold together"):
        extended(tmp_path, f"""\
decisions:
  - id: drink
    outcomes: {{milk: {{label: milk}}}}
    rules: [{{id: ours-milk, outcome: milk, modality: must, {MILK}}}]
""")  # fmt: skip


def test_a_team_is_added_to(tmp_path: Path) -> None:
    book = extended(tmp_path, """\
teams: [{id: kitchen, responsibilities: [{id: cow, label: Cow, modality: must, guidance: [1]}]}]
""")  # fmt: skip
    duties = [(duty.id, duty.team_label, duty.book) for duty in book.consult({}).responsibilities]
    assert duties == [("kettle", "Kitchen", "base"), ("cow", "Kitchen", "ours")]


def test_a_vocabulary_is_put_on_top_of_the_other(tmp_path: Path) -> None:
    facts = """\
vocabulary: {id: ours, title: Drinks and rooms}
lists: {rooms: {cellar: cellar}}
sections: [{id: house, title: The house}]
facts:
  cow: {type: yes_no, section: house, label: Cow, question: Is there a cow?, why: It gives milk., guidance: [1, "base:1"]}
"""
    book = extended(tmp_path, "", facts, HEAD.replace("extends: base", "extends: base\n  vocabulary: ours"))
    assert list(book.vocabulary.facts) == ["hot", "warm.kitchen", "warm.hall", "warm.cellar", "cow"]
    assert (book.vocabulary.id, book.vocabulary.subject) == ("ours", "the day")
    assert book.vocabulary.facts["cow"].guidance == ("ours:1", 1)
    assert book.vocabulary.facts["hot"].guidance == (2,)
    with pytest.raises(dottedline.ProfileError, match="on a hot day the kitchen is warm"):
        book.consult({"hot": True, "warm.kitchen": False, "cow": True})


def test_three_books_on_top_of_each_other(tmp_path: Path) -> None:
    extended(tmp_path, f"""\
decisions: [{{id: drink, outcomes: {{milk: {{label: milk}}}}, rules: [{{id: ours-milk, replaces: drink-tea, outcome: milk, modality: must, {MILK}}}]}}]
""")  # fmt: skip
    (tmp_path / "rules" / "third").mkdir()
    (tmp_path / "rules" / "third" / "book.yaml").write_text("""\
rulebook: {id: third, title: Theirs, version: 1.0.0, language: 2, extends: ours, source: {title: A third, date: "2026-03-01"}}
guidance: [{item: 1, modality: may, says: They drink water.}]
drops: {rules: [drink-water-too]}
decisions: [{id: drink, rules: [{id: third-water, replaces: ours-milk, outcome: water, modality: may, because: So they say., guidance: [1, "ours:1", "base:2"]}]}]
""")  # fmt: skip
    book = dottedline.load(tmp_path / "rules" / "third")
    assert list(book.data.books) == ["base", "ours", "third"]
    assert decide(book, {"hot": False}) == ("water", "may", ["water"])
    assert book.data.rule_named["third-water"].guidance == ("third:1", "ours:1", 2)
    assert book.consult({}).to_dict()["rulebook"]["extends"] == [{"id": id, "version": "1.0.0"} for id in ("base", "ours")]
    assert len(book.folders) == 4


def test_the_translations_of_both_are_used(tmp_path: Path) -> None:
    own = f"decisions: [{{id: drink, rules: [{{id: ours-tea, replaces: drink-tea, outcome: tea, modality: must, {MILK}}}]}}]\n"
    extended(tmp_path, own)
    for book, said in (("base", {"tea": "teh", "Tea is usual.": "Biasanya teh."}), ("ours", {"We like it.": "Kami suka.", "tea": "teh manis"})):
        folder = tmp_path / "rules" / book / "translations"
        folder.mkdir()
        entries = "".join(f'\nmsgid "{text}"\nmsgstr "{translated}"\n' for text, translated in said.items())
        (folder / "id.po").write_text(f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n{entries}', encoding="utf-8")
    drink = dottedline.load(tmp_path / "rules" / "ours", language="id").consult({"hot": False}).decisions["drink"]
    assert (drink.label, drink.rationale) == ("teh manis", "Kami suka.")
    base = dottedline.load(tmp_path / "rules" / "base", language="id").consult({"hot": False}).decisions["drink"]
    assert (base.label, base.rationale) == ("teh", "Biasanya teh.")

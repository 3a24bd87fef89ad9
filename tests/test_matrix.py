"""The ownership matrix: what is listed with whom, who owns it today, and how that is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline.cli import main
from dottedline.ownership import STATES, Duty

ROOT = Path(__file__).parents[1]
BOOK = dottedline.load()
EXAMPLES = sorted((ROOT / "facts" / "b2b_marketing" / "examples").glob("*.yaml"))
SMALL = str(ROOT / "tests" / "good" / "book" / "rules" / "book")


def run(*arguments: str, input: str | None = None, columns: int = 80) -> Result:
    env = {"COLUMNS": str(columns)}
    return CliRunner().invoke(main, ["matrix", *arguments], input=input, env=env, catch_exceptions=False)


def duty(id: str, owners: list[str] | None = None, **facts: Any) -> Duty:
    """One responsibility of a company that is owned so."""
    known = facts if owners is None else {**facts, f"owner.{id}": owners}
    return next(duty for duty in BOOK.ownership(known).duties if duty.id == id)


# --- states -----------------------------------------------------------------------------------


def test_twenty_responsibilities_with_the_teams_of_the_source() -> None:
    listed = {
        team: [d.id for d in BOOK.ownership({}).duties if d.team == team]
        for team in BOOK.data.organisation.groups
    }
    assert [len(duties) for duties in listed.values()] == [8, 6, 6, 0]
    assert {d.modality for d in BOOK.ownership({}).duties} == {"default"}
    assert {d.state for d in BOOK.ownership({}).duties} == {"not_known"}


@pytest.mark.parametrize(
    ("id", "owners", "state"),
    [
        ("website", ["growth"], "as_listed"),
        ("website", [], "unowned"),
        ("website", ["nobody"], "unowned"),
        ("website", ["brand"], "elsewhere"),
        ("website", ["marketing"], "elsewhere"),
        ("website", ["growth", "brand"], "owned_twice"),
        ("website", ["brand", "sales"], "owned_twice"),
        ("website", ["planned"], "planned"),
        ("website", ["planned", "nobody"], "planned"),
        ("website", ["planned", "growth"], "as_listed"),
        ("website", ["contractor"], "contractor"),
        ("website", ["contractor", "planned"], "contractor"),
        ("website", ["contractor", "growth"], "as_listed"),
        ("website", ["contractor", "brand"], "elsewhere"),
        ("pricing", ["product_marketing"], "as_listed"),
        ("pricing", ["product_marketing", "elsewhere"], "shared_as_listed"),
        ("pricing", ["product_marketing", "sales"], "shared_as_listed"),
        ("pricing", ["product_marketing", "sales", "elsewhere"], "shared_as_listed"),
        ("pricing", ["elsewhere"], "elsewhere"),
        ("pricing", ["sales", "elsewhere"], "owned_twice"),
        ("pricing", ["product_marketing", "brand"], "owned_twice"),
        ("pricing", ["product_marketing", "own_department"], "owned_twice"),
        ("case_studies", ["brand", "product_marketing"], "shared_as_listed"),
        ("case_studies", ["product_marketing"], "elsewhere"),
        ("case_studies", ["content"], "elsewhere"),
        ("case_studies", ["brand", "content"], "owned_twice"),
    ],
)
def test_state(id: str, owners: list[str], state: str) -> None:
    found = duty(id, owners)
    assert found.state == state
    assert set(found.owners or ()) == set(owners)


def test_what_the_source_shares_can_be_told_by_places_of_the_vocabulary() -> None:
    places = set(BOOK.vocabulary.lists["places"])
    shares = [share for d in BOOK.ownership({}).duties for share in d.shares]
    assert [share.label for share in shares] == ["Revenue or Finance", "Product Marketing"]
    assert all(share.places and set(share.places) <= places for share in shares)


def test_every_state_is_counted_and_each_responsibility_once() -> None:
    found = BOOK.ownership({"owner": {"website": [], "swag": ["growth", "brand"]}}).to_dict()
    assert list(found["counts"]) == list(STATES)
    assert sum(found["counts"].values()) == len(found["responsibilities"]) == 20
    assert (found["counts"]["unowned"], found["counts"]["owned_twice"]) == (1, 1)


# --- where it sits, and who owns it -----------------------------------------------------------


def test_place_and_owner_are_two_questions() -> None:
    apart = duty("sales_enablement", ["product_marketing"], current={"sales_enablement": "content"})
    assert apart.sits_elsewhere and apart.state == "as_listed"
    assert not duty("sales_enablement", ["content"], current={"sales_enablement": "content"}).sits_elsewhere
    told = run("-", input="owner: {sales_enablement: [sales]}\ncurrent: {sales_enablement: content}\n").stdout
    assert "place today is “Content Marketing”, its owner “Sales”: these are two questions" in " ".join(
        told.split()
    )


def test_a_place_says_nothing_of_the_owner() -> None:
    found = duty("partner_marketing", current={"partner_marketing": "sales"})
    assert (found.owners, found.place, found.state) == (None, "sales", "not_known")


# --- contractors ------------------------------------------------------------------------------


def test_contractors_are_those_listed_and_those_that_do_the_work_of_a_function() -> None:
    found = BOOK.ownership(
        {
            "contractors": [
                {"function": "comms_pr", "kind": "agency", "budget_owner": "CMO", "workflow_owner": "nobody"},
                {"function": "design"},
            ],
            "current": {"design": "contractor", "social_media": "contractor", "bdr": "sales"},
        }
    )
    assert [(c.fields["function"], c.listed) for c in found.contractors] == [
        ("comms_pr", True),
        ("design", True),
        ("social_media", False),
    ]
    assert [c.missing for c in found.contractors] == [("workflow_owner",), (), ()]
    assert [c.not_known for c in found.contractors] == [(), *[("budget_owner", "workflow_owner")] * 2]


def test_what_is_said_of_all_contractors_counts_where_none_is_listed() -> None:
    facts = {"current": {"design": "contractor"}, "contractor_budget_owner_named": True}
    (contractor,) = BOOK.ownership(facts).contractors
    assert contractor.not_known == ("workflow_owner",)
    told = run("-", input="current: {design: contractor}\ncontractor_budget_owner_named: yes\n").stdout
    assert "Budget owner named for each contractor: yes." in told


def test_a_list_says_nothing_of_contractors_that_are_not_on_it() -> None:
    facts = {
        "current": {"design": "contractor"},
        "contractors": [{"function": "bdr", "budget_owner": "CMO", "workflow_owner": "CMO"}],
    }
    assert BOOK.ownership(facts).contractors[1].not_known == ("budget_owner", "workflow_owner")


def test_that_an_owner_should_be_named_is_said_to_be_inferred() -> None:
    facts = {"contractors": [{"function": "design", "budget_owner": "nobody"}]}
    (finding,) = BOOK.ownership(facts).findings
    assert (finding.id, finding.modality, finding.inferred) == ("contractor_owner_named", "rationale", True)
    assert not BOOK.without_inferred().ownership(facts).findings
    told = run("-", "--no-inferred", input="contractors: [{function: design, budget_owner: nobody}]").stdout
    assert "missing" in told and "inference" not in told


def test_nothing_is_said_of_contractors_where_nothing_is_known() -> None:
    assert "Contractors" not in run("-", input="{}").stdout


# --- in a terminal, Markdown, CSV, JSON -------------------------------------------------------


@pytest.mark.parametrize("columns", [40, 60, 100])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_fits_the_terminal(path: Path, columns: int) -> None:
    told = run(str(path), columns=columns).stdout
    assert max(map(len, told.splitlines())) <= columns
    assert "…" not in told and "\x1b" not in told
    for label in ("Website", "Pricing", "Case studies"):
        assert label in told


def test_wide_characters_are_not_cut() -> None:
    owner = "王小明與陳大文的團隊負責所有預算"
    told = run("-", input=f"contractors: [{{function: design, budget_owner: {owner}}}]", columns=60).stdout
    assert "".join(c for c in told if c in owner)[: len(owner)] == owner


def test_orphans_and_duplicates_come_first() -> None:
    told = run(
        "-", input="owner: {website: [], swag: [nobody], inbound_marketing: [growth, brand]}", columns=100
    ).stdout
    head = " ".join(told.partition("Usually with")[0].split())
    assert "20 responsibilities: 2 without an owner, 1 owned twice, 17 not known." in head
    assert "Without an owner: Website and Company swag." in head
    assert "Owned twice: Inbound marketing (Growth Marketing; Brand Marketing)." in head


def test_markdown_tables_hold_whatever_is_named() -> None:
    told = run(
        "-", "--format", "markdown", input='contractors: [{function: design, budget_owner: "a|b"}]'
    ).stdout
    tables = [line for line in told.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in tables[-3:]}) == 1
    assert "a\\|b" in told


def csv_rows(input: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("-", "--format", "csv", input=input).stdout)))


def test_csv_has_ids_and_labels() -> None:
    rows = csv_rows(
        "owner: {pricing: [product_marketing, elsewhere]}\ncontractors: [{function: design, kind: agency}]"
    )
    pricing = next(row for row in rows if row["id"] == "pricing")
    assert (pricing["owners"], pricing["state"]) == ("product_marketing,elsewhere", "shared_as_listed")
    assert (pricing["team"], pricing["team_label"]) == ("product_marketing", "Product Marketing")
    assert (pricing["shared_with"], pricing["source_items"]) == ("Revenue or Finance", "37")
    assert [row["row"] for row in rows] == ["responsibility"] * 20 + ["contractor"]
    assert (rows[-1]["contractor_kind"], rows[-1]["contractor_kind_label"]) == ("agency", "Agency")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    rows = csv_rows(json.dumps({"contractors": [{"function": "design", "budget_owner": cell}]}))
    assert rows[-1]["contractor_budget_owner"] == f"'{cell}"


def test_json_is_what_the_api_gives() -> None:
    told = json.loads(run(str(EXAMPLES[-1]), "--format", "json").stdout)
    assert told == json.loads(json.dumps(BOOK.ownership(BOOK.read_profile(EXAMPLES[-1])).to_dict()))
    assert told["rulebook"]["id"] == "b2b_marketing"


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "begins"),
    [("m.csv", "row,id,"), ("m.md", "# Who owns"), ("m.JSON", "{"), ("m.txt", "Who owns")],
)
def test_the_name_of_the_file_tells_the_form(tmp_path: Path, name: str, begins: str) -> None:
    done = run("-", "-o", str(tmp_path / name), input="{}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_format_wins_over_the_name(tmp_path: Path) -> None:
    run("-", "-o", str(tmp_path / "m.xlsx"), "--format", "csv", input="{}")
    assert (tmp_path / "m.xlsx").read_text(encoding="utf-8").startswith("row,")


def test_a_name_that_tells_no_format(tmp_path: Path) -> None:
    done = run("-", "-o", str(tmp_path / "m.xlsx"), input="{}")
    assert done.exit_code == 1 and "--format" in done.stderr
    assert not list(tmp_path.iterdir())


def test_excel_is_told_where_a_file_is_not_ascii(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    run("-", "-o", str(file), input="contractors: [{function: design, budget_owner: 王}]")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_nothing_is_written_where_the_profile_is_bad(tmp_path: Path) -> None:
    done = run("-", "-o", str(tmp_path / "m.csv"), input="owner: {website: [moon]}")
    assert done.exit_code == 1 and not list(tmp_path.iterdir())


# --- other rulebooks --------------------------------------------------------------------------


def test_a_rulebook_without_organisation() -> None:
    done = run("-", "--rules", SMALL, input="{}")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: the rulebook `book` describes no organisation\n")
    with pytest.raises(dottedline.RulebookError):
        dottedline.load(SMALL).ownership({})

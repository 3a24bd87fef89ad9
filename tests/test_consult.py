"""What the shipped rulebook advises: a table that a rule author can read, and the real cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import dottedline

BOOK = dottedline.load()
ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "facts" / "b2b_marketing" / "examples"
SCHEMA = json.loads((ROOT / "engine/dottedline/schemas/answer.schema.json").read_text())

SALES = {"relies_on_sales_team": True, "long_buying_process": True}
SELF_SERVE = {"easy_to_use_product": True, "self_serve_signup": True}
FREEMIUM = {"gtm_motion": "self_serve", "freemium_product": True}
HYBRID = {"gtm_motion": "hybrid", "freemium_product": True}

# (what is known, decision, status, outcome, options, modality)
DECISIONS: list[tuple[dict[str, Any], str, str, str | None, set[str], str | None]] = [
    ({}, "top_level_structure", "settled", "three_groups", {"three_groups", "three_groups_and_content"}, "default"),
    ({"current.content_marketing": "content"}, "top_level_structure", "settled", "three_groups",
     {"three_groups", "three_groups_and_content"}, "default"),
    ({}, "content_marketing", "settled", "brand", {"brand", "own_function", "growth"}, "default"),
    ({"current.content_marketing": "nobody"}, "content_marketing", "not_applicable", None, set(), None),
    # Lifecycle: the default, the sales-led case, the freemium exception and what it presumes, and silence.
    ({}, "lifecycle_marketing", "provisional", "growth", {"growth"}, "default"),
    ({"gtm_motion": "sales_led"}, "lifecycle_marketing", "settled", "growth", {"growth"}, "default"),
    (SALES | {"easy_to_use_product": False}, "lifecycle_marketing", "settled", "growth", {"growth"}, "default"),
    (SALES, "lifecycle_marketing", "provisional", "growth", {"growth"}, "default"),
    (FREEMIUM, "lifecycle_marketing", "provisional", "product_marketing", {"product_marketing"}, "may"),
    (FREEMIUM | {"upsell_driven_revenue": True}, "lifecycle_marketing", "settled", "product_marketing",
     {"product_marketing"}, "may"),
    (FREEMIUM | {"upsell_driven_revenue": False}, "lifecycle_marketing", "settled", "growth", {"growth"}, "default"),
    (SELF_SERVE | {"relies_on_sales_team": False, "freemium_product": True}, "lifecycle_marketing",
     "provisional", "product_marketing", {"product_marketing"}, "may"),
    ({"gtm_motion": "self_serve", "freemium_product": False}, "lifecycle_marketing", "settled", "growth",
     {"growth"}, "default"),
    ({"freemium_product": False}, "lifecycle_marketing", "settled", "growth", {"growth"}, "default"),
    (HYBRID | {"upsell_driven_revenue": True}, "lifecycle_marketing", "open", None,
     {"growth", "product_marketing"}, "may"),
    (HYBRID, "lifecycle_marketing", "open", None, {"growth", "product_marketing"}, "may"),
    (HYBRID | {"upsell_driven_revenue": False}, "lifecycle_marketing", "settled", "growth", {"growth"}, "default"),
    ({"current.lifecycle_marketing": "nobody"}, "lifecycle_marketing", "not_applicable", None, set(), None),
    ({"current.lifecycle_marketing": "planned", "gtm_motion": "sales_led"}, "lifecycle_marketing", "settled",
     "growth", {"growth"}, "default"),
    ({}, "social_media", "open", None, {"growth", "brand", "content"}, "may"),
    ({}, "comms_pr", "settled", "brand", {"brand", "own_department"}, "default"),
    ({}, "sales_enablement", "settled", "product_marketing", {"product_marketing", "content"}, "default"),
    ({}, "customer_marketing", "open", None, {"anywhere"}, "depends_on"),
    ({"customer_program_goals": ["retention"]}, "customer_marketing", "open", None, {"anywhere"}, "depends_on"),
    ({}, "design", "provisional", "brand", {"brand"}, "default"),
    ({"all_designers_one_team": True}, "design", "settled", "brand", {"brand", "product"}, "default"),
    ({"all_designers_one_team": False}, "design", "settled", "brand", {"brand"}, "default"),
    ({}, "copywriting", "settled", "brand", {"brand", "embedded", "central_creative"}, "default"),
    ({}, "ux_writing", "undetermined", None, set(), None),
    ({"ux_writers_present": True}, "ux_writing", "settled", "product", {"product"}, "may"),
    ({"ux_writers_present": False}, "ux_writing", "not_applicable", None, set(), None),
    ({"current.ux_writing": "brand"}, "ux_writing", "settled", "product", {"product"}, "may"),
    ({}, "product_marketing", "settled", "marketing", {"marketing", "product"}, "default"),
    ({}, "bdr", "open", None, {"sales", "marketing"}, "contested"),
    ({"bdr_priority": "career_growth"}, "bdr", "open", None, {"sales", "marketing"}, "contested"),
    ({"current.bdr": "nobody"}, "bdr", "not_applicable", None, set(), None),
    ({}, "demand_generation", "settled", "growth", {"growth"}, "default"),
    ({}, "inbound_marketing", "settled", "growth", {"growth"}, "default"),
    ({}, "operations_analytics", "settled", "growth", {"growth"}, "default"),
    ({}, "partner_marketing", "settled", "product_marketing", {"product_marketing"}, "default"),
]


@pytest.mark.parametrize(("facts", "decision", "status", "outcome", "options", "modality"), DECISIONS)
def test_decision(
    facts: dict[str, Any],
    decision: str,
    status: str,
    outcome: str | None,
    options: set[str],
    modality: str | None,
) -> None:
    answer = BOOK.consult(facts).decisions[decision]
    assert (answer.status, answer.outcome) == (status, outcome)
    assert {option.outcome for option in answer.options} == options
    assert answer.modality == modality


MOTIONS: list[tuple[dict[str, Any], str, str | None]] = [
    ({}, "undetermined", None),
    (SALES, "undetermined", None),
    (SALES | SELF_SERVE, "settled", "hybrid"),
    (SALES | {"self_serve_signup": False}, "settled", "sales_led"),
    (SELF_SERVE | {"long_buying_process": False}, "settled", "self_serve"),
    ({"relies_on_sales_team": False, "easy_to_use_product": False}, "silent", None),
    (SALES | SELF_SERVE | {"gtm_motion": "self_serve"}, "settled", "self_serve"),
]


@pytest.mark.parametrize(("facts", "status", "outcome"), MOTIONS)
def test_motion_is_derived(facts: dict[str, Any], status: str, outcome: str | None) -> None:
    answer = BOOK.consult(facts).derived["gtm_motion"]
    assert (answer.status, answer.outcome) == (status, outcome)


def test_given_motion_against_its_signals_is_noted() -> None:
    answer = BOOK.consult({"gtm_motion": "sales_led", "relies_on_sales_team": False})
    assert any("gtm_motion" in note for note in answer.notes)
    assert answer.decisions["lifecycle_marketing"].outcome == "growth"
    assert not BOOK.consult({"gtm_motion": "sales_led", "relies_on_sales_team": True}).notes


COMMS = {"current.comms_pr": "own_department"}
OUTSIDE = {"current.design": "product"}
CREATIVE = {"creative_director_exists": True, "designers_support_demand_generation": True}
SHARED = {"shared_resources": ["analytics"]}
BOTH_WRITERS = {"growth_contracts_content_writer": True, "product_marketing_contracts_content_writer": True}
CANNOT_HIRE = {"can_hire_full_time_specialist": False}

# (what is known, finding, its state or None where it must not show, its modality)
FINDINGS: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({}, "gtm_first", "to_check", "should"),
    ({"gtm_motion": "hybrid"}, "gtm_first", None, None),
    (SALES | {"easy_to_use_product": False}, "gtm_first", None, None),
    (COMMS, "comms_strong_dotted_line", "to_check", "must"),
    (COMMS | {"comms_dotted_line": "weak"}, "comms_strong_dotted_line", "missing", "must"),
    (COMMS | {"comms_dotted_line": "none"}, "comms_strong_dotted_line", "missing", "must"),
    (COMMS | {"comms_dotted_line": "strong"}, "comms_strong_dotted_line", None, None),
    ({"current.comms_pr": "brand"}, "comms_strong_dotted_line", None, None),
    ({"current.product_marketing": "product"}, "product_marketing_silo", "to_check", "caution"),
    ({"current.product_marketing": "elsewhere"}, "product_marketing_silo", None, None),
    ({"current.bdr": "sales"}, "bdr_two_sides", "to_check", "contested"),
    ({"bdr_priority": "accountability"}, "bdr_two_sides", "to_check", "contested"),
    ({}, "bdr_two_sides", None, None),
    (CREATIVE, "design_dotted_line", "to_check", "may"),
    (CREATIVE | {"dotted.design": ["growth"]}, "design_dotted_line", None, None),
    (OUTSIDE, "design_dotted_line", "to_check", "may"),
    (OUTSIDE | {"dotted.design": ["brand"]}, "design_dotted_line", None, None),
    ({"current.design": "brand"}, "design_dotted_line", None, None),
    (SHARED, "shared_resource_defined", "to_check", "should"),
    (SHARED | {"shared_resources_defined": False}, "shared_resource_defined", "missing", "should"),
    (SHARED | {"shared_resources_defined": True}, "shared_resource_defined", None, None),
    ({"shared_resources": []}, "shared_resource_defined", None, None),
    ({"uses_freelancers": True}, "contractor_on_org_chart", "to_check", "should"),
    ({"contractors": [{"function": "design"}]}, "contractor_on_org_chart", "to_check", "should"),
    ({"current.social_media": "contractor"}, "contractor_on_org_chart", "to_check", "should"),
    ({"uses_agencies": True, "contractors_on_org_chart": False}, "contractor_on_org_chart", "missing", "should"),
    ({"uses_agencies": True, "contractors_on_org_chart": True}, "contractor_on_org_chart", None, None),
    ({"uses_agencies": False}, "contractor_on_org_chart", None, None),
    ({"contractors": []}, "contractor_on_org_chart", None, None),
    ({"uses_agencies": True}, "contractor_owner_named", "to_check", "rationale"),
    ({"contractors": [{"kind": "agency", "budget_owner": "brand", "workflow_owner": "growth"}]},
     "contractor_owner_named", None, None),
    ({"contractors": [{"kind": "agency", "budget_owner": "nobody"}]}, "contractor_owner_named", "missing", "rationale"),
    ({"uses_consultants": True}, "contractor_roles_documented", "to_check", "may"),
    ({"experimenting_new_tactic": True}, "contractor_new_channel", "to_check", "may"),
    ({"needs_deep_channel_expertise": True, "justifies_full_time_hire": False}, "contractor_deep_expertise",
     "to_check", "may"),
    ({"needs_deep_channel_expertise": True}, "contractor_deep_expertise", None, None),
    ({"needs_fast_production_scale": True, "time_sensitive_initiative": True}, "contractor_fast_scale",
     "to_check", "may"),
    (CANNOT_HIRE | {"growth_stage": "early"}, "contractor_cannot_hire", "to_check", "may"),
    (CANNOT_HIRE | {"economic_uncertainty": True}, "contractor_cannot_hire", "to_check", "may"),
    ({"growth_stage": "early"}, "contractor_cannot_hire", None, None),
    (BOTH_WRITERS, "shared_content_writer", "to_check", "may"),
    ({"growth_contracts_content_writer": True}, "shared_content_writer", None, None),
    ({}, "dotted_lines_on_org_chart", "to_check", "should"),
    ({"dotted_lines_on_org_chart": False}, "dotted_lines_on_org_chart", "missing", "should"),
    ({"dotted_lines_on_org_chart": True}, "dotted_lines_on_org_chart", None, None),
    ({"misaligned_priorities": True}, "review_org_chart", "to_check", "may"),
    ({"chronic_miscommunication": True}, "review_org_chart", "to_check", "may"),
    ({"misaligned_priorities": False}, "review_org_chart", None, None),
    ({"ownership_clear": False}, "ownership_unclear", "to_check", "info"),
    ({"ownership_clear": True}, "ownership_unclear", None, None),
    ({"layout_done": True}, "marketing_automation_next", "to_check", "may"),
    (FREEMIUM | {"current.product_marketing": "product"}, "lifecycle_leaves_marketing", "to_check", "caution"),
]


@pytest.mark.parametrize(("facts", "finding", "state", "modality"), FINDINGS)
def test_finding(facts: dict[str, Any], finding: str, state: str | None, modality: str | None) -> None:
    shown = {found.id: found for found in BOOK.consult(facts).findings}
    found = shown.get(finding)
    assert (found.state if found else None, found.modality if found else None) == (state, modality)


def test_freemium_says_first_what_it_presumes() -> None:
    answer = BOOK.consult(FREEMIUM).decisions["lifecycle_marketing"]
    assert answer.depends_on == ("upsell_driven_revenue",)
    assert answer.overridden == ("lifecycle-default",)
    assert answer.presumes
    flips = [change for change in answer.would_change if dict(change.facts) == {"upsell_driven_revenue": False}]
    assert [(change.status, change.outcome) for change in flips] == [("settled", "growth")]


def test_inferred_advice_can_be_switched_off() -> None:
    facts = {"uses_agencies": True, "current.design": "product"}
    inferred = {found.id for found in BOOK.consult(facts).findings if found.inferred}
    assert inferred == {"contractor_owner_named", "design_dotted_line"}
    without = {found.id for found in BOOK.without_inferred().consult(facts).findings}
    assert without == {found.id for found in BOOK.consult(facts).findings} - inferred


# --- real companies: what a careful reader of the article expects of them -------------------------------------

# (profile, decision, the outcomes that the article lets stand)
PLACES: list[tuple[str, str, set[str]]] = [
    ("mattermost_2020", "lifecycle_marketing", {"product_marketing", "growth"}),
    ("mattermost_2020", "top_level_structure", {"three_groups"}),
    ("mattermost_2020", "content_marketing", {"brand", "own_function", "growth"}),
    ("mattermost_2020", "design", {"brand"}),
    ("mattermost_2020", "copywriting", {"embedded", "brand", "central_creative"}),
    ("mattermost_2020", "sales_enablement", {"product_marketing", "content"}),
    ("mattermost_2020", "social_media", {"growth", "brand", "content"}),
    ("mattermost_2020", "operations_analytics", {"growth"}),
    ("mattermost_2020", "bdr", {"sales", "marketing"}),
    ("fleet_2024", "lifecycle_marketing", {"growth"}),
    ("fleet_2024", "product_marketing", {"marketing"}),
    ("fleet_2024", "design", {"brand", "product"}),
    ("fleet_2024", "comms_pr", {"brand", "own_department"}),
    ("fleet_2024", "top_level_structure", {"three_groups"}),
    ("fleet_2026", "social_media", {"growth", "brand", "content"}),
    ("fleet_2026", "comms_pr", {"brand", "own_department"}),
    ("fleet_2026", "lifecycle_marketing", {"growth", "product_marketing"}),
    ("fleet_2026", "operations_analytics", {"growth"}),
    ("fleet_2026", "design", {"product", "brand"}),
]

# (profile, responsibility, team)
OWNERS = [
    ("fleet_2024", "events_field_marketing", "growth"),
    ("fleet_2024", "account_based_marketing", "growth"),
    ("fleet_2026", "events_field_marketing", "growth"),
]

# (profile, findings of which one must show or be asked about, or that must not show)
MUST_SHOW = [
    ("mattermost_2020", {"bdr_two_sides"}),
    ("mattermost_2020", {"contractor_on_org_chart", "contractor_owner_named"}),
    ("fleet_2024", {"contractor_on_org_chart", "contractor_owner_named"}),
    ("fleet_2024", {"design_dotted_line"}),
    ("fleet_2026", {"contractor_on_org_chart", "contractor_owner_named"}),
    ("fleet_2026", {"shared_resource_defined"}),
    ("fleet_2026", {"design_dotted_line"}),
]
MUST_NOT_SHOW = [
    ("mattermost_2020", "product_marketing_silo"),
    ("mattermost_2020", "comms_strong_dotted_line"),
    ("fleet_2024", "bdr_two_sides"),
    ("fleet_2026", "comms_strong_dotted_line"),
]


def _case(name: str) -> dottedline.Answer:
    return BOOK.consult(BOOK.read_profile(EXAMPLES / f"{name}.yaml"))


@pytest.mark.parametrize(("case", "decision", "acceptable"), PLACES)
def test_case_place(case: str, decision: str, acceptable: set[str]) -> None:
    answer = _case(case).decisions[decision]
    if answer.status == "undetermined":
        assert answer.depends_on
        return
    given = {answer.outcome} if answer.outcome else {option.outcome for option in answer.options}
    assert given and given <= acceptable


@pytest.mark.parametrize(("case", "responsibility", "team"), OWNERS)
def test_case_owner(case: str, responsibility: str, team: str) -> None:
    owners = {entry.id: entry.team for entry in _case(case).responsibilities}
    assert owners[responsibility] == team


@pytest.mark.parametrize(("case", "findings"), MUST_SHOW)
def test_case_must_show(case: str, findings: set[str]) -> None:
    assert findings & {found.id for found in _case(case).findings}


@pytest.mark.parametrize(("case", "finding"), MUST_NOT_SHOW)
def test_case_must_not_show(case: str, finding: str) -> None:
    assert finding not in {found.id for found in _case(case).findings}


def test_cases_have_no_doubtful_facts() -> None:
    assert [_case(path.stem).notes for path in EXAMPLES.glob("*.yaml")] == [(), (), ()]


# --- the answer as data ------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [facts for facts, *_ in DECISIONS + FINDINGS], ids=str)
def test_answer_fits_its_schema(facts: dict[str, Any]) -> None:
    answer = BOOK.consult(facts).to_dict()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(answer)))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_answers_cannot_be_changed() -> None:
    answer = BOOK.consult({})
    with pytest.raises(AttributeError):
        answer.notes = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        answer.decisions["bdr"] = answer.decisions["design"]  # type: ignore[index]
    with pytest.raises(TypeError):
        answer.profile.facts["gtm_motion"] = "hybrid"  # type: ignore[index]


def test_repr_helps() -> None:
    text = repr(BOOK.consult(FREEMIUM))
    assert "lifecycle_marketing: provisional product_marketing" in text
    assert repr(BOOK).startswith("<Rulebook b2b_marketing")


@pytest.mark.parametrize("unknown", [None, "unknown"])
def test_all_ways_to_say_unknown_are_one(unknown: object) -> None:
    facts = dict.fromkeys(BOOK.vocabulary.facts, unknown)
    assert BOOK.consult(facts).to_dict() == BOOK.consult({}).to_dict()


def test_nested_family_is_the_dotted_one() -> None:
    nested = BOOK.consult({"current": {"bdr": "sales", "design": "brand"}}).to_dict()
    assert nested == BOOK.consult({"current.design": "brand", "current.bdr": "sales"}).to_dict()


def test_weighed_facts_are_asked_last_and_decide_nothing() -> None:
    questions = BOOK.consult({}).questions
    decides = [question.decides for question in questions]
    weighed = {"content_budget", "content_team_size", "marketing_headcount", "content_volume", "content_goals",
               "customer_program_goals"}
    assert {question.fact for question in questions if question.decides == 0} == weighed
    assert 0 not in decides[: len(decides) - len(weighed)]
    assert questions[0].fact == "gtm_motion"

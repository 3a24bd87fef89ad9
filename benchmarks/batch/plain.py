"""The rulebook by hand, as a function over a dictionary: what one would write who had no rule engine.

It takes companies that know every fact. Each rule was copied from `rules/b2b_marketing` by hand; nothing here
is generated, and nothing is used of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Result = tuple[str | None, str | None, str | None, str | None]

ABSENT: Result = ("not_applicable", None, None, None)
OUTSIDE = frozenset(("product", "sales", "customer_success", "own_department", "elsewhere"))
NEAR_DEMAND_GENERATION = frozenset(("growth", "embedded", "planned"))
MARKETING = frozenset(("growth", "product_marketing", "brand", "content", "marketing"))


def advise(company: Mapping[str, Any]) -> tuple[tuple[Result, ...], list[tuple[str, str]]]:
    """The result of every decision (status, outcome, modality, rules), and the findings with their states."""
    # Go-to-market motion
    by_sales = company["relies_on_sales_team"] and company["long_buying_process"]
    by_themselves = company["easy_to_use_product"] and company["self_serve_signup"]
    motion: Result
    lifecycle: Result
    if by_sales and by_themselves:
        motion = ("settled", "hybrid", "depends_on", "motion-hybrid")
        if company["freemium_product"] and company["upsell_driven_revenue"]:
            lifecycle = ("open", None, "may", "lifecycle-both-motions")
        else:
            lifecycle = ("settled", "growth", "default", "lifecycle-default")
    elif by_sales:
        motion = ("settled", "sales_led", "depends_on", "motion-sales-led")
        lifecycle = ("settled", "growth", "default", "lifecycle-default lifecycle-sales-led")
    elif by_themselves:
        motion = ("settled", "self_serve", "depends_on", "motion-self-serve")
        if company["freemium_product"] and company["upsell_driven_revenue"]:
            lifecycle = ("settled", "product_marketing", "may", "lifecycle-freemium-upsell")
        else:
            lifecycle = ("settled", "growth", "default", "lifecycle-default")
    else:
        motion = ("silent", None, "depends_on", "motion-neither")
        lifecycle = ("settled", "growth", "default", "lifecycle-default")

    # Where each function is today
    lifecycle_today = company["current.lifecycle_marketing"]
    content_today = company["current.content_marketing"]
    social_today = company["current.social_media"]
    comms_today = company["current.comms_pr"]
    enablement_today = company["current.sales_enablement"]
    customers_today = company["current.customer_marketing"]
    design_today = company["current.design"]
    copywriting_today = company["current.copywriting"]
    ux_today = company["current.ux_writing"]
    product_marketing_today = company["current.product_marketing"]
    bdr_today = company["current.bdr"]
    demand_today = company["current.demand_generation"]
    inbound_today = company["current.inbound_marketing"]
    operations_today = company["current.operations_analytics"]
    partners_today = company["current.partner_marketing"]
    if lifecycle_today == "nobody":
        lifecycle = ABSENT

    # Placements
    content: Result
    if content_today == "nobody":
        content = ABSENT
    elif content_today == "content":
        content = ("settled", "brand", "default", "content-default")
    else:
        content = ("settled", "brand", "default", "content-default content-not-its-own")
    demand: Result = ("settled", "growth", "default", "demand-generation-default")
    if demand_today == "nobody":
        demand = ABSENT
    inbound: Result = ("settled", "growth", "default", "inbound-default")
    if inbound_today == "nobody":
        inbound = ABSENT
    operations: Result = ("settled", "growth", "default", "operations-default")
    if operations_today == "nobody":
        operations = ABSENT
    social: Result = ("open", None, "may", "social-open")
    if social_today == "nobody":
        social = ABSENT
    product_marketing: Result = ("settled", "marketing", "default", "product-marketing-default")
    if product_marketing_today == "nobody":
        product_marketing = ABSENT
    partners: Result = ("settled", "product_marketing", "default", "partner-default")
    if partners_today == "nobody":
        partners = ABSENT
    enablement: Result = ("settled", "product_marketing", "default", "enablement-default")
    if enablement_today == "nobody":
        enablement = ABSENT
    comms: Result = ("settled", "brand", "default", "comms-default")
    if comms_today == "nobody":
        comms = ABSENT
    design: Result = ("settled", "brand", "default", "design-default")
    if design_today == "nobody":
        design = ABSENT
    copywriting: Result = ("settled", "brand", "default", "copywriting-default")
    if copywriting_today == "nobody":
        copywriting = ABSENT
    ux_writing: Result = ("settled", "product", "may", "ux-writing-through-product")
    if not company["ux_writers_present"] or ux_today == "nobody":
        ux_writing = ABSENT
    customers: Result = ("open", None, "depends_on", "customer-marketing-anywhere")
    if customers_today == "nobody":
        customers = ABSENT
    bdr: Result = ("open", None, "contested", "bdr-contested")
    if bdr_today == "nobody":
        bdr = ABSENT

    # Use of contractors
    of_a_kind = company["uses_agencies"] or company["uses_consultants"] or company["uses_freelancers"]
    in_a_place = (
        content_today == "contractor"
        or lifecycle_today == "contractor"
        or social_today == "contractor"
        or comms_today == "contractor"
        or enablement_today == "contractor"
        or customers_today == "contractor"
        or design_today == "contractor"
        or copywriting_today == "contractor"
        or ux_today == "contractor"
        or product_marketing_today == "contractor"
        or bdr_today == "contractor"
        or demand_today == "contractor"
        or inbound_today == "contractor"
        or operations_today == "contractor"
        or partners_today == "contractor"
    )
    contractors: Result
    if of_a_kind and in_a_place:
        contractors = ("settled", "true", "info", "contractors-by-kind contractors-by-place")
    elif of_a_kind:
        contractors = ("settled", "true", "info", "contractors-by-kind")
    elif in_a_place:
        contractors = ("settled", "true", "info", "contractors-by-place")
    else:
        contractors = ("settled", "false", "info", "contractors-of-no-kind")

    # Findings
    found: list[tuple[str, str]] = []
    if by_sales or by_themselves:
        found.append(("structure_follows_motion", "to_check"))
    if (content_today == "content" or content_today == "growth") and (
        "brand" in company["owner.content_calendar"] or "brand" in company["owner.case_studies"]
    ):
        found.append(("content_apart_from_calendar", "to_check"))
    if (
        (social_today == "content" or enablement_today == "content")
        and content_today != "content"
        and content_today != "planned"
    ):
        found.append(("content_team_presumed", "to_check"))
    if product_marketing_today == "product":
        found.append(("product_marketing_silo", "to_check"))
        if lifecycle[1] == "product_marketing" or lifecycle_today == "product_marketing":
            found.append(("lifecycle_leaves_marketing", "to_check"))
    if comms_today == "own_department" and company["comms_dotted_line"] != "strong":
        found.append(("comms_strong_dotted_line", "missing"))
    # Every priority that a company can name speaks for one of the two sides.
    found.append(("bdr_two_sides", "to_check"))
    if of_a_kind or in_a_place:
        if not company["contractors_on_org_chart"]:
            found.append(("contractor_on_org_chart", "missing"))
        if not (company["contractor_budget_owner_named"] and company["contractor_workflow_owner_named"]):
            found.append(("contractor_owner_named", "missing"))
        if not company["contractor_roles_documented"]:
            found.append(("contractor_roles_documented", "missing"))
    else:
        found.append(("contractor_use", "to_check"))
    if company["growth_contracts_content_writer"] and company["product_marketing_contracts_content_writer"]:
        found.append(("shared_content_writer", "to_check"))
    if company["experimenting_new_channel"] or company["experimenting_new_tactic"]:
        found.append(("contractor_new_channel", "to_check"))
    if company["needs_deep_channel_expertise"] and not company["justifies_full_time_hire"]:
        found.append(("contractor_deep_expertise", "to_check"))
    if company["needs_fast_production_scale"] and company["time_sensitive_initiative"]:
        found.append(("contractor_fast_scale", "to_check"))
    if not company["can_hire_full_time_specialist"] and (
        company["growth_stage"] == "early" or company["economic_uncertainty"]
    ):
        found.append(("contractor_cannot_hire", "to_check"))
    if not company["dotted_lines_on_org_chart"]:
        found.append(("dotted_lines_on_org_chart", "missing"))
    # Whatever is shared is one of those that the rule names.
    if company["shared_resources"] and not company["shared_resources_defined"]:
        found.append(("shared_resource_defined", "missing"))
    lines = company["dotted.design"]
    # With or without a creative director; where designers serve somebody, there is a design function.
    if (
        company["designers_support_demand_generation"]
        and design_today not in NEAR_DEMAND_GENERATION
        and "growth" not in lines
        and "marketing" not in lines
    ) or (design_today in OUTSIDE and MARKETING.isdisjoint(lines)):
        found.append(("design_dotted_line", "missing"))
    if (
        "growth" in company["owner.website"]
        and "brand" in company["owner.web_print_design"]
        and "growth" not in company["owner.web_print_design"]
    ):
        found.append(("website_hand_off", "to_check"))
    if company["misaligned_priorities"] or company["chronic_miscommunication"]:
        found.append(("review_org_chart", "to_check"))
    if not company["ownership_clear"]:
        found.append(("ownership_unclear", "to_check"))
    if company["layout_done"]:
        found.append(("marketing_automation_next", "to_check"))

    return (
        motion,
        lifecycle,
        ("settled", "three_groups", "default", "structure-three-groups"),
        content,
        demand,
        inbound,
        operations,
        social,
        product_marketing,
        partners,
        enablement,
        comms,
        design,
        copywriting,
        ux_writing,
        customers,
        bdr,
        contractors,
    ), found

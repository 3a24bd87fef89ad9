"""The rulebook by hand, as polars expressions over a frame of companies that know every fact.

Each rule was copied from `rules/b2b_marketing` by hand. What is chosen among few texts is an Enum, which polars
holds as small integers; lists of findings are gathered from small tables of all their combinations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

Result = tuple[str | None, str | None, str | None, str | None]

PARTS = ("status", "outcome", "modality", "rules")
ABSENT: Result = ("not_applicable", None, None, None)
#: Findings in one table, which has a row for each combination of them.
TOGETHER = 8


def advice() -> list[pl.Expr]:
    """Expressions for the result of every decision and the findings, from the columns of the facts."""
    is_, yes = _is, pl.col
    # Go-to-market motion
    by_sales = yes("relies_on_sales_team") & yes("long_buying_process")
    by_themselves = yes("easy_to_use_product") & yes("self_serve_signup")
    upsell = yes("freemium_product") & yes("upsell_driven_revenue")
    no_lifecycle = is_("current.lifecycle_marketing", "nobody")
    to_product_marketing = by_themselves & ~by_sales & upsell

    # Use of contractors
    of_a_kind = yes("uses_agencies") | yes("uses_consultants") | yes("uses_freelancers")
    in_a_place = pl.any_horizontal(
        is_(f"current.{function}", "contractor")
        for function in (
            "content_marketing",
            "lifecycle_marketing",
            "social_media",
            "comms_pr",
            "sales_enablement",
            "customer_marketing",
            "design",
            "copywriting",
            "ux_writing",
            "product_marketing",
            "bdr",
            "demand_generation",
            "inbound_marketing",
            "operations_analytics",
            "partner_marketing",
        )
    )
    contracting = of_a_kind | in_a_place
    cannot_hire = ~yes("can_hire_full_time_specialist")
    lines = "dotted.design"
    marketing = ["growth", "product_marketing", "brand", "content", "marketing"]
    outside = ["product", "sales", "customer_success", "own_department", "elsewhere"]
    # With or without a creative director; where designers serve somebody, there is a design function.
    designers_unlined = (
        yes("designers_support_demand_generation")
        & ~is_("current.design", "growth", "embedded", "planned")
        & ~_includes(lines, "growth", "marketing")
    ) | (is_("current.design", *outside) & ~_includes(lines, *marketing))

    return [
        *_decision(
            "gtm_motion",
            (by_sales & by_themselves, ("settled", "hybrid", "depends_on", "motion-hybrid")),
            (by_sales, ("settled", "sales_led", "depends_on", "motion-sales-led")),
            (by_themselves, ("settled", "self_serve", "depends_on", "motion-self-serve")),
            otherwise=("silent", None, "depends_on", "motion-neither"),
        ),
        *_decision(
            "lifecycle_marketing",
            (no_lifecycle, ABSENT),
            (
                by_sales & ~by_themselves,
                ("settled", "growth", "default", "lifecycle-default lifecycle-sales-led"),
            ),
            (to_product_marketing, ("settled", "product_marketing", "may", "lifecycle-freemium-upsell")),
            (by_themselves & by_sales & upsell, ("open", None, "may", "lifecycle-both-motions")),
            otherwise=("settled", "growth", "default", "lifecycle-default"),
        ),
        *_decision(
            "top_level_structure", otherwise=("settled", "three_groups", "default", "structure-three-groups")
        ),
        *_decision(
            "content_marketing",
            (is_("current.content_marketing", "nobody"), ABSENT),
            (is_("current.content_marketing", "content"), ("settled", "brand", "default", "content-default")),
            otherwise=("settled", "brand", "default", "content-default content-not-its-own"),
        ),
        *_placement("demand_generation", ("settled", "growth", "default", "demand-generation-default")),
        *_placement("inbound_marketing", ("settled", "growth", "default", "inbound-default")),
        *_placement("operations_analytics", ("settled", "growth", "default", "operations-default")),
        *_placement("social_media", ("open", None, "may", "social-open")),
        *_placement("product_marketing", ("settled", "marketing", "default", "product-marketing-default")),
        *_placement("partner_marketing", ("settled", "product_marketing", "default", "partner-default")),
        *_placement("sales_enablement", ("settled", "product_marketing", "default", "enablement-default")),
        *_placement("comms_pr", ("settled", "brand", "default", "comms-default")),
        *_placement("design", ("settled", "brand", "default", "design-default")),
        *_placement("copywriting", ("settled", "brand", "default", "copywriting-default")),
        *_decision(
            "ux_writing",
            (~yes("ux_writers_present") | is_("current.ux_writing", "nobody"), ABSENT),
            otherwise=("settled", "product", "may", "ux-writing-through-product"),
        ),
        *_placement("customer_marketing", ("open", None, "depends_on", "customer-marketing-anywhere")),
        *_placement("bdr", ("open", None, "contested", "bdr-contested")),
        *_decision(
            "uses_contractors",
            (of_a_kind & in_a_place, ("settled", "true", "info", "contractors-by-kind contractors-by-place")),
            (of_a_kind, ("settled", "true", "info", "contractors-by-kind")),
            (in_a_place, ("settled", "true", "info", "contractors-by-place")),
            otherwise=("settled", "false", "info", "contractors-of-no-kind"),
        ),
        *_findings(
            to_check={
                "structure_follows_motion": by_sales | by_themselves,
                "content_apart_from_calendar": is_("current.content_marketing", "content", "growth")
                & (_includes("owner.content_calendar", "brand") | _includes("owner.case_studies", "brand")),
                "content_team_presumed": (
                    is_("current.social_media", "content") | is_("current.sales_enablement", "content")
                )
                & ~is_("current.content_marketing", "content", "planned"),
                "product_marketing_silo": is_("current.product_marketing", "product"),
                "lifecycle_leaves_marketing": is_("current.product_marketing", "product")
                & (
                    (to_product_marketing & ~no_lifecycle)
                    | is_("current.lifecycle_marketing", "product_marketing")
                ),
                # Every priority that a company can name speaks for one of the two sides.
                "bdr_two_sides": pl.lit(True),
                "contractor_use": ~contracting,
                "shared_content_writer": yes("growth_contracts_content_writer")
                & yes("product_marketing_contracts_content_writer"),
                "contractor_new_channel": yes("experimenting_new_channel") | yes("experimenting_new_tactic"),
                "contractor_deep_expertise": yes("needs_deep_channel_expertise")
                & ~yes("justifies_full_time_hire"),
                "contractor_fast_scale": yes("needs_fast_production_scale") & yes("time_sensitive_initiative"),
                "contractor_cannot_hire": cannot_hire
                & (is_("growth_stage", "early") | yes("economic_uncertainty")),
                "review_org_chart": yes("misaligned_priorities") | yes("chronic_miscommunication"),
                "ownership_unclear": ~yes("ownership_clear"),
                "marketing_automation_next": yes("layout_done"),
                "website_hand_off": _includes("owner.website", "growth")
                & _includes("owner.web_print_design", "brand")
                & ~_includes("owner.web_print_design", "growth"),
            },
            missing={
                "comms_strong_dotted_line": is_("current.comms_pr", "own_department")
                & ~is_("comms_dotted_line", "strong"),
                "contractor_on_org_chart": contracting & ~yes("contractors_on_org_chart"),
                "contractor_owner_named": contracting
                & ~(yes("contractor_budget_owner_named") & yes("contractor_workflow_owner_named")),
                "contractor_roles_documented": contracting & ~yes("contractor_roles_documented"),
                "dotted_lines_on_org_chart": ~yes("dotted_lines_on_org_chart"),
                # Whatever is shared is one of those that the rule names.
                "shared_resource_defined": (yes("shared_resources").list.len() > 0)
                & ~yes("shared_resources_defined"),
                "design_dotted_line": designers_unlined,
            },
        ),
    ]


def _is(name: str, *values: str) -> pl.Expr:
    column = pl.col(name)
    return pl.any_horizontal(column == value for value in values) if len(values) > 1 else column == values[0]


def _includes(name: str, *values: str) -> pl.Expr:
    """Whether a set holds one of these; on lists of categories this is faster than `list.contains`."""
    element = pl.element()
    return pl.col(name).list.agg((element.is_in(values) if len(values) > 1 else element == values[0]).any())


def _placement(id: str, result: Result) -> list[pl.Expr]:
    """A decision with one result, unless there is no such function."""
    return _decision(id, (_is(f"current.{id}", "nobody"), ABSENT), otherwise=result)


def _decision(id: str, *cases: tuple[pl.Expr, Result], otherwise: Result) -> list[pl.Expr]:
    """The four columns of a decision: the first case that holds gives the result."""
    columns = []
    for n, part in enumerate(PARTS):
        words = dict.fromkeys(result[n] for result in [*(result for _, result in cases), otherwise])
        type = pl.Enum([word for word in words if word is not None])
        column: pl.Expr = pl.lit(otherwise[n], type)
        for condition, result in reversed(cases):
            if len(words) > 1:
                column = pl.when(condition).then(pl.lit(result[n], type)).otherwise(column)
        columns.append(column.alias(f"{id}.{part}"))
    return columns


def _findings(to_check: Mapping[str, pl.Expr], missing: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    """Lists of names, gathered from tables of all combinations of a few; much faster than `concat_list`."""
    type = pl.Enum([*missing, *to_check])
    every = [*missing.items(), *to_check.items()]
    parts = [_padded(dict(every[n : n + TOGETHER]), type) for n in range(0, len(every), TOGETHER)]
    return [
        pl.concat_arr(parts).arr.to_list().list.eval(pl.element().drop_nulls()).alias("findings"),
        _gathered([[*names] for names in _combinations(missing)], missing, pl.List(type)).alias(
            "findings_missing"
        ),
    ]


def _padded(findings: Mapping[str, pl.Expr], type: pl.Enum) -> pl.Expr:
    """The names of the findings that show, each in its place, null in that of the others."""
    table = [[id if id in names else None for id in findings] for names in _combinations(findings)]
    return _gathered(table, findings, pl.Array(type, len(findings)))


def _gathered(table: Sequence[object], findings: Mapping[str, pl.Expr], type: pl.DataType) -> pl.Expr:
    code = pl.sum_horizontal(shows.cast(pl.UInt16) * (1 << n) for n, shows in enumerate(findings.values()))
    return pl.lit(pl.Series(table, dtype=type)).gather(code)


def _combinations(findings: Mapping[str, object]) -> list[tuple[str, ...]]:
    return [tuple(id for n, id in enumerate(findings) if code >> n & 1) for code in range(1 << len(findings))]

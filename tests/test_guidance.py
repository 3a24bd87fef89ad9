"""Every item of the source is carried by something that really uses it, and nothing is firmer than its source."""

from __future__ import annotations

from collections import Counter

import pytest

import dottedline
from dottedline import conditions as reading
from dottedline.rulebook import STRENGTH

BOOK = dottedline.load().data


def _uses_of_rules() -> dict[int, set[str]]:
    """For each item: what the conditions and outcomes of the rules and alternatives that cite it use."""
    uses: dict[int, set[str]] = {}

    def cite(items: tuple[int, ...], used: set[str]) -> None:
        for item in items:
            uses.setdefault(item, set()).update(used)

    for decision in BOOK.decisions.values():
        for rule in decision.rules:
            conditions = [rule.when] + ([rule.unless] if rule.unless is not None else [])
            used = {test.fact for condition in conditions for test in reading.tests(condition)}
            if rule.outcome is not None:
                used.add(f"{decision.id}={rule.outcome}")
            cite(rule.guidance, used)
            for option in rule.open:
                cite(option.guidance, used | {f"{decision.id}={option.outcome}"})
        for option in decision.alternatives:
            used = {test.fact for test in reading.tests(option.when)} | {f"{decision.id}={option.outcome}"}
            cite(option.guidance, used)
    return uses


RULE_USES = _uses_of_rules()
WEIGHED = {
    (item, weighed.fact) for d in BOOK.decisions.values() for weighed in d.weighs for item in weighed.guidance
}
ASKED = {(item, fact.id) for fact in BOOK.vocabulary.facts.values() for item in fact.guidance}
RESPONSIBILITIES = {item for team in BOOK.teams for entry in team.responsibilities for item in entry.guidance}
SUB_TEAMS = {item for team in BOOK.teams for entry in team.sub_teams for item in entry.guidance}
TEXTS = (
    {item for statement in BOOK.statements for item in statement.guidance}
    | {item for team in BOOK.teams for item in team.guidance}
    | set(RULE_USES)
)
LEFT_OUT = {item for left in BOOK.left_out for item in left.guidance}


def test_there_are_106_items() -> None:
    assert list(BOOK.guidance) == list(range(1, 107))


@pytest.mark.parametrize("number", range(1, 107))
def test_item_is_carried(number: int) -> None:
    item = BOOK.guidance[number]
    if number in LEFT_OUT:
        assert item.role == "text", "a rule of the source cannot be left out"
        return
    if item.role == "rule":
        missing = set(item.uses) - RULE_USES.get(number, set())
        assert item.uses, "a rule item names the facts that a rule carrying it uses"
        assert not missing, f"no rule citing item {number} uses {sorted(missing)}"
    elif item.role == "criterion":
        assert all((number, fact) in WEIGHED for fact in item.uses)
    elif item.role == "question":
        assert all((number, fact) in ASKED for fact in item.uses)
    elif item.role == "responsibility":
        assert number in RESPONSIBILITIES
    elif item.role == "sub_team":
        assert number in SUB_TEAMS
        assert RULE_USES.get(number), "a sub-team is placed by a rule too"
    else:
        assert number in TEXTS, f"nothing says item {number}"


def test_no_text_carries_many_items() -> None:
    """One disclaimer that cites forty items would carry none of them."""
    for statement in BOOK.statements:
        assert len(statement.guidance) <= 4, statement.id


def test_left_out_items_have_a_reason() -> None:
    assert all(left.reason for left in BOOK.left_out)
    assert all(count == 1 for count in Counter(i for left in BOOK.left_out for i in left.guidance).values())


def test_every_cited_item_exists_and_bounds_its_rule() -> None:
    for decision, rule in BOOK.rules():
        for item in rule.guidance:
            assert item in BOOK.guidance, rule.id
        if rule.modality is not None:
            carrier = BOOK.guidance[rule.guidance[0]]
            assert STRENGTH.get(rule.modality, 0) <= STRENGTH.get(carrier.modality, 0), (decision.id, rule.id)


def test_no_answer_is_firmer_than_its_source() -> None:
    """Over the answers of the real cases: each modality is one that an item of the result has."""
    book = dottedline.load()
    for facts in ({}, {"gtm_motion": "hybrid", "freemium_product": True}, {"current.comms_pr": "own_department"}):
        for decision in book.consult(facts).decisions.values():
            strengths = [STRENGTH.get(BOOK.guidance[item].modality, 0) for item in decision.guidance]
            assert STRENGTH.get(decision.modality or "", 0) <= max(strengths, default=0), decision.id

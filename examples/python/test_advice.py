"""Tests of one's own: what an application relies on, told by a test before its users find out."""

import pytest

import dottedline


@pytest.fixture(scope="session")
def book():
    return dottedline.load()


def rules_of(book, facts, decision):
    """What became of each rule of a decision."""
    return {rule.id: rule.state for rule in book.explain(facts, decision).rules}


def test_a_freemium_company_has_lifecycle_with_product_marketing(book):
    facts = {"gtm_motion": "self_serve", "freemium_product": True, "upsell_driven_revenue": True}
    lifecycle = book.consult(facts).decisions["lifecycle_marketing"]
    assert (lifecycle.status, lifecycle.outcome, lifecycle.modality) == ("settled", "product_marketing", "may")


def test_the_rules_that_fire_and_those_that_do_not(book):
    states = rules_of(book, {"gtm_motion": "sales_led"}, "lifecycle_marketing")
    assert states["lifecycle-sales-led"] == "fired"
    assert states["lifecycle-freemium-upsell"] == "not_fired"


def test_unknown_is_not_no(book):
    """What is not known can still change the advice, and the answer says so."""
    answer = book.consult({"gtm_motion": "self_serve", "freemium_product": True})
    lifecycle = answer.decisions["lifecycle_marketing"]
    assert lifecycle.status == "provisional"
    assert lifecycle.depends_on == ("upsell_driven_revenue",)


def test_our_form_sends_facts_that_there_are(book):
    """A form's fields against the vocabulary: a name that has changed is found here."""
    fields = {"gtm_motion": "hybrid", "marketing_headcount": 12, "current.bdr": "sales"}
    assert fields.keys() <= book.vocabulary.facts.keys()
    book.consult(fields)  # raises ProfileError, with every problem, where a value is none


def test_bad_facts_are_refused_with_what_would_be_right(book):
    with pytest.raises(dottedline.ProfileError) as caught:
        book.consult({"gtm_motion": "self_serv"})
    [problem] = caught.value.problems
    assert "self_serve" in problem.help

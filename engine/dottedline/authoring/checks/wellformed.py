"""What a rulebook is refused for: found where it is read, and where its decisions are made ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ...codes import (
    CONTRADICTION,
    DECISION_CIRCLE,
    FIRMER,
    LIMIT,
    MALFORMED,
    OVERRIDE_CIRCLE,
    TOO_LARGE,
    TWICE,
    UNDEFINED,
    UNREADABLE,
)
from ...language import N_, _
from ...soundness import Defect, defects
from ..diagnostics import Diagnostic
from ..examined import Examined
from .registry import check, found_on_reading

_ON_READING = (
    found_on_reading(
        UNREADABLE,
        N_("a file that cannot be read"),
        means=N_(
            "A file of the rulebook or of its vocabulary is not there, is no text, or is not YAML as "
            "it is read "
            "here: one document, no key twice, no anchors, aliases, tags or merge keys."
        ),
        matters=N_("Nothing in it is known, so nothing else is looked at."),
        wrong="""
            rules:
              - {id: usual, outcome: sales, outcome: marketing}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales}
        """,
    ),
    found_on_reading(
        MALFORMED,
        N_("something that is not as the rule language has it"),
        means=N_(
            "A key is not known or missing, a value is of another kind than is wanted there, or two things do "
            "not go together. `docs/rule-language.md` has every key."
        ),
        matters=N_("What is meant cannot be told, and nothing is guessed."),
        wrong="""
            rules:
              - {id: usual, outcome: sales, modalty: default}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales, modality: default}
        """,
    ),
    found_on_reading(
        UNDEFINED,
        N_("a name that stands for nothing"),
        means=N_(
            "There is no fact, decision, value, outcome, rule, guidance item, list, section, topic or place of "
            "this name. Most often it is misspelt."
        ),
        matters=N_("A condition on it could never be true, and nobody would notice."),
        wrong="""
            rules:
              - {id: usual, outcome: sales}
              - {id: large, when: {peeple: {above: 50}}, outcome: marketing, overrides: [usual]}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales}
              - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
        """,
    ),
    found_on_reading(
        TWICE,
        N_("one name for two things"),
        means=N_(
            "Two rules, decisions, findings, facts, or other things that are told apart by name have the same."
        ),
        matters=N_("Answers name rules and decisions by their ids, and people's programs rely on them."),
        wrong="""
            rules:
              - {id: usual, outcome: sales}
              - {id: usual, when: {people: {above: 50}}, outcome: marketing}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales}
              - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
        """,
    ),
    found_on_reading(
        DECISION_CIRCLE,
        N_("decisions that need each other in a circle"),
        means=N_("To decide one, the result of another is needed, and for that the result of the first."),
        matters=N_("None of them can be decided."),
        wrong="""
            rules:
              - {id: usual, when: {place: sales}, outcome: sales}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales}
        """,
    ),
    found_on_reading(
        OVERRIDE_CIRCLE,
        N_("rules that override each other in a circle"),
        means=N_("One rule gives way to another, and that one, perhaps by way of others, to the first."),
        matters=N_("Where they hold together, each would give way, and none would stand."),
        wrong="""
            rules:
              - {id: usual, outcome: sales, overrides: [large]}
              - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
        """,
        right="""
            rules:
              - {id: usual, outcome: sales}
              - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
        """,
    ),
    found_on_reading(
        FIRMER,
        N_("something said more firmly than the source says it"),
        means=N_(
            "The modality of a rule, alternative or entry is firmer than that of the guidance item "
            "that carries "
            "it, which is the first that it names. `caution` needs an item of that modality, "
            "`contested` several "
            "items."
        ),
        matters=N_("Advice that is firmer than its source is made up."),
        wrong="""
            guidance:
              - {item: 2, modality: may, says: It may be so.}
            rules:
              - {id: usual, outcome: sales, modality: should, guidance: [2]}
        """,
        right="""
            guidance:
              - {item: 2, modality: may, says: It may be so.}
            rules:
              - {id: usual, outcome: sales, modality: may, guidance: [2]}
        """,
    ),
)


@check(
    CONTRADICTION,
    N_("rules that contradict each other"),
    means=N_(
        "For some company two rules of a decision hold together, give different results, and neither overrides "
        "the other. Decisions are looked at with and without what is inferred."
    ),
    matters=N_("There is no answer for that company."),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {people: {above: 50}}, outcome: marketing}
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
          - {id: large, when: {people: {above: 50}}, outcome: marketing, overrides: [usual]}
    """,
)
def _contradictions(book: Examined) -> Iterator[Diagnostic]:
    yield from _defects(book, book.defects, CONTRADICTION)
    if book.without_inferred is not None:
        known = {defect.problem.message for each in book.defects.values() for defect in each}
        alone = {
            id: [
                defect._replace(problem=replace(defect.problem, message=_without_inferred(defect)))
                for defect in each
                if defect.problem.message not in known
            ]
            for id, each in defects(book.without_inferred).items()
        }
        yield from _defects(book, alone, CONTRADICTION)


def _without_inferred(defect: Defect) -> str:
    return _("{message}, where what is inferred is left out").format(message=defect.problem.message)


@check(
    LIMIT,
    N_("more than the engine can hold"),
    means=N_(
        "One condition asks for more facts at once, has more ways to be true, or names more elements "
        "of one set "
        "than the rule engine or the decision diagrams can hold."
    ),
    matters=N_("Beyond its limits the engine would not answer, or take for ever."),
    wrong="""
        facts:
          goals:
            type: set
            section: main
            label: Goals
            question: What are the goals?
            why: They matter.
            values: {a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J, k: K, l: L, m: M}
        rules:
          - {id: usual, outcome: sales}
          - id: some
            when: {goals: {includes: [a, b, c, d, e, f, g, h, i, j, k, l, m]}}
            remark: There are some.
    """,
    right="""
        facts:
          goals:
            type: set
            section: main
            label: Goals
            question: What are the goals?
            why: They matter.
            values: {a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J, k: K, l: L}
        rules:
          - {id: usual, outcome: sales}
          - id: some
            when: {goals: {includes: [a, b, c, d, e, f, g, h, i, j, k, l]}}
            remark: There are some.
    """,
)
def _limits(book: Examined) -> Iterator[Diagnostic]:
    yield from _defects(book, book.defects, LIMIT)


@check(
    TOO_LARGE,
    N_("a decision too large to be looked at in every case"),
    means=N_(
        "The decision, or finding, rests on so many facts that tell cases apart that they cannot all be gone "
        "through, not even as a decision diagram, which stores equal parts once."
    ),
    matters=N_(
        "Status, smallest changes and these checks are exact because every case is gone through. What is said "
        "of it names the facts that make it large, and where it can be split."
    ),
    wrong="""
        rules:
          - {id: usual, outcome: sales}
          - {id: says-ads, when: {ads: true}, remark: There are ads.}
          - {id: says-blog, when: {blog: true}, remark: There is a blog.}
          # and so on, for twelve channels: every combination of remarks is a case of its own
    """,
    right="""
        rules:
          - {id: usual, outcome: sales}
        # and each remark as a finding of a `collect` decision: findings are looked at one by one
    """,
)
def _too_large(book: Examined) -> Iterator[Diagnostic]:
    yield from _defects(book, book.defects, TOO_LARGE)


def _defects(book: Examined, found: Mapping[str, Sequence[Defect]], code: str) -> Iterator[Diagnostic]:
    for defect in (defect for each in found.values() for defect in each if defect.problem.code == code):
        problem = defect.problem
        places = [problem.span, *problem.also]
        witness = None if defect.facts is None else dict(defect.facts)
        yield book.found(code, problem.message, places, problem.help or "", witness)


CHECKS = (*_ON_READING, _contradictions, _limits, _too_large)

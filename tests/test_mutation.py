"""Mutants: what becomes of them, held against the oracle and against rulebooks that are written and loaded."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import event, given, settings
from hypothesis import strategies as st

import dottedline
import oracle
import strategies
from all_books import PRACTICE, TYRES, engine
from dottedline.authoring.testing.alterations import Alterations
from dottedline.authoring.testing.cases import Case, Expected, misses
from dottedline.authoring.testing.judging import Judge
from dottedline.authoring.testing.mutant_words import MutantWords
from dottedline.authoring.testing.mutants import mutants
from dottedline.authoring.testing.mutating import Mutation, mutate
from dottedline.authoring.testing.reader import read_cases
from dottedline.authoring.testing.said import DecisionSaid, said_in
from dottedline.cli import main
from dottedline.conditions import AllOf, Condition
from dottedline.conditions import Test as Asked
from dottedline.profile import profile_from
from dottedline.rulebook import Decision

HERE = Path(__file__).parent
OUTING = HERE / "good" / "outing"


# --- the shipped rulebook -------------------------------------------------------------------


@cache
def shipped() -> tuple[dottedline.Rulebook, Mutation]:
    book = dottedline.load()
    return book, mutate(book, read_cases(book))


def test_no_mutant_of_the_shipped_rulebook_survives() -> None:
    book, found = shipped()
    told = MutantWords(book)
    assert [f"{each.place}: {told.told(each.mutant)}" for each in found.of("survives")] == []
    altered = {each.mutant.about for each in found.outcomes}
    ids = {rule.id for _decision, rule in book.data.rules()}
    assert altered >= ids | {o.rule for d in book.data.decisions.values() for o in d.alternatives}


def test_every_mutant_of_the_shipped_rulebook_has_its_place() -> None:
    for outcome in shipped()[1].outcomes:
        place, mutant = outcome.place, outcome.mutant
        assert place is not None, mutant
        meant = place.source.line(place.line)[place.column - 1 :]
        key = "open" if mutant.choice else mutant.key
        name = mutant.about if key == "rule" else key
        if mutant.altered is not None and mutant.altered.name:
            name = mutant.altered.name
        assert meant.startswith(name), (mutant.about, mutant.key, meant)


# --- what is told ---------------------------------------------------------------------------


def command(folder: Path, *words: str) -> Result:
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["rules", "mutate", *words], env={"COLUMNS": "100"})


def test_mutants_are_told_as_expected(outing: Path) -> None:
    done = command(outing, "rules/outing", "--all")
    expected = HERE / "good" / "cases" / "mutants.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(done.stdout, encoding="utf-8")
    assert done.exit_code == 1
    assert done.stdout == expected.read_text(encoding="utf-8")


def test_as_many_processes_as_one_likes(outing: Path) -> None:
    alone = command(outing, "rules/outing", "--format", "json")
    together = command(outing, "rules/outing", "--format", "json", "--jobs", "2")
    assert json.loads(together.stdout) == json.loads(alone.stdout)


def test_one_decision_alone(outing: Path) -> None:
    told = json.loads(command(outing, "rules/outing", "--decision", "weather", "--format", "json").stdout)
    assert {each["decision"] for each in told["mutants"]} == {"weather"}
    fates = [each["fate"] for each in told["mutants"]]
    assert {fate: fates.count(fate) for fate in fates} == {fate: told[fate] for fate in fates}


def test_cases_told_of_survivors_catch_them(outing: Path) -> None:
    """Whoever adds the cases that are told, and changes nothing, has no survivors left."""
    done = command(outing, "rules/outing", "--format", "json")
    cases = [each["case"] for each in json.loads(done.stdout)["mutants"] if each["case"]]
    assert len(cases) > 20
    told = outing / "rules" / "outing" / "cases" / "told.yaml"
    told.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    assert command(outing, "rules/outing").exit_code == 0


def test_cases_told_as_text_can_be_put_in(outing: Path) -> None:
    lines = command(outing, "rules/outing").stdout.splitlines()
    cases = [line for line in lines if line.startswith("      ")]
    told = outing / "rules" / "outing" / "cases" / "told.yaml"
    told.write_text("\n".join(["cases:", *cases, ""]), encoding="utf-8")
    assert command(outing, "rules/outing").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--decision", "wether"], "error: there is no decision `wether`\n  help: did you mean `weather`?\n"),
        (["no/such"], "error: `no/such` is no rulebook and no folder"),
    ],
)
def test_what_cannot_be_done(outing: Path, words: list[str], told: str) -> None:
    done = command(outing, *(["rules/outing"] if words[0].startswith("--") else []), *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr


def test_cases_that_fail_catch_nothing(outing: Path) -> None:
    shutil.copy(HERE / "good" / "cases" / "fails.yaml", outing / "rules" / "outing" / "cases")
    done = command(outing, "rules/outing")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("the case `walk-in-the-rain` fails: Rain is no reason not to walk.\n")
    assert done.stderr.endswith(
        "error: cases fail, so they can catch nothing\n  help: `dottedline rules test` tells what differs\n"
    )


@pytest.mark.parametrize("name", [TYRES, PRACTICE])
def test_no_mutant_of_another_rulebook_survives(name: str) -> None:
    book = engine(name)
    told = MutantWords(book)
    assert [told.told(each.mutant) for each in mutate(book, read_cases(book)).of("survives")] == []


def test_book_that_extends_another_is_altered_alone() -> None:
    book = dottedline.load(HERE / "books" / "house_practice" / "rules" / "house_practice")
    own = {rule.id for _decision, rule in book.data.rules() if rule.book == book.id}
    own |= {o.rule for d in book.data.decisions.values() for o in d.alternatives if o.book == book.id}
    altered = {mutant.about for mutant in mutants(book.network)} - set(book.data.decisions)
    assert altered == own


def test_what_is_refused_cannot_be_loaded_and_the_rest_can(outing: Path) -> None:
    """But for a modality that is firmer than the item that carries it, which no case needs to catch."""
    rules = outing / "rules" / "outing"
    book = dottedline.load(rules)
    written = yaml.load((rules / "outing.yaml").read_text("utf-8"), yaml.BaseLoader)
    fates = set()
    for each in mutate(book, read_cases(book)).outcomes:
        decisions = [
            as_written(each.mutant.decision) if old["id"] == each.mutant.decision.id else old
            for old in written["decisions"]
        ]
        (rules / "outing.yaml").write_text(strategies.dump({**written, "decisions": decisions}), encoding="utf-8")
        fates.add(each.judged.fate)
        refused = each.judged.fate == "refused"
        firmer = each.mutant.key == "modality"
        with pytest.raises(dottedline.RulebookError) if refused else contextlib.nullcontext() as caught:
            try:
                dottedline.load(rules)
            except dottedline.RulebookError as error:
                if refused or not firmer:
                    raise
                assert "is firmer than item" in str(error) or "needs a caution item" in str(error)
        if refused:
            assert caught is not None
            assert each.judged.by in str(caught.value)
    assert fates == {"caught", "refused", "equivalent", "survives"}


# --- against the oracle, on random rulebooks ------------------------------------------------


@settings(max_examples=max(1, settings().max_examples * 8 // 100))
@given(data=st.data())
def test_fates_on_random_rulebooks(data: st.DataObject) -> None:
    """An equivalent mutant answers as the rulebook does; one that is caught, or survives, differs as is told."""
    made = data.draw(strategies.books(sound=True))
    dice = random.Random(data.draw(st.integers(0, 1_000_000)))
    with tempfile.TemporaryDirectory() as folder:
        rules, facts = made.write(Path(folder, "book"))
        try:
            book = dottedline.load(rules, facts=facts)
        except dottedline.RulebookError:
            return
        plain = oracle.load(rules, facts)
        profiles = [data.draw(strategies.profiles(plain)) for _ in range(6)]
        cases = [a_case(book, profile, dice) for profile in profiles[:3]]
        found = {
            id: list(group) for id, group in itertools.groupby(mutants(book.network), lambda m: m.decision.id)
        }
        for id, group in found.items():
            judge = Judge(book, cases, group)
            for number, mutant in enumerate(dice.sample(group, min(4, len(group)))):
                fate = judge.judge(mutant)
                event(fate.fate)
                altered = strategies.Book(made.vocabulary, {**made.rulebook, "decisions": [
                    as_written(mutant.decision) if each["id"] == id else each
                    for each in made.rulebook["decisions"]
                ]})
                places = altered.write(Path(folder, f"{id}-{number}"))
                if fate.fate == "equivalent":
                    same_answers(plain, oracle.load(*places), profiles)
                    continue
                try:
                    other = dottedline.load(places[0], facts=places[1])
                    other.without_inferred()
                except dottedline.RulebookError:
                    continue  # it conflicts, or is firmer than the item that carries it
                assert fate.fate != "refused", (mutant, fate)
                if fate.fate == "caught":
                    case = next(case for case in cases if case.name == fate.by)
                    books = other if case.with_inferred else other.without_inferred()
                    said = {unit: None for d in book.data.decisions.values() for unit in d.findings}
                    said |= said_in(books.consult(case.profile), other.data.decisions)
                    assert misses(case.expected, said)
                else:
                    told = fate.difference
                    assert told is not None
                    side = other if told.with_inferred else other.without_inferred()
                    before = book if told.with_inferred else book.without_inferred()
                    facts_told = {k: sorted(v) if isinstance(v, frozenset) else v for k, v in told.facts.items()}
                    assert said_in(before.consult(facts_told), book.data.decisions)[told.about] == told.before
                    after = said_in(side.consult(facts_told), other.data.decisions)
                    assert after.get(told.about) == told.after != told.before


def a_case(book: dottedline.Rulebook, profile: dict[str, object], dice: random.Random) -> Case:
    """A case that passes, and expects something of some decisions."""
    with_inferred = dice.random() < 0.7
    checked = profile_from(profile, book.vocabulary)
    answer = (book if with_inferred else book.without_inferred()).consult(checked)
    expected = []
    for about, said in said_in(answer, book.data.decisions).items():
        if dice.random() < 0.5:
            if isinstance(said, DecisionSaid):
                expected.append(Expected(about, "passes_on", said.passes_on, None))
                expected.append(Expected(about, "rules", said.rules, None))
            else:
                expected.append(Expected(about, "state", said.state if said else "absent", None))
    return Case(f"case-{dice.random()}", "", checked, tuple(expected), with_inferred=with_inferred)


def same_answers(plain: object, altered: object, profiles: list[dict[str, object]]) -> None:
    """Both rulebooks say the same of each company, as far as brute force can tell."""
    for profile in profiles:
        here, there = (oracle.known_facts(book, profile) for book in (plain, altered))
        assert here == there
        for name in plain.decisions:  # type: ignore[attr-defined]
            if name not in here:
                with contextlib.suppress(oracle.TooMany):
                    was, now = oracle.answer(plain, name, here), oracle.answer(altered, name, here)
                    if None in (was.overridden, now.overridden):  # of one that is not on what is known, it says nothing
                        was, now = was._replace(overridden=None), now._replace(overridden=None)
                    assert was == now
        for name in plain.findings:  # type: ignore[attr-defined]
            with contextlib.suppress(oracle.TooMany):
                now = oracle.finding(altered, name, here) if name in altered.findings else None  # type: ignore[attr-defined]
                assert oracle.finding(plain, name, here) == now


def as_written(decision: Decision) -> dict[str, object]:
    """A decision as a rulebook has it."""
    written: dict[str, object] = {
        key: getattr(decision, key) for key in ("id", "title", "asks", "topic", "kind", "hit_policy")
    }
    if decision.kind == "placement":
        written["outcomes"] = {id: {"label": outcome.label} for id, outcome in decision.outcomes.items()}
    if decision.not_applicable is not None:
        written["not_applicable"] = condition(decision.not_applicable)
    if decision.weighs:
        written["weighs"] = [
            {"fact": w.fact, "because": w.because, "guidance": list(w.guidance)} for w in decision.weighs
        ]
    written["rules"] = []
    for rule in decision.rules:
        told: dict[str, object] = {"id": rule.id, "because": rule.because, "guidance": list(rule.guidance)}
        told["when"] = condition(rule.when)
        if rule.unless is not None:
            told["unless"] = condition(rule.unless)
        for key in ("outcome", "remark", "finding", "text", "modality"):
            if getattr(rule, key):
                told[key] = getattr(rule, key)
        if rule.silent:
            told["silent"] = True
        if rule.open:
            told["open"] = [
                {"outcome": o.outcome, "modality": o.modality, "because": o.because, "guidance": list(o.guidance)}
                for o in rule.open
            ]
        if rule.overrides:
            told["overrides"] = sorted(rule.overrides)
        if rule.inferred:
            told["inferred"] = True
        written["rules"].append(told)  # type: ignore[attr-defined]
    if decision.alternatives:
        written["alternatives"] = [
            {"id": o.rule, "outcome": o.outcome, "modality": o.modality, "because": o.because,
             "guidance": list(o.guidance), "when": condition(o.when), **({"inferred": True} if o.inferred else {})}
            for o in decision.alternatives
        ]
    return written


def condition(read: Condition) -> dict[str, object]:
    """A condition as a rulebook has it."""
    if isinstance(read, Asked):
        if read.bounds is not None:
            bounds = {k: v for k in ("at_least", "at_most", "above", "below") if (v := getattr(read.bounds, k)) is not None}
            if not read.negated:
                return {read.fact: bounds}
            other = {"at_least": "below", "at_most": "above", "above": "at_most", "below": "at_least"}
            return {"any": [{read.fact: {other[k]: v}} for k, v in bounds.items()]}
        values = sorted(read.values, key=str)
        key = {"is_not": "not", "includes": "includes", "excludes": "excludes"}.get(read.operator)
        return {read.fact: {key: values} if key else values}
    parts = [condition(part) for part in read.parts]
    if isinstance(read, AllOf):
        return {"all": parts} if parts else {}
    return {"any": parts}


# --- alterations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            "storm-is-foul",
            ["", "wind: not {at_least: 60}", "wind: {above: 60}", "wind: {at_least: 59}"],
        ),
        (
            "bus-when-far",
            ["", "distance: {not: far}", "distance: nowhere", "distance: [far, nowhere]"],
        ),
        (
            "umbrella-in-the-wind",
            [
                "gear: {includes: umbrella}",
                "all: [{wind: not {above: 40}}, {gear: {includes: umbrella}}]",
                "all: [{wind: {at_least: 40}}, {gear: {includes: umbrella}}]",
                "all: [{wind: {above: 41}}, {gear: {includes: umbrella}}]",
                "wind: {above: 40}",
                "all: [{wind: {above: 40}}, {gear: {excludes: umbrella}}]",
                "all: [{wind: {above: 40}}, {gear: {includes: boots}}]",
                "all: [{wind: {above: 40}}, {gear: {includes: [boots, umbrella]}}]",
                "any: [{wind: {above: 40}}, {gear: {includes: umbrella}}]",
            ],
        ),
    ],
)
def test_alterations_of_a_condition(rule: str, told: list[str]) -> None:
    book = dottedline.load(OUTING / "rules" / "outing")
    words, alterations = MutantWords(book), Alterations(book.network)
    when = next(each.when for _decision, each in book.data.rules() if each.id == rule)
    found = [words.in_yaml(altered.whole) if altered.whole else "" for altered in alterations.of(when)]
    one_part = [text.removeprefix("all: [{").removesuffix("}]") if text.count("{") < 3 else text for text in found]
    assert one_part == told


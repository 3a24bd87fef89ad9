"""What holds for the shipped rulebook holds for any: another subject, no organisation, one that extends another."""

from __future__ import annotations

import ast
import contextlib
import json
import pickle
import re
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

import dottedline
import oracle
import strategies
from all_books import NAMES, PRACTICE, SHIPPED, TYRES, engine, folders, plain, rules_of
from dottedline.authoring.testing.reader import read_cases
from dottedline.cli import main
from dottedline.interview import Interview
from dottedline.language import LANGUAGES
from dottedline.reasons import names
from dottedline.whatif import what_if
from test_batch import agree as batch_agrees
from test_fuzz import mutated, reworded
from test_properties import agree, consult, share
from test_schemas import check

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import companies

#: Those that the tests of the shipped book do not cover.
OTHERS = [TYRES, PRACTICE]
CODE = Path(dottedline.__file__).parent


# --- inference ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "percent"), [(TYRES, 40), (PRACTICE, 5)])
def test_it_agrees_with_the_oracle(name: str, percent: int) -> None:
    book, counts = plain(name), Counter()

    @share(percent)
    @given(st.integers(0, 10).flatmap(lambda known: strategies.profiles(book, known)))
    @example({})
    def compare(profile: dict[str, object]) -> None:
        counts.update(agree(book, profile, consult(engine(name), profile)))

    compare()
    assert counts["compared"] > 2 * counts["skipped"], counts


def test_the_oracle_reads_the_extended_book_by_itself() -> None:
    """What it drops, replaces and adds, read by other code."""
    book, base = plain(PRACTICE), plain(SHIPPED)
    rules = {rule["id"] for decision in book.decisions.values() for rule in decision["rules"]}
    assert {"house-content-for-partners", "house-social-in-brand"} <= rules and "social-open" not in rules
    assert book.decisions.keys() - base.decisions.keys() == {"partner_lead"}
    assert book.findings.keys() - base.findings.keys() == {"partner_owner"}
    assert oracle.first_conflict(plain(TYRES)) is None


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("seed", range(2))
def test_a_batch_says_what_consulting_says(name: str, seed: int) -> None:
    batch_agrees(engine(name), companies(engine(name), 60, seed))


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("seed", range(3))
def test_each_change_gives_what_it_says(name: str, seed: int) -> None:
    book = engine(name)
    (facts,) = companies(book, 1, seed)
    for id, decision in book.consult(facts).decisions.items():
        for change in decision.would_change[:20]:
            there = book.consult({**facts, **dict(change.facts)}).decisions[id]
            assert (there.status, there.outcome) == (change.status, change.outcome)
            assert {option.outcome for option in there.options} == set(change.options)


@pytest.mark.parametrize("name", NAMES)
def test_an_interview_asks_what_matters_and_ends(name: str) -> None:
    book = engine(name)
    interview = Interview(book)
    for _step in range(len(book.vocabulary.facts)):
        question = interview.next_question()
        if question is None:
            break
        fact = book.vocabulary.facts[question.fact]
        typed = {"yes_no": "yes", "choice": next(iter(fact.values), ""), "set": next(iter(fact.values), "")}
        interview.answer(fact, typed.get(fact.type, "40"))
    assert interview.next_question() is None and interview.undecided() == 0
    assert not [d.id for d in interview.consult().decisions.values() if d.status == "undetermined"]


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_to_another_process(name: str) -> None:
    again: Any = pickle.loads(pickle.dumps(engine(name)))
    assert again.consult({}).to_dict() == engine(name).consult({}).to_dict()


PRACTICE_TEXTS = [rules_of(PRACTICE) / "house_practice.yaml", folders(PRACTICE, "facts")[-1] / "house_practice.yaml"]


@share(40)
@given(st.integers(0, 1), st.data())
def test_a_mutated_book_that_extends_another_is_refused_with_reasons(which: int, data: st.DataObject) -> None:
    texts = [path.read_bytes() for path in PRACTICE_TEXTS]
    texts[which] = data.draw(mutated([texts[which]]) | reworded([texts[which].decode()]))
    with tempfile.TemporaryDirectory() as folder:
        for kind, text in zip(("rules", "facts"), texts, strict=True):
            path = Path(folder, kind, PRACTICE)
            path.mkdir(parents=True)
            (path / "book.yaml").write_bytes(text)
        try:
            book = dottedline.load(Path(folder, "rules", PRACTICE))
        except dottedline.RulebookError as error:
            assert error.problems and str(error)
            return
        with contextlib.suppress(dottedline.ProfileError):
            book.consult({"partner_share": 60}).to_dict()


# --- what is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("seed", range(3))
def test_what_it_says_fits_the_schemas(name: str, seed: int) -> None:
    book = engine(name)
    (facts,) = companies(book, 1, seed)
    check("answer", book.consult(facts).to_dict())
    check("whatif", what_if(book, facts, dict.fromkeys(facts)).to_dict())
    for id, decision in book.data.decisions.items():
        check("explain", book.explain(facts, id).to_dict())
        for outcome in decision.outcomes:
            check("why-not", book.why_not(facts, id, outcome).to_dict())


@pytest.mark.parametrize("name", OTHERS)
def test_the_checks_find_nothing(name: str) -> None:
    done = run("rules", "check", str(rules_of(name)))
    assert done.exit_code == 0 and done.stdout.startswith("nothing found"), done.output


@pytest.mark.parametrize("name", OTHERS)
def test_its_cases_hold_and_reach_every_rule(name: str) -> None:
    assert read_cases(engine(name))
    done = run("rules", "test", str(rules_of(name)), "--fail-under", "100", "--fail-under", "rows=100")
    assert done.exit_code == 0, done.output


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


@cache
def profile_of(name: str, folder: Path) -> str:
    facts = companies(engine(name), 1, 5)[0]
    path = folder / f"{name}.json"
    path.write_text(json.dumps(facts), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profiles")


#: What every command is asked, with PROFILE for a profile, ID for something to explain, and FACT for a supposition.
ASKED = [
    "consult PROFILE",
    "consult PROFILE --brief --charters",
    "consult PROFILE --format markdown",
    "consult PROFILE --together PROFILE",
    "explain PROFILE ID",
    "explain PROFILE ID --format markdown",
    "whatif PROFILE FACT",
    "memo PROFILE --format markdown",
    "memo PROFILE --format html",
    "facts",
    "facts --format yaml",
    "facts --format json",
]
#: What a book without an organisation cannot be asked.
OF_ORGANISATIONS = ["compare PROFILE", "matrix PROFILE", "chart PROFILE"]


def told(name: str, asked: str, folder: Path, *more: str) -> Any:
    book = engine(name)
    fact = next(fact for fact in book.vocabulary.facts.values() if fact.type == "yes_no")
    words = {"PROFILE": profile_of(name, folder), "ID": names(book.data)[-1], "FACT": f"{fact.id}=unknown"}
    arguments = [words.get(word, word) for word in asked.split()]
    return run(*arguments, "--rules", str(rules_of(name)), *more)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("asked", ASKED)
def test_every_command_takes_it(name: str, asked: str, folder: Path) -> None:
    done = told(name, asked, folder)
    assert done.exit_code == 0, done.output
    assert done.stdout.strip()


@pytest.mark.parametrize("asked", OF_ORGANISATIONS)
def test_a_book_without_an_organisation_is_no_riddle(asked: str, folder: Path) -> None:
    done = told(TYRES, asked, folder)
    assert done.exit_code == 1
    assert "the rulebook `bicycle_tyres` describes no organisation" in done.stderr
    assert "it needs the key `organisation`" in done.stderr
    assert told(PRACTICE, asked, folder).exit_code == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OTHERS)
def test_every_language_speaks_it(name: str, language: str, folder: Path) -> None:
    done = told(name, "consult PROFILE", folder, "--lang", language)
    assert done.exit_code == 0 and done.stdout.strip()


def test_nothing_that_it_says_is_about_marketing(folder: Path) -> None:
    """Nor about companies: what a profile is of, the vocabulary says."""
    for asked in ASKED:
        said = told(TYRES, asked, folder).stdout
        assert not re.search(r"(?i)market|compan|department|b2b|\bfunction\b", said), asked


# --- nothing in the engine knows the shipped book ---------------------------------------------------

#: Ids that are words of the engine itself, as what every rulebook may have.
WORDS = {"none", "all", "any", "other", "high", "low", "medium", "contractor", "content", "kind", "function", "product"}


def strings(path: Path) -> set[str]:
    """The texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs
    }


def test_no_id_of_the_shipped_book_is_in_the_engine() -> None:
    book = engine(SHIPPED)
    ids = {*names(book.data), *book.vocabulary.facts, *book.vocabulary.families, *book.vocabulary.lists}
    ids |= {rule.id for _decision, rule in book.data.rules()} | {team.id for team in book.data.teams}
    ids |= {id for decision in book.data.decisions.values() for id in decision.outcomes}
    ids = {id for id in ids if "_" in id or "-" in id or "." in id} | {"bdr", "growth", "brand"}
    for path in sorted(CODE.rglob("*.py")):
        for text in strings(path):
            found = ids & set(re.findall(r"[\w.-]+", text))
            assert not found, f"{path.relative_to(CODE)}: {found}"

"""`dottedline rules diff`: what it says differs is what consulting both rulebooks finds, and reads well.

`tests/good/diff` has a small rulebook, the changes that an author makes to it, and what is then said of each;
`UPDATE_EXPECTED=1 pytest tests/test_diff.py` rewrites that, to be read before it is kept.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import dottedline
import oracle
import strategies
from dottedline import schemas
from dottedline.authoring.advice import DIFFERENCES
from dottedline.authoring.comparing import Asked, Differences, compare_books
from dottedline.authoring.contents import contents
from dottedline.authoring.joint import Joint
from dottedline.authoring.words import values_text
from dottedline.cli import main
from dottedline.conditions import Bounds
from dottedline.conditions import Test as Condition
from dottedline.language import LANGUAGES
from dottedline.variables import values_of
from dottedline.vocabulary import Fact

HERE = Path(__file__).parent
GOOD = HERE / "good" / "diff"
BOOK = GOOD / "book"


# --- against consulting -------------------------------------------------------------------------

def altered(dice: random.Random, book: strategies.Book) -> strategies.Book:
    """A book in which an author changed a thing or two."""
    made = strategies.Book(copy.deepcopy(book.vocabulary), copy.deepcopy(book.rulebook))
    for _ in range(dice.randint(1, 2)):
        dice.choice(CHANGES)(dice, made)
    return made


def some_rule(dice: random.Random, book: strategies.Book) -> dict[str, Any]:
    return dice.choice([rule for decision in book.rulebook["decisions"] for rule in decision["rules"]])


def drop_rule(dice: random.Random, book: strategies.Book) -> None:
    decision = dice.choice(book.rulebook["decisions"])
    if len(decision["rules"]) > 1:
        gone = decision["rules"].pop(dice.randrange(len(decision["rules"])))["id"]
        for rule in decision["rules"]:
            if gone in rule.get("overrides", []):
                rule["overrides"] = [id for id in rule["overrides"] if id != gone]


def drop_condition(dice: random.Random, book: strategies.Book) -> None:
    rule = some_rule(dice, book)
    if rule.get("when"):
        del rule["when"][dice.choice(list(rule["when"]))]


def drop_unless(dice: random.Random, book: strategies.Book) -> None:
    rule = some_rule(dice, book)
    if rule.pop("unless", None) is not None:
        rule.pop("presumes")


def swap_conditions(dice: random.Random, book: strategies.Book) -> None:
    one, other = (some_rule(dice, book) for _ in range(2))
    if "remark" not in (*one, *other):
        one["when"], other["when"] = other.get("when", {}), one.get("when", {})


def weaken(dice: random.Random, book: strategies.Book) -> None:
    rule = some_rule(dice, book)
    if "modality" in rule and "open" not in rule:
        rule["modality"] = "info"


def other_words(dice: random.Random, book: strategies.Book) -> None:
    some_rule(dice, book)["because"] = "For another reason."


def add_fact(dice: random.Random, book: strategies.Book) -> None:
    book.vocabulary["facts"]["brand_new"] = {"type": "yes_no", **strategies.texts("brand new")}
    some_rule(dice, book).setdefault("when", {})["brand_new"] = dice.choice([True, False])


def narrow_number(dice: random.Random, book: strategies.Book) -> None:
    for fact in book.vocabulary["facts"].values():
        if fact["type"] == "number":
            fact.update(min=2, max=11)


def add_value(dice: random.Random, book: strategies.Book) -> None:
    for fact in book.vocabulary["facts"].values():
        if fact["type"] in ("choice", "set") and isinstance(fact.get("values"), dict) and not fact.get("derived"):
            fact["values"] = {**fact["values"], "more": "More"}


def other_type(dice: random.Random, book: strategies.Book) -> None:
    """A fact that no condition asks for changes its type."""
    used = json.dumps(book.rulebook) + json.dumps(book.vocabulary.get("constraints", []))
    for id, fact in book.vocabulary["facts"].items():
        if f'"{id}"' not in used and fact["type"] == "yes_no" and "answered_by" not in fact:
            fact.update(type="number")


def drop_constraint(dice: random.Random, book: strategies.Book) -> None:
    book.vocabulary.pop("constraints", None)


def add_constraint(dice: random.Random, book: strategies.Book) -> None:
    yes_no = [id for id, fact in book.vocabulary["facts"].items()
              if fact["type"] == "yes_no" and not fact.get("derived")]
    if len(yes_no) > 1:
        one, other = dice.sample(yes_no, 2)
        book.vocabulary.setdefault("constraints", []).append(
            {"id": "added", "level": "error", "when": {one: True, other: True}, "says": "Not both."})


def drop_override(dice: random.Random, book: strategies.Book) -> None:
    some_rule(dice, book).pop("overrides", None)


def reorder(dice: random.Random, book: strategies.Book) -> None:
    """What is asked first comes last: diagrams have another order."""
    dice.shuffle(book.rulebook["decisions"])
    book.vocabulary["facts"] = dict(reversed(book.vocabulary["facts"].items()))


def no_longer_derived(dice: random.Random, book: strategies.Book) -> None:
    """What was derived has to be said."""
    for fact in book.vocabulary["facts"].values():
        fact.pop("derived", None)
    book.rulebook["decisions"] = [d for d in book.rulebook["decisions"] if d["kind"] != "fact"]


CHANGES = [drop_rule, add_constraint, drop_override, reorder, no_longer_derived, drop_condition, drop_unless, swap_conditions, weaken, other_words, add_fact, narrow_number,
           add_value, other_type, drop_constraint]


@contextlib.contextmanager
def written(*books: strategies.Book) -> Iterator[list[tuple[dottedline.Rulebook, Any]]]:
    """Books on disk, each loaded by the engine and by the oracle."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for n, book in enumerate(books):
            rules, facts = book.write(Path(folder, str(n)))
            found.append((dottedline.load(rules, facts=facts), oracle.load(rules, facts)))
        yield found


def readable(book: Any, profile: Mapping[str, Any]) -> dict[str, Any]:
    """What a book can read of a profile, after its vocabulary as the oracle has it."""
    found = {}
    for name, value in profile.items():
        spec = book.facts.get(name)
        if spec is None or not fits(spec, value):
            continue
        found[name] = value
    return found


def fits(spec: Mapping[str, Any], value: Any) -> bool:
    kind = spec["type"]
    if value is None or value == "unknown":
        return True
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind == "choice":
        return value in spec["values"]
    if kind == "set":
        return isinstance(value, list) and set(value) <= set(spec["values"])
    if kind == "number":
        low, high = spec.get("min", float("-inf")), spec.get("max", float("inf"))
        return isinstance(value, (int, float)) and not isinstance(value, bool) and float(low) <= value <= float(high)
    return True


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """What an answer comes to, by decision and finding, from its JSON."""
    decisions = {**answer["decisions"], **answer["derived"]}
    told = {
        id: ("given", one["outcome"]) if one["given"] else (
            one["status"], one["outcome"], one["modality"], sorted(one["rules"]),
            sorted((o["outcome"], o["modality"], o["rule"]) for o in one["options"]),
            sorted(remark["rule"] for remark in one["remarks"]))
        for id, one in decisions.items()
    }
    return {**told, **{f["id"]: (f["state"], f["modality"], f["rule"]) for f in answer["findings"]}}


def holds(asked: Asked, joint: Joint, tokens: list[int], answers: Mapping[str, Any]) -> bool:
    """Whether a company is as a case asks of one fact, or of the result of a decision."""
    if asked.position is not None:
        token = tokens[asked.position]
        return asked.unknown if not token else joint.variables[asked.position].values[token - 1] in asked.groups
    seen = answers["derived"].get(asked.name) or answers["decisions"][asked.name]
    value = seen["outcome"] or (seen["status"] if seen["status"] in ("open", "silent", "not_applicable") else None)
    if value is None:
        return asked.unknown
    return any(str(v).lower() == value for group in asked.groups for v in group)


@given(st.data())
@settings(suppress_health_check=list(HealthCheck))
def test_what_differs_is_what_consulting_finds(data: st.DataObject) -> None:
    book = data.draw(strategies.books(sound=True))
    dice = random.Random(data.draw(st.integers(0, 10**6)))
    try:
        with written(book, altered(dice, book)) as both:
            if data.draw(st.booleans()):
                both.reverse()
            (old, of_old), (new, of_new) = both
            differences = Differences(old.data, new.data)
            told = {unit.id: unit for unit in compare_books(old, new).units}
            profiles = [data.draw(strategies.profiles(of)) for of in (of_old, of_new, of_old, of_new)]
            # And, beside companies at random, those of which it is said that they get other advice.
            told_of = [case.facts for unit in told.values() for one in unit.changes for case in one.cases.cases]
            profiles += [dict(facts) for facts in told_of[:6]]
            found = [one for profile in profiles for one in compared(differences, told, both, profile)]
    except dottedline.RulebookError:
        event("the change makes a rulebook that is refused")
        assume(False)
    event("differs" if any(found) else "the same")


def compared(differences: Differences, told: Mapping[str, Any], both: Any, profile: Mapping[str, Any]) -> Iterator[bool]:
    """Holds the differences against consulting both books on a profile."""
    answers = []
    for book, by_oracle in both:
        try:
            answers.append(book.consult(readable(by_oracle, profile)))
        except dottedline.ProfileError:
            event("a constraint of one book")
            return
    # Records and notes are no variables: what they answer is in the profile as it was read.
    facts = {id: value for answer in answers for id, value in answer.profile.facts.items()}
    at = differences.changes_at(facts)
    old, new = (said(answer.to_dict()) for answer in answers)
    for id in differences.units:
        assert (old.get(id) != new.get(id)) == (id in at), (id, facts, old.get(id), new.get(id), at.get(id))
        if id in told:
            assert_cases(told[id], differences.joint, facts, answers[1].to_dict(), at.get(id))
        else:
            assert id not in at
        yield id in at


def assert_cases(unit: Any, joint: Joint, facts: Mapping[str, Any], answer: Any, change: Any) -> None:
    """The cases told are those in which it is so: all of them, where none is left out."""
    tokens = joint.tokens(facts)
    for one in unit.changes:
        told = any(all(holds(asked, joint, tokens, answer) for asked in case.asks) for case in one.cases.cases)
        assert not told or change in one.changes, (unit.id, facts, one.cases)
        if change in one.changes and not one.cases.left_out:
            assert told, (unit.id, facts, one.cases)


@given(strategies.books(sound=True), st.integers(0, 10**6))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_a_book_in_another_order_comes_to_the_same(book: strategies.Book, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = book.write(Path(folder, "one"))
        other = book.write_shuffled(Path(folder, "other"), seed)
        try:
            old, new = (dottedline.load(rules, facts=facts) for rules, facts in (one, other))
        except dottedline.RulebookError:
            assume(False)
        # Of two rules that say the same, the first in the file is the one that is shown, with its firmness.
        kinds = {one.kind for unit in compare_books(old, new).units for one in unit.changes}
        assert kinds <= {"reasons", "firmness"}


# --- what is said ---------------------------------------------------------------------------------

def edited(folder: Path, edits: list[dict[str, str]]) -> Path:
    """The book with some texts in it replaced."""
    shutil.copytree(BOOK, folder)
    for edit in edits:
        path = folder / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(edit["replace"]) == 1, edit
        path.write_text(text.replace(edit["replace"], edit["by"]), encoding="utf-8")
    return folder


CASES = sorted(GOOD.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_what_is_said_of_a_change(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    edited(tmp_path / "old", [])
    edited(tmp_path / "new", case["edits"])
    for name, text in case.get("files", {}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ["rules", "diff", "old/rules/parcels", "new/rules/parcels", *case.get("words", [])]
    monkeypatch.setenv("COLUMNS", "100")
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    told = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
    told = told.replace(dottedline.load("old/rules/parcels").sha256[:12], "(hash of old)")
    told = told.replace(dottedline.load("new/rules/parcels").sha256[:12], "(hash of new)")
    expected = path.with_suffix(".txt")
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
    differs = CliRunner().invoke(main, [*words, "--exit-code"]).exit_code
    assert differs == (4 if case["differs"] else 0)


# --- revisions ------------------------------------------------------------------------------------

def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=An author", "-c", "user.email=author@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two revisions of the book, the first tagged, and a change that is not committed."""
    folder = edited(tmp_path / "repository", [])
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "One")
    git(folder, "tag", "v1")
    change(folder, "below: 10", "below: 8")
    git(folder, "commit", "--quiet", "--all", "--message", "Two")
    change(folder, "below: 8", "below: 6")
    monkeypatch.chdir(folder)
    return folder


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "rules/parcels/parcels.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def diff(*words: str) -> dict[str, Any]:
    """What is said as JSON; it fits its schema."""
    done = CliRunner().invoke(main, ["rules", "diff", *words, "--format", "json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    name = "rules-diff-portfolio" if "--portfolio" in words else "rules-diff"
    jsonschema.Draft202012Validator(schemas.load(name)).validate(told)
    return told


def test_the_schemas_name_what_can_differ() -> None:
    assert schemas.load("rules-diff")["$defs"]["difference"]["enum"] == list(DIFFERENCES)


def weights(told: dict[str, Any]) -> list[str]:
    """What is said of the weights of the parcels that get another carrier."""
    return [case["where"] for unit in told["advice"] for one in unit["changes"] if one["kind"] == "result"
            for case in one["cases"]]


@pytest.mark.parametrize(("words", "says"), [
    (["v1", "HEAD", "--rules", "rules/parcels"], "at least 8 and at most 9"),
    (["HEAD~1", "main", "--rules", "rules/parcels"], "at least 8 and at most 9"),
    (["v1:rules/parcels", "rules/parcels"], "at least 6 and at most 9"),
    (["HEAD:rules/parcels", "./rules/parcels"], "at least 6 and at most 7"),
    (["v1:./rules/parcels", "HEAD:rules/parcels/"], "at least 8 and at most 9"),
    ([":rules/parcels", "rules/parcels"], "at least 6 and at most 7"),
])
def test_revisions(repository: Path, words: list[str], says: str) -> None:
    told = diff(*words)
    assert [unit["id"] for unit in told["advice"]] == ["carrier"]
    assert all(says in where for where in weights(told)), weights(told)
    assert told["old"]["sha256"] != told["new"]["sha256"]


def test_a_revision_is_read_from_a_folder_below(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "rules")
    assert all("at least 8 and at most 9" in where for where in weights(diff("v1:./parcels", "HEAD:rules/parcels")))


def test_what_is_wrong_in_a_revision_is_told_where_it_is(repository: Path) -> None:
    change(repository, "outcome: van, modality", "outcome: balloon, modality")
    git(repository, "commit", "--quiet", "--all", "--message", "Three")
    done = CliRunner().invoke(main, ["rules", "diff", "v1:rules/parcels", "HEAD:rules/parcels"])
    assert done.exit_code == 1
    assert " --> HEAD:rules/parcels/parcels.yaml:46:" in done.stderr
    assert tempfile.gettempdir() not in done.stderr


@pytest.mark.parametrize(("words", "says"), [
    (["v9", "HEAD"], "error: `v9` is no folder, no rulebook and no revision of git"),
    (["HEAD", "HEAD"], "error: there is no rulebook `rules/b2b_marketing` in the revision `HEAD`"),
    (["v1:rules", "HEAD:rules/parcels"], "error: there is no rulebook `rules` in the revision `v1`"),
    (["v1:rules/nix", "HEAD:rules/parcels"], "error: there is no rulebook `rules/nix` in the revision `v1`"),
    (["v1:../nix", "HEAD"], "error: `../nix` is outside of the git repository `"),
    (["both", "HEAD"], "error: `both` is a folder and a revision of git too"),
    (["--rules", "rules/parcels", "v1", "HEAD", "--portfolio", "-"], "error: a portfolio is read once for each"),
    (["rules/parcels", "rules/parcels", "--portfolio", "nix.csv"], "error: there is no file `nix.csv`"),
    (["rules/parcels", "rules/parcels", "--portfolio", "a.csv", "--name", "who"], "error: `a.csv` has no column `who`"),
    (["rules/parcels", "rules/parcels", "--name", "who"], "error: --name goes with --portfolio"),
    (["rules/parcels", "rules/parcels", "--encoding", "utf-8"], "error: --encoding goes with --portfolio"),
    (["rules/parcels", "rules/parcels", "--portfolio", "a.csv", "--delimiter", ";;"], "error: `;;` is not one character"),
    (["rules/parcels", "rules/parcels", "--portfolio", "a.csv", "--map", "a=wight"], "error: there is no fact `wight`"),
])
def test_what_cannot_be_compared(repository: Path, words: list[str], says: str) -> None:
    git(repository, "branch", "both")
    (repository / "both").mkdir()
    (repository / "a.csv").write_text("weight\n3\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["rules", "diff", *words])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(says)
    assert isinstance(done.exception, SystemExit)


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = CliRunner().invoke(main, ["rules", "diff", "HEAD~1", "HEAD"])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: `HEAD~1` is no folder and no rulebook, and `{tmp_path}` is in no git repository\n")


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    done = CliRunner().invoke(main, ["rules", "diff", "v1:rules/parcels", "rules/parcels"])
    assert (done.exit_code, done.stderr.partition("\n")[0]) == (
        1, "error: `git` is not installed, and a revision is asked for")
    assert CliRunner().invoke(main, ["rules", "diff", "rules/parcels", "rules/parcels"]).exit_code == 0


# --- portfolios -----------------------------------------------------------------------------------

def test_a_portfolio_gets_what_consulting_says(repository: Path) -> None:
    """Many parcels, in a table and in a folder of profiles: each with the change that consulting finds."""
    dice = random.Random(1)
    rows = [{"weight": dice.choice([None, 0, 5, 6, 9, 10, 40]), "zone": dice.choice([None, "town", "abroad", "nowhere"]),
             "urgent": dice.choice([None, True, False]), "fragile": dice.choice([None, True])} for _ in range(200)]
    text = "weight,zone,urgent,fragile\n" + "".join(
        ",".join("" if v is None else str(v).lower() for v in row.values()) + "\n" for row in rows)
    (repository / "parcels.csv").write_text(text, encoding="utf-8")
    (repository / "profiles").mkdir()
    for n, row in enumerate(rows[:20]):
        (repository / "profiles" / f"p{n:02}.json").write_text(json.dumps(row), encoding="utf-8")
    git(repository, "checkout", "--quiet", "v1", "--force")
    old = dottedline.load(repository / "rules/parcels")
    change(repository, "below: 10", "below: 6")
    new = dottedline.load(repository / "rules/parcels")
    for path, rows_in_it in (("parcels.csv", rows), ("profiles", rows[:20])):
        expected: dict[str, int] = {}
        readable_rows = [row for row in rows_in_it if not (row["fragile"] and row["weight"] == 0)]
        changed = 0
        for row in readable_rows:
            before, after = (said(book.consult(row).to_dict()) for book in (old, new))
            differs = [id for id in {**before, **after} if before.get(id) != after.get(id)]
            changed += bool(differs)
            for id in differs:
                expected[id] = expected.get(id, 0) + 1
        told = diff("v1:rules/parcels", "rules/parcels", "--portfolio", path)
        counts: dict[str, int] = {}
        for one in told["changes"]:
            counts[one["id"]] = counts.get(one["id"], 0) + one["companies"]
        assert (told["companies"], told["changed"], counts) == (len(readable_rows), changed, expected)
        assert told["rejected"]["old"]["companies"] == len(rows_in_it) - len(readable_rows)
        assert changed


# --- the shipped rulebook -------------------------------------------------------------------------

def test_the_shipped_rulebook_against_itself_in_every_language() -> None:
    for language in LANGUAGES:
        done = CliRunner().invoke(main, ["rules", "diff", "b2b_marketing", "b2b_marketing", "--lang", language])
        assert done.exit_code == 0


def test_the_shipped_rulebook_without_its_inferences() -> None:
    """What the project inferred is in no answer without it; elsewhere the advice stays."""
    book = dottedline.load()
    found = compare_books(book, book.without_inferred())
    inferred = {rule.id for _, rule in book.data.rules() if rule.inferred}
    inferred |= {option.rule for d in book.data.decisions.values() for option in d.alternatives if option.inferred}
    assert found.units
    for unit in found.units:
        assert any(set(one.changes[0].old.standing) & inferred for one in unit.changes), unit.id
    assert {content.id for content in found.contents if content.kind in ("rule", "alternative")} >= inferred
    assert all(content.only == "old" for content in found.contents if content.id in inferred)


def test_what_is_described_otherwise_is_told() -> None:
    """What no rule asks for: the organisation, teams, texts, what is left unsaid."""
    book = dottedline.load().data
    assert contents(book, book) == ()
    bare = dataclasses.replace(book, organisation=None, teams=(), statements=(), silences=(), left_out=())
    gone = contents(book, bare)
    assert {content.kind for content in gone} == {
        "organisation", "responsibility", "statement", "silence", "left_out"}
    assert all(content.only == "old" for content in gone)
    other = dataclasses.replace(book, organisation=book.organisation._replace(absent="elsewhere"))
    (content,) = contents(book, other)
    assert (content.kind, content.is_words, [altered.what for altered in content.altered]) == (
        "organisation", False, ["described"])


# --- words ------------------------------------------------------------------------------------------

def number_words(*tests: Condition, numbers: list[float], **limits: Any) -> str:
    """What is said of the numbers that no test tells apart from these."""
    fact = Fact("n", "number", "s", "N", "N?", "Why.", **limits)
    groups: dict[tuple[bool, ...], list[Any]] = {}
    for value, _ in values_of(fact, tests):
        groups.setdefault(tuple(test.accepts(value) for test in tests), []).append(value)
    wanted = [groups[tuple(test.accepts(number) for test in tests)] for number in numbers]
    return values_text(dottedline.load().data, fact, wanted, tests)


def within(**bounds: float) -> Condition:
    return Condition("n", "within", bounds=Bounds(**bounds))


def equal(number: float) -> Condition:
    return Condition("n", "is", frozenset({number}))


WHOLE = {"integer": True, "minimum": 0, "maximum": 100}


@pytest.mark.parametrize(("tests", "numbers", "limits", "says"), [
    ([within(at_least=3)], [1], WHOLE, "is at most 2"),
    ([within(at_least=3)], [7], WHOLE, "is at least 3"),
    ([within(at_least=3, below=10)], [5], WHOLE, "is at least 3 and at most 9"),
    ([within(at_least=3, below=10)], [1], WHOLE, "is at most 2 or at least 10"),
    ([within(above=3), within(below=10)], [2], WHOLE, "is at most 3"),
    ([within(above=3), within(below=10)], [2, 99], WHOLE, "is at most 3 or at least 10"),
    ([within(above=3), within(below=5)], [4], WHOLE, "is 4"),
    ([within(at_most=0)], [0], WHOLE, "is 0"),
    ([within(at_most=0)], [8], WHOLE, "is at least 1"),
    ([equal(7)], [7], WHOLE, "is 7"),
    ([equal(7)], [8], WHOLE, "is at most 6 or at least 8"),
    ([within(at_least=1000)], [2000], {"integer": True}, "is at least 1,000"),
    ([within(at_least=3)], [2.5], {}, "is below 3"),
    ([within(at_least=3)], [3], {}, "is at least 3"),
    ([within(above=3)], [3], {}, "is at most 3"),
    ([within(above=3)], [4], {}, "is above 3"),
    ([within(above=3, at_most=4)], [3.5], {}, "is above 3 and at most 4"),
    ([within(above=3, below=4)], [1], {}, "is at most 3 or at least 4"),
    ([equal(3)], [3], {}, "is 3"),
    ([equal(3)], [4], {}, "is below 3 or above 3"),
    ([within(above=3), equal(3)], [3, 5], {}, "is at least 3"),
    ([within(at_least=-2.5)], [0], {"minimum": -10}, "is at least -2.5"),
])
def test_numbers_in_words(tests: list[Condition], numbers: list[float], limits: dict[str, Any], says: str) -> None:
    assert number_words(*tests, numbers=numbers, **limits) == says

"""The portfolio: its numbers against a count by hand, what it is shown on, and what is said of bad input."""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline.batch.evaluation import Evaluator
from dottedline.batch.portfolio import MOST_FINDINGS, portfolio
from dottedline.batch.results import Results
from dottedline.batch.tallies import STATUSES, Portfolio
from dottedline.cli import main
from dottedline.present.portfolio_blocks import cell, share_text
from dottedline.present.portfolio_labels import Labels

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from companies import stream

BOOK = dottedline.load()
FACTS = [fact.id for fact in BOOK.vocabulary.facts.values() if fact.type not in ("records", "note")]
NASTY = '<script>alert("1")</script> & \x1b[31mSons\n| *Ltd* `x`'

#: A name in HTML, in Markdown and in a terminal must be no more than a name.
NAMES = [NASTY, "=cmd()", "Ünïted 日本", "", "Plain"]


def run(*arguments: object, columns: int = 100) -> Result:
    return CliRunner().invoke(
        main, ["portfolio", *map(str, arguments)], env={"COLUMNS": str(columns)}, catch_exceptions=False
    )


def table_of(count: int, seed: int = 1) -> pa.Table:
    """The results of random companies, with columns of the user's."""
    companies = list(islice(stream(BOOK, seed), count))
    facts = pa.RecordBatch.from_pylist([{id: company.get(id) for id in FACTS} for company in companies])
    evaluated = Evaluator(BOOK, dict(zip(FACTS, FACTS))).evaluate(facts)
    assert len(evaluated.rows) == count
    results = pa.Table.from_batches([evaluated.results])
    if "questions" not in results.column_names:
        asked = [[q for q in BOOK.consult(company).questions if q.decides] for company in companies]
        results = results.append_column(
            "questions", pa.array([[q.fact for q in qs] for qs in asked], pa.list_(pa.string()))
        )
        results = results.append_column(
            "questions_decide", pa.array([[q.decides for q in qs] for qs in asked], pa.list_(pa.int16()))
        )
    names = [NAMES[n] if n < len(NAMES) else f"Company {n}" for n in range(count)]
    results = results.add_column(0, "founded", pa.array([1990 + n % 30 for n in range(count)]))
    results = results.add_column(1, "company", pa.array(names))
    results = results.add_column(
        2, "sector", pa.array([("SaaS", "Industry", None)[n % 3] for n in range(count)])
    )
    for id in FACTS:
        if id.startswith("current."):
            results = results.append_column(id, facts.column(id))
    return results.replace_schema_metadata(evaluated.results.schema.metadata)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    folder = tmp_path_factory.mktemp("tables")
    paths = {count: folder / f"{count}.parquet" for count in (5, 40, 300)}
    for count, path in paths.items():
        pyarrow.parquet.write_table(table_of(count), path)
    return paths


def read(path: Path, **options: Any) -> Portfolio:
    return portfolio(BOOK, Results(path, BOOK), **options)


# --- numbers ----------------------------------------------------------------------------------


def rows_of(path: Path) -> list[dict[str, Any]]:
    return pyarrow.parquet.read_table(path).to_pylist()


def result_of(row: dict[str, Any], id: str) -> str | None:
    """What the row has, in the words of the portfolio."""
    status = row[f"{id}.status"]
    return row[f"{id}.outcome"] or (None if status == "undetermined" else status)


@pytest.mark.parametrize("by", [None, "sector", "lifecycle_marketing", "uses_contractors"])
@pytest.mark.parametrize("count", [5, 40, 300])
def test_counts_are_those_of_a_plain_count(tables: dict[int, Path], count: int, by: str | None) -> None:
    rows = rows_of(tables[count])
    found = read(tables[count], by=by)
    column = {"sector": "sector", None: "gtm_motion.outcome"}.get(by, f"{by}.outcome")
    cohorts = [cohort.id for cohort in found.cohorts]
    assert found.companies == count
    assert found.by == (by or "gtm_motion")
    assert {cohort.id: cohort.companies for cohort in found.cohorts} == Counter(row[column] for row in rows)
    assert None not in cohorts[:-1], "what is not known comes last"
    for tally in found.decisions:
        assert tally.statuses == {s: sum(row[f"{tally.id}.status"] == s for row in rows) for s in STATUSES}
        plain = Counter((row[column], result_of(row, tally.id)) for row in rows)
        assert tally.results == {
            result: tuple(plain[cohort, result] for cohort in cohorts)
            for result in {result for _cohort, result in plain if result is not None}
        }
    shown = Counter(finding for row in rows for finding in row["findings"])
    assert {tally.id: tally.companies for tally in found.findings} == shown
    for tally in found.findings:
        missing = [
            sum(tally.id in row["findings_missing"] and row[column] == c for row in rows) for c in cohorts
        ]
        total = [sum(tally.id in row["findings"] and row[column] == c for row in rows) for c in cohorts]
        assert list(tally.missing) == missing
        assert [a + b for a, b in zip(tally.missing, tally.to_check)] == total
    assert [tally.companies for tally in found.findings] == sorted(shown.values(), reverse=True)
    assert found.findings_each == Counter(len(row["findings"]) for row in rows)
    assert found.open_questions == Counter(len(row["questions"]) for row in rows)
    decides: Counter[str] = Counter()
    for row in rows:
        decides.update(dict(zip(row["questions"], row["questions_decide"])))
    assert {q.fact: q.decides for q in found.questions or ()} == decides
    assert {q.fact: q.companies for q in found.questions or ()} == Counter(
        f for row in rows for f in row["questions"]
    )
    assert [q.decides for q in found.questions or ()] == sorted(decides.values(), reverse=True)


@pytest.mark.parametrize("by", [None, "sector"])
def test_outliers_are_those_of_a_plain_measure(tables: dict[int, Path], by: str | None) -> None:
    rows = rows_of(tables[300])
    column = by or "gtm_motion.outcome"
    found = read(tables[300], by=by)
    ids = [tally.id for tally in found.decisions]

    def alike(row: dict[str, Any]) -> float:
        cohort = [other for other in rows if other[column] == row[column]]
        shares = []
        for id in ids:
            if (result := result_of(row, id)) is not None:
                known = [other for other in cohort if result_of(other, id) is not None]
                shares.append(sum(result_of(other, id) == result for other in known) / len(known))
        return math.prod(shares) ** (1 / len(shares))

    compared = [n for n, row in enumerate(rows) if row[column] is not None]
    measured = sorted((round(alike(rows[n]), 9), n + 1) for n in compared)
    assert found.compared == len(compared)
    assert [round(outlier.alike, 9) for outlier in found.outliers] == [value for value, _row in measured[:10]]
    assert {o.row: round(o.alike, 9) for o in found.outliers}.items() <= {
        row: value for value, row in measured
    }.items()
    for outlier in found.outliers:
        assert all(result_of(rows[outlier.row - 1], rare.decision) == rare.result for rare in outlier.rarest)
        assert [rare.share for rare in outlier.rarest] == sorted(rare.share for rare in outlier.rarest)


def test_nobody_stands_out_among_few(tables: dict[int, Path]) -> None:
    assert read(tables[5]).outliers == ()
    assert "too few to tell" in run(tables[5]).output


def test_each_company_is_shown_or_those_with_most(tables: dict[int, Path]) -> None:
    assert sorted(company.row for company in read(tables[40]).shown) == list(range(1, 41))
    rows = rows_of(tables[300])
    most = sorted(range(300), key=lambda n: (-len(rows[n]["findings"]), -len(rows[n]["findings_missing"]), n))
    shown = read(tables[300]).shown
    assert [company.row - 1 for company in shown] == most[:MOST_FINDINGS]
    for company in shown:
        row = rows[company.row - 1]
        assert company.missing == set(row["findings_missing"])
        assert company.missing | company.to_check == set(row["findings"])


def test_places_are_compared_with_the_outcome(tables: dict[int, Path]) -> None:
    rows = rows_of(tables[300])
    found = {tally.function: tally for tally in read(tables[300]).places}
    assert len(found) == sum(id.startswith("current.") for id in FACTS)
    organisation = BOOK.data.organisation
    assert organisation is not None
    none = {None, organisation.contractor, organisation.open_role, organisation.absent}
    for id, tally in found.items():
        outcomes = BOOK.data.decisions[id].outcomes
        named = {place for outcome in outcomes.values() for place in outcome.places}
        counts = Counter(
            "as_advised" if place in outcomes[outcome].places else "named" if place in named else "not_named"
            for row in rows
            if (place := row[f"current.{id}"]) not in none and (outcome := row[f"{id}.outcome"]) is not None
        )
        assert (tally.as_advised, tally.named, tally.not_named) == (
            counts["as_advised"],
            counts["named"],
            counts["not_named"],
        )


def test_nothing_changes_with_the_size_of_batches(
    tables: dict[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(tables[300]).to_dict()
    monkeypatch.setattr("dottedline.batch.results._TOGETHER", 7)
    assert read(tables[300]).to_dict() == whole


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "arrow", "csv.gz"])
def test_formats_say_the_same(tables: dict[int, Path], tmp_path: Path, ending: str) -> None:
    """As `evaluate` writes them: lists in a cell are joined with `; `."""
    table = pyarrow.parquet.read_table(tables[40])
    path = tmp_path / f"results.{ending}"
    if ending == "arrow":
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    elif ending == "ndjson":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
    else:
        texts = {
            name: [
                "; ".join(map(str, v)) or "[]" if isinstance(v, list) else None if v is None else str(v)
                for v in table.column(name).to_pylist()
            ]
            for name in table.column_names
        }
        options = pyarrow.csv.WriteOptions(delimiter="\t" if ending == "tsv" else ",")
        with pa.output_stream(path) as file:
            pyarrow.csv.write_csv(
                pa.table({name: pa.array(values, pa.string()) for name, values in texts.items()}), file, options
            )
    found, wanted = read(path), read(tables[40])
    assert found.made.sha256 == (BOOK.sha256 if ending == "arrow" else None)
    assert found._replace(made=wanted.made) == wanted


def test_folders_of_tables(tables: dict[int, Path], tmp_path: Path) -> None:
    """As `evaluate` writes them for several files; with Spark, rejected rows are in their place."""
    table = pyarrow.parquet.read_table(tables[40])
    pyarrow.parquet.write_table(table.slice(0, 10), tmp_path / "a.parquet")
    pyarrow.parquet.write_table(table.slice(10), tmp_path / "b.parquet")
    (tmp_path / "_SUCCESS").touch()
    assert read(tmp_path) == read(tables[40])
    reasons = pa.array([None if n % 2 else [{"reason": "why"}] for n in range(40)])
    pyarrow.parquet.write_table(table.append_column("rejected", reasons), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").unlink()
    assert read(tmp_path).companies == 20


# --- shown ------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Holds a page to being well formed, and collects what it is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("language", ["en", "id", "zh_Hant"])
@pytest.mark.parametrize("count", [5, 40, 300])
def test_page_is_whole_and_needs_nothing_else(
    tables: dict[int, Path], tmp_path: Path, count: int, language: str
) -> None:
    path = tmp_path / "portfolio.html"
    assert run(tables[count], "-o", path, "--lang", language).exit_code == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    attributes = dict(page.attributes)
    assert attributes["lang"] == language.replace("_", "-")
    assert not {"src", "href", "style"} & set(attributes)
    assert not re.search(r"https?:|@import|url\((?!#)", text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)
    assert len(text) < 300_000


def test_pictures_have_numbers_or_words_beside_them(tables: dict[int, Path], tmp_path: Path) -> None:
    path = tmp_path / "portfolio.html"
    run(tables[40], "-o", path)
    for svg in re.findall("<svg[^>]*>", path.read_text(encoding="utf-8")):
        assert 'aria-hidden="true"' in svg or ('role="img"' in svg and "aria-label=" in svg)


@pytest.mark.parametrize("form", ["html", "text", "markdown", "json"])
def test_names_are_only_names(tables: dict[int, Path], form: str) -> None:
    said = run(tables[5], "--format", form).output
    assert "\x1b" not in said
    assert "Ünïted 日本" in said and "=cmd()" in said
    assert "4" in said, "who has no name goes by the number of the row"
    if form == "html":
        assert "script" not in Page(said).tags and "&lt;script&gt;" in said
    if form == "markdown":
        assert "\\<script\\>" in said and "\\| \\*Ltd\\* \\`x\\`" in said


def test_page_is_small_for_many_companies(tmp_path: Path) -> None:
    """The same companies a hundred times over: the page grows with the rulebook, not with them."""
    table = table_of(100)
    path = tmp_path / "many.parquet"
    pyarrow.parquet.write_table(pa.concat_tables([table] * 100), path)
    said = run(path, "--format", "html")
    assert said.exit_code == 0
    assert "10,000 companies" in said.output
    assert len(said.output) < 200_000


@pytest.mark.parametrize("form", ["html", "text", "markdown", "json"])
def test_it_is_the_same_each_time(tables: dict[int, Path], form: str) -> None:
    assert run(tables[300], "--format", form).output == run(tables[300], "--format", form).output


def test_the_ending_names_the_format(tables: dict[int, Path], tmp_path: Path) -> None:
    starts = {"a.html": "<!DOCTYPE", "a.txt": "40 companies\n", "a.md": "# 40 companies", "a.json": "{"}
    for name, start in starts.items():
        assert run(tables[40], "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == read(tables[40]).to_dict()


def test_the_first_question_is_told_in_a_sentence(tables: dict[int, Path]) -> None:
    found = read(tables[40])
    assert found.questions
    first = found.questions[0]
    said = " ".join(run(tables[40]).output.split())
    question = BOOK.vocabulary.facts[first.fact].question
    assert (
        f"The one question to ask first: “{question}” It matters at {first.companies} of 40 companies" in said
    )
    assert f"and can change {first.decides} results." in said
    assert BOOK.vocabulary.facts[first.fact].why.split(";")[0][:20] in said


def test_what_is_inferred_is_marked(tables: dict[int, Path]) -> None:
    labels = Labels(BOOK.data, read(tables[300]))
    for decision in BOOK.data.decisions.values():
        for id, rules in decision.findings.items():
            inferred = [rule.inferred for rule in rules]
            told = labels.advice(id)
            assert told.endswith("our inference") == any(inferred), id
            assert ("in part" in told) == (any(inferred) and not all(inferred)), id


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_terminal_of_any_width(tables: dict[int, Path], columns: int) -> None:
    said = run(tables[40], columns=columns)
    assert said.exit_code == 0
    assert max(map(len, said.output.splitlines())) <= min(columns, 100)
    until_names, marks, _ = run(tables[40], "--lang", "zh_Hant", columns=columns).output.partition("● ")
    assert marks and "…" not in until_names, "a text without spaces is broken, not cut"


def test_columns_that_are_asked_for(tables: dict[int, Path]) -> None:
    assert {company.name for company in read(tables[40], name="founded").shown} >= {"1990", "2019"}
    assert "By “sector”" in run(tables[40], "--by", "sector").output
    assert [cohort.id for cohort in read(tables[40], by="sector").cohorts] == ["SaaS", "Industry", None]


def test_row_numbers_without_a_name(tables: dict[int, Path], tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    table = pyarrow.parquet.read_table(tables[5])
    pyarrow.parquet.write_table(table.drop_columns(["founded", "company", "sector"]), path)
    assert {company.name for company in read(path).shown} == set("12345"), "a fact that was kept is no name"


def test_what_is_not_in_the_table_is_told(tables: dict[int, Path], tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    table = pyarrow.parquet.read_table(tables[5])
    gone = [
        "questions",
        "questions_decide",
        "design.status",
        "design.outcome",
        *(n for n in table.column_names if n.startswith("current.")),
    ]
    pyarrow.parquet.write_table(table.drop_columns(gone).replace_schema_metadata(None), path)
    said = " ".join(run(path).output.split())
    assert "The table has no questions" in said
    assert "The table has no columns for Design." in said
    assert "does not say which rulebook made it" in said
    assert "if the table keeps the columns `current.*`" in said
    assert "Where functions sit today ─" not in said


def test_a_book_without_cohorts_and_findings(tmp_path: Path) -> None:
    """What a rulebook lacks is left out."""
    rules = Path(__file__).parent / "good" / "book" / "rules" / "book"
    book = dottedline.load(rules)
    path = tmp_path / "results.csv"
    path.write_text(
        "name,design_place.status,design_place.outcome,findings,findings_missing\nA,settled,brand,,\nB,settled,brand,,\n"
    )
    found = portfolio(book, Results(path, book))
    assert (found.by, found.findings, found.lacking) == (None, (), ("motion",))
    assert [company.name for company in found.shown] == ["A", "B"]
    assert "There is nothing to look at" in run(path, "--rules", rules).output


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 5, "0%"), (1, 1000, "<1%"), (1, 3, "33%"), (999, 1000, ">99%"), (5, 5, "100%"), (0, 0, "0%")],
)
def test_shares(part: int, whole: int, text: str) -> None:
    assert share_text(part, whole) == text
    if whole:
        assert cell(part, whole, 40).text == f"{part:,} of {whole:,}"
        assert cell(part, whole, 5000).text == text


# --- bad input --------------------------------------------------------------------------------


def test_bad_tables(tables: dict[int, Path], tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(tables[5])

    def said(name: str, content: pa.Table | bytes | None, *options: str) -> str:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            pyarrow.parquet.write_table(content, path)
        result = run(path, *options)
        assert result.exit_code == 1, result.output
        return result.output.replace(str(tmp_path), "DIR")

    other = table.replace_schema_metadata({"dottedline.rulebook": "coffee"})
    assert "error: `DIR/a.parquet` was made with the rulebook `coffee`, not `b2b_marketing`" in said(
        "a.parquet", other
    )
    facts = pa.table({"name": ["A"], "gtm_motion": ["hybrid"]})
    assert said("b.parquet", facts) == (
        "error: `DIR/b.parquet` is no table of results: it lacks `findings`, `findings_missing`\n"
        "  help: make one with `dottedline evaluate COMPANIES -o results.parquet`\n"
    )
    assert "it lacks `design.outcome`\n" in said("c.parquet", table.drop_columns(["design.outcome"]))
    assert said("d.parquet", table.slice(0, 0)) == "error: `DIR/d.parquet` has no companies\n"
    assert "cannot be read: no such file or directory" in said("e.parquet", None)
    assert "cannot be read: " in said("f.parquet", b"nonsense")
    assert "cannot be read: " in said("g.csv", b"")
    assert "no format goes with the name `h.xlsx`" in said("h.xlsx", b"x")
    (tmp_path / "mixed").mkdir()
    assert said("mixed", None).startswith("error: `DIR/mixed` is no folder of tables in one format\n")
    assert said("i.parquet", table, "--by", "gtm_moton") == (
        "error: there is nothing named `gtm_moton` to make cohorts by\n  help: did you mean `gtm_motion`?\n"
    )
    assert "has no column `nme` beside its results" in said("j.parquet", table, "--name", "nme")
    assert "did you mean `company`?" in said("k.parquet", table, "--name", "compny")
    assert "there is no format `pdf`" in said("l.parquet", table, "--format", "pdf")
    assert "no format goes with the name `x.pdf`" in said("m.parquet", table, "-o", "x.pdf")
    assert "no such file or directory" in said("n.parquet", table, "-o", str(tmp_path / "none" / "x.html"))


def test_too_many_values_are_no_cohorts(tables: dict[int, Path]) -> None:
    result = run(tables[40], "--by", "founded")
    assert (result.exit_code, result.output) == (
        1,
        "error: `founded` has more than 20 different values: too many to make cohorts by\n",
    )


def test_another_version_is_warned_of(tables: dict[int, Path], tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    made = {"dottedline.rulebook": BOOK.id, "dottedline.version": "0.0.9", "dottedline.sha256": "0" * 64}
    table = pyarrow.parquet.read_table(tables[5]).replace_schema_metadata(made)
    # A finding, a question and an outcome that the rulebook does not have.
    of_old = {
        "findings": ["old_finding"],
        "findings_missing": [],
        "questions": ["old_fact"],
        "questions_decide": [99],
    }
    for name, value in of_old.items():
        type = pa.list_(pa.int16() if name == "questions_decide" else pa.string())
        table = table.set_column(table.column_names.index(name), name, pa.array([value] * 5, type))
    table = table.set_column(
        table.column_names.index("design.outcome"), "design.outcome", pa.array(["attic"] * 5)
    )
    pyarrow.parquet.write_table(table, path)
    result = run(path)
    assert result.exit_code == 0
    assert "was made with another version of the rulebook, 0.0.9" in result.stderr
    assert "old_finding" in result.stdout and "old_fact" in result.stdout and "Attic" in result.stdout
    assert "The results were made with version 0.0.9 of the rulebook (000000000000)" in " ".join(
        result.stdout.split()
    )

"""`dottedline evaluate` and `Rulebook.evaluate`: every row as consulted, in every format, whole or not at all."""

from __future__ import annotations

import errno
import importlib.util
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import dottedline
from dottedline import files
from dottedline.batch.pieces import in_batches
from dottedline.cli import main

ROOT = Path(__file__).parents[1]
SAAS = ROOT / "facts" / "b2b_marketing" / "examples" / "saas_pricing"
BOOK = dottedline.load()
FORMATS = ("parquet", "csv", "tsv", "ndjson", "arrow", "arrows")
PACKED = ("csv.gz", "tsv.bz2", "ndjson.zst", "csv.lz4", "arrows.gz", "parquet.zst")
TABLE = "name,gtm_motion,freemium_product\nAcme,self_serve,yes\nBeta,hybrid,no\n"


def script(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


companies = script(ROOT / "benchmarks" / "companies.py")


def run(*words: object, input: bytes | None = None, code: int = 0) -> Result:
    """The command in this process."""
    done = CliRunner().invoke(main, ["evaluate", *map(str, words)], input=input)
    assert done.exit_code == code, (done.stderr, done.exception)
    assert code == 0 or isinstance(done.exception, SystemExit), done.exception
    return done


def start(*words: object, **options: Any) -> subprocess.Popen[bytes]:
    """The command in a process, and a group, of its own."""
    command = [sys.executable, "-m", "dottedline.cli", "evaluate", *map(str, words)]
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, **options)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a small table."""
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(TABLE)
    return tmp_path


# --- every row as consulted -----------------------------------------------------------------

NAMES = [fact.id for fact in BOOK.vocabulary.facts.values() if fact.type != "note"]


def random_companies(count: int, seed: int) -> list[dict[str, object]]:
    """Companies with all kinds of facts, some of them with lists of contractors."""
    chance = random.Random(seed)
    found = companies.companies(BOOK, count, seed)
    fields = dict(BOOK.vocabulary.facts["contractors"].fields)
    for company in found:
        if chance.random() < 0.3 and not any("contractor" in name for name in company):
            records = []
            for _n in range(chance.randrange(3)):
                known = {id: field for id, field in fields.items() if chance.random() < 0.7}
                records.append({id: chance.choice([*(field.values or ["Ann"])]) for id, field in known.items()})
            company["contractors"] = [record for record in records if record]
    return found


def as_table(found: list[dict[str, object]]) -> pa.Table:
    """Companies in columns of the types that they have."""
    kinds = {"yes_no": pa.bool_(), "choice": pa.string(), "set": pa.list_(pa.string()), "number": pa.int64()}
    columns = {"id": pa.array(range(len(found)))}
    for name in NAMES:
        fact = BOOK.vocabulary.facts[name]
        record = pa.list_(pa.struct([(field, pa.string()) for field in fact.fields]))
        columns[name] = pa.array([company.get(name) for company in found], kinds.get(fact.type, record))
    return pa.table(columns)


def as_text(value: object) -> str | None:
    if isinstance(value, list):
        records = any(isinstance(item, dict) for item in value)
        return json.dumps([{k: v for k, v in item.items() if v} for item in value]) if records else "; ".join(value) or "[]"
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def write(table: pa.Table, path: Path) -> None:
    """A table in the format that a file's name says."""
    with opened(path) as file:
        kind = path.name.split(".")[1]
        if kind == "parquet":
            pq.write_table(table, file)
        elif kind in ("arrow", "arrows"):
            with (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(file, table.schema) as writer:
                writer.write_table(table)
        elif kind == "ndjson":
            for row in table.to_pylist():
                file.write(f"{json.dumps({k: v for k, v in row.items() if v is not None})}\n".encode())
        else:
            texts = pa.table({name: pa.array([as_text(v) for v in table[name].to_pylist()], pa.string()) for name in table.schema.names})
            pa.csv.write_csv(texts, file, pa.csv.WriteOptions(delimiter="," if kind == "csv" else "\t"))


def opened(path: Path) -> Any:
    packing = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}.get(path.suffix)
    return pa.output_stream(path, compression=packing)


RESULTS = BOOK.evaluate(pa.table({"gtm_motion": ["hybrid"]})).schema.names


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of results, with texts of CSV as the other formats have them."""
    packing = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd", ".lz4": "lz4"}.get(path.suffix)
    with pa.input_stream(path, compression=packing) as file:
        data = file.read()
    kind = path.name.split(".")[1]
    if kind == "parquet":
        return pq.read_table(pa.BufferReader(data)).to_pylist()
    if kind == "arrow":
        return pa.ipc.open_file(data).read_all().to_pylist()
    if kind == "arrows":
        return pa.ipc.open_stream(data).read_all().to_pylist()
    if kind == "ndjson":
        return [json.loads(line) for line in data.splitlines()]
    table = pa.csv.read_csv(
        pa.BufferReader(data),
        parse_options=pa.csv.ParseOptions(delimiter="," if kind == "csv" else "\t", newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(RESULTS, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    rows = table.to_pylist()
    for row in rows:
        row["open_questions"] = int(row["open_questions"])
        for name in ("findings", "findings_missing", "questions", "questions_decide"):
            row[name] = [int(word) if word.isdigit() else word for word in str(row[name] or "").split("; ") if word]
    return rows


def assert_as_consulted(row: Mapping[str, Any], company: Mapping[str, object]) -> None:
    answer = BOOK.consult(company)
    for id, decision in answer.decisions.items():
        told = {part: row[f"{id}.{part}"] for part in ("status", "outcome", "modality", "rules")}
        said = {
            "status": decision.status,
            "outcome": decision.outcome,
            "modality": decision.modality,
            "rules": " ".join(decision.rules) or None,
        }
        assert told == said, (id, company)
    assert row["findings"] == [finding.id for finding in answer.findings], company
    assert row["findings_missing"] == [finding.id for finding in answer.findings if finding.state == "missing"]


@pytest.mark.parametrize("seed", range(2))
def test_rows_are_as_consulted(here: Path, seed: int) -> None:
    found = random_companies(40, seed)
    write(as_table(found), Path("in.parquet"))
    run("in.parquet", "-o", "out.parquet", "--keep", "id", "--jobs", 1, "--batch-size", 12)
    rows = read(Path("out.parquet"))
    assert [row["id"] for row in rows] == list(range(40))
    for row, company in zip(rows, found):
        assert_as_consulted(row, company)


@pytest.mark.parametrize("kind", [*FORMATS, *PACKED])
def test_every_format_says_the_same(here: Path, kind: str) -> None:
    table = as_table(random_companies(40, 5))
    write(table, Path("in.parquet"))
    write(table, Path(f"there.{kind}"))
    run("in.parquet", "-o", "out.parquet", "--keep", "id", "--jobs", 1)
    run(f"there.{kind}", "-o", f"back.{kind}", "--keep", "id", "--jobs", 1)
    expected = read(Path("out.parquet"))
    rows = read(Path(f"back.{kind}"))
    for row in rows:
        row["id"] = int(row["id"])
    assert rows == expected


def test_standard_input_and_output(here: Path) -> None:
    run("a.csv", "-o", "out.parquet")
    for kind in FORMATS:
        write(pa.csv.read_csv("a.csv"), Path(f"in.{kind}"))
        done = run("-", "--from", kind, "-o", "-", "--to", "arrows", "--quiet", input=Path(f"in.{kind}").read_bytes())
        Path("back.arrows").write_bytes(done.stdout_bytes)
        assert read(Path("back.arrows")) == read(Path("out.parquet"))


def test_profiles(here: Path) -> None:
    Path("in").mkdir()
    Path("in/b.yaml").write_text("gtm_motion: hybrid\ncontractors: [{function: design, kind: agency}]\ncurrent: {bdr: sales}\n")
    Path("in/a.json").write_text('{"freemium_product": true, "content_goals": ["awareness"], "layout_done": null}')
    Path("in/c.yaml").write_text("gtm_motion: moon\nfreemium: true\n")
    Path("in/notes.txt").write_text("nothing")
    run("in", "-o", "out.ndjson", "--rejects", "rejects.ndjson", code=3)
    rows = read(Path("out.ndjson"))
    assert [row["file"] for row in rows] == ["a.json", "b.yaml"]
    for row in rows:
        assert_as_consulted(row, BOOK.read_profile(Path("in", row["file"])))  # type: ignore[arg-type]
    rejects = read_lines("rejects.ndjson")
    assert [(r["file"], r["row"], r["value"]) for r in rejects] == [("in/c.yaml", 3, "moon"), ("in/c.yaml", 3, "freemium")]
    assert rejects[0]["reason"].startswith("1:13: `gtm_motion` cannot be `moon`")


def read_lines(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


# --- columns --------------------------------------------------------------------------------


def outcome_of(heading: str, value: str, *words: object) -> str | None:
    """What is advised of lifecycle marketing to a self-serve company with one more column."""
    Path("one.csv").write_text(f'gtm_motion,"{heading}"\nself_serve,"{value}"\n')
    run("one.csv", "-o", "one.parquet", *words)
    return read(Path("one.parquet"))[0]["lifecycle_marketing.outcome"]


@pytest.mark.parametrize(("language", "part"), [("en", "label"), ("id", "label"), ("zh_Hant", "question")])
def test_headings_in_every_language(here: Path, language: str, part: str) -> None:
    fact = dottedline.load(language=language).vocabulary.facts["freemium_product"]
    assert outcome_of(getattr(fact, part), "yes") == "product_marketing"


def test_values_in_every_language(here: Path) -> None:
    values = {"yes": "TRUE 1 ya 是 Y 1.0", "no": "FALSE 0 tidak 否 n 0.0", None: "? n/a NULL -"}
    Path("v.csv").write_text("gtm_motion,freemium_product\n" + "".join(f"self_serve,{word}\n" for words in values.values() for word in words.split()))
    run("v.csv", "-o", "out.parquet")
    statuses = [row["lifecycle_marketing.status"] + " " + row["lifecycle_marketing.outcome"] for row in read(Path("out.parquet"))]
    assert statuses == ["provisional product_marketing"] * 6 + ["settled growth"] * 6 + ["provisional growth"] * 4


def test_what_a_column_is_mapped_to(here: Path) -> None:
    assert outcome_of("Has a = free plan", "yes", "--map", "Has a = free plan=freemium_product") == "product_marketing"
    Path("m.yaml").write_text(
        "columns: {Plan: freemium_product}\nvalues: {freemium_product: {Free Forever: yes, none: no, ask: unknown}}\n"
        "unknown: [tbd]\nkeep: [Plan]\n"
    )
    for value, outcome in (("free forever", "product_marketing"), ("none", "growth"), ("ask", "growth"), ("TBD", "growth")):
        assert outcome_of("Plan", value, "--mapping", "m.yaml") == outcome
        assert read(Path("one.parquet"))[0]["Plan"] == value
    statuses = {}
    for value in ("none", "ask"):
        outcome_of("Plan", value, "--mapping", "m.yaml")
        statuses[value] = read(Path("one.parquet"))[0]["lifecycle_marketing.status"]
    assert statuses == {"none": "settled", "ask": "provisional"}


def test_values_of_sets_are_mapped_too(here: Path) -> None:
    Path("m.yaml").write_text("values: {content_goals: {brand fame: awareness, all: [awareness, retention]}}\n")
    Path("b.ndjson").write_text('{"content_goals": ["brand fame", "pipeline"]}\n{"content_goals": "all"}\n')
    run("b.ndjson", "-o", "out.ndjson", "--mapping", "m.yaml")
    for row, goals in zip(read(Path("out.ndjson")), (["awareness", "pipeline"], ["awareness", "retention"])):
        assert_as_consulted(row, {"content_goals": goals})


def test_columns_that_hold_no_fact_are_told(here: Path) -> None:
    Path("a.csv").write_text("size,gtm_motion,freemium_prodct\n1,hybrid,yes\n")
    said = run("a.csv", "-o", "out.parquet").stderr
    assert "`a.csv`: these columns are no facts and are left out: `size`, `freemium_prodct`; --keep keeps them" in said
    assert "`freemium_prodct` is left out: is it `freemium_product`?" in said
    assert "left out" not in run("a.csv", "-o", "out.parquet", "--quiet").stderr
    run("a.csv", "-o", "out.parquet", "--keep", "all")
    assert list(read(Path("out.parquet"))[0])[:3] == ["size", "gtm_motion", "freemium_prodct"]


def test_headings_that_come_late_in_ndjson(here: Path) -> None:
    rows = [{"gtm_motion": "self_serve"}] * 3 + [{"freemium_product": True, "current": {"bdr": "sales"}}]
    Path("b.ndjson").write_text("".join(f"{json.dumps(row)}\n\n" for row in rows))
    run("b.ndjson", "-o", "out.ndjson", "--batch-size", 2, "--jobs", 1)
    last = read(Path("out.ndjson"))[-1]
    assert_as_consulted(last, {"freemium_product": True, "current.bdr": "sales"})


def test_the_example_of_price_pages(here: Path) -> None:
    run(SAAS / "products.csv", "--mapping", SAAS / "mapping.yaml", "-o", "out.parquet")
    rows = read(Path("out.parquet"))
    assert len(rows) == 37 and list(rows[0])[:3] == ["saas", "year", "plans"]
    free = {row["saas"]: BOOK.consult({"freemium_product": "FREE=0" in row["plans"] or "=0" in row["plans"]}) for row in rows}
    for row in rows:
        assert row["lifecycle_marketing.status"] == free[row["saas"]].decisions["lifecycle_marketing"].status


# --- texts ----------------------------------------------------------------------------------


def kept(data: bytes, *words: object, code: int = 0) -> list[dict[str, Any]]:
    Path("t.csv").write_bytes(data)
    run("t.csv", "-o", "t.ndjson", "--keep", "all", "--jobs", 1, *words, code=code)
    return read_lines("t.ndjson")


def test_values_stay_the_texts_that_they_are(here: Path) -> None:
    row = kept(b'gtm_motion,a,b,c,d\nhybrid,NA,1.0,007,"two\nlines, ""quoted"""\n')[0]
    assert [row[name] for name in "abcd"] == ["NA", "1.0", "007", 'two\nlines, "quoted"']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings(here: Path, encoding: str) -> None:
    data = "gtm_motion,name\r\nhybrid,Zoë\r\n".encode(encoding)
    asked = ["--encoding", encoding] if encoding == "windows-1252" else []
    assert kept(data, *asked)[0]["name"] == "Zoë"


def test_characters_may_fall_between_blocks(here: Path) -> None:
    with mock.patch("dottedline.batch.texts.BLOCK", 997):
        rows = kept(b"gtm_motion,name\n" + "hybrid,Zoë是\n".encode() * 500)
    assert len(rows) == 500 and {row["name"] for row in rows} == {"Zoë是"}


def test_ragged_rows_are_rejects_with_their_numbers(here: Path) -> None:
    lines = ["gtm_motion,name"]
    wrong = {1, 7, 8, 20, 49, 50}
    lines += [f"hybrid,{n}" if n not in wrong else f"hybrid,{n},more" for n in range(1, 51)]
    rows = kept("\n".join(lines).encode(), "--batch-size", 10, "--rejects", "r.ndjson", code=3)
    assert [int(row["name"]) for row in rows] == [n for n in range(1, 51) if n not in wrong]
    assert {r["row"]: json.loads(r["record"]) for r in read_lines("r.ndjson")} == {n: f"hybrid,{n},more" for n in wrong}


def test_rows_are_numbered_past_quoted_lines_and_rejects(here: Path) -> None:
    data = b'gtm_motion,name\nhybrid,"a\nb"\nhybrid\nmoon,"c\n\nd"\nhybrid,e\nsun,f\n'
    kept(data, "--rejects", "r.ndjson", code=3)
    assert [(r["row"], r["column"], r["value"]) for r in read_lines("r.ndjson")] == [(2, "", ""), (3, "gtm_motion", "moon"), (5, "gtm_motion", "sun")]


def test_formulas_of_others_stay_texts(here: Path) -> None:
    Path("b.csv").write_text("gtm_motion,=name,n\nhybrid,=1+1,-5\nhybrid,@x,+3.5\nhybrid,a=b,-a\n@,=2,1\n")
    run("b.csv", "-o", "out.csv", "--keep", "=name,n", "--rejects", "r.csv", code=3)
    with open("out.csv") as file:
        lines = [line.split(",")[:2] for line in file]
    assert lines == [["\"'=name\"", '"n"'], ["\"'=1+1\"", '"-5"'], ["\"'@x\"", '"+3.5"'], ['"a=b"', "\"'-a\""]]
    assert "\"'@\"" in Path("r.csv").read_text()


def test_delimiter(here: Path) -> None:
    assert kept(b"gtm_motion;name\nhybrid;a,b\n", "--delimiter", ";")[0]["name"] == "a,b"


# --- rejects --------------------------------------------------------------------------------

WRONG = "name,gtm_motion,freemium_product,content_goals\nA,moon,yes,\nB,hybrid,perhaps,stars\nC,hybrid,no,awareness\n"


@pytest.mark.parametrize("kind", ["csv", "parquet", "ndjson"])
def test_rejects_lose_nothing(here: Path, kind: str) -> None:
    Path("w.csv").write_text(WRONG)
    run("w.csv", "-o", "out.ndjson", "--keep", "name", "--rejects", f"r.{kind}", code=3)
    assert [row["name"] for row in read(Path("out.ndjson"))] == ["C"]
    if kind == "parquet":
        rejects = pq.read_table("r.parquet").to_pylist()
    else:
        rejects = read_lines("r.ndjson") if kind == "ndjson" else pa.csv.read_csv("r.csv").to_pylist()
    told = [(r["file"], r["row"], r["column"], r["value"]) for r in rejects]
    assert told == [("w.csv", 1, "gtm_motion", "moon"), ("w.csv", 2, "content_goals", "stars"), ("w.csv", 2, "freemium_product", "perhaps")]
    assert json.loads(rejects[0]["record"]) == {"name": "A", "gtm_motion": "moon", "freemium_product": "yes", "content_goals": ""}


def test_without_a_file_ten_rejects_are_told(here: Path) -> None:
    Path("w.csv").write_text("gtm_motion\n" + "moon\n" * 25)
    said = run("w.csv", "-o", "out.parquet", code=3).stderr.splitlines()
    assert len([line for line in said if "cannot be `moon`" in line]) == 10
    assert "25 rows rejected; `--rejects FILE` writes them all to a file, with why" in said
    assert said[0] == "w.csv, row 1: `gtm_motion` cannot be `moon`; it is one of `sales_led`, `self_serve`, `hybrid`"
    assert read(Path("out.parquet")) == []


def test_contradictions_are_rejects(here: Path) -> None:
    Path("w.csv").write_text("current.bdr,bdr_priority\nnobody,career_growth\n,career_growth\n")
    run("w.csv", "-o", "out.parquet", "--rejects", "r.ndjson", code=3)
    (reject,) = read_lines("r.ndjson")
    assert (reject["row"], reject["column"]) == (1, "") and "contradict" in reject["reason"]


def test_strict_leaves_nothing(here: Path) -> None:
    Path("w.csv").write_text(WRONG)
    there = set(here.iterdir())
    run("w.csv", "-o", "out.csv", "--strict", "--rejects", "r.csv", code=1)
    done = run("w.csv", "-o", "-", "--to", "csv", "--strict", code=1)
    assert done.stdout == "" and "row 1 of `w.csv`: `gtm_motion` cannot be `moon`" in done.stderr
    assert set(here.iterdir()) == there


# --- whole or not at all --------------------------------------------------------------------


class Full:
    """A disk with room for so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self._file = file
        self._room = room

    def write(self, data: Any) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def test_row_groups_with_dictionaries_of_their_own(here: Path) -> None:
    elements = list(BOOK.vocabulary.facts["content_goals"].values)
    rows = [{"id": n, "gtm_motion": "hybrid", "content_goals": [elements[n % 4], elements[n // 60 % 3]]} for n in range(180)]
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, "in.parquet", row_group_size=60, store_schema=False)
    write(table, Path("in.arrow"))
    # As pyarrow reads lists of texts across row groups: not at all.
    with pytest.raises(pa.ArrowNotImplementedError):
        list(pq.ParquetFile("in.parquet", read_dictionary=["content_goals.list.element"]).iter_batches(100))
    run("in.parquet", "-o", "one.csv", "--keep", "id", "--batch-size", 100)
    run("in.arrow", "-o", "two.csv", "--keep", "id")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()


def test_rows_are_numbered_as_rejects_are(here: Path) -> None:
    Path("some.csv").write_text("name,gtm_motion\nA,hybrid\nB,?\nC,sideways\nD,sales_led\n")
    run("some.csv", "-o", "out.csv", "--number-rows", "--keep", "name", "--rejects", "no.csv", "--batch-size", 1, code=3)
    assert [(row["row"], row["name"]) for row in pa.csv.read_csv("out.csv").to_pylist()] == [(1, "A"), (2, "B"), (4, "D")]
    assert pa.csv.read_csv("no.csv")["row"].to_pylist() == [3]
    Path("other.csv").write_text("row,gtm_motion\n1,hybrid\n")
    said = run("other.csv", "-o", "new.csv", "--number-rows", "--keep", "row", code=1).stderr
    assert "the column `row` that is to be kept is called as that of the rows' numbers" in said
    assert not Path("new.csv").exists()


@pytest.mark.parametrize("kind", [*FORMATS, "csv.gz"])
@pytest.mark.parametrize("room", [0, 2000])
def test_a_full_disk_leaves_the_old_file(here: Path, kind: str, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Path(f"out.{kind}")
    out.write_text("old")
    write(as_table(random_companies(50, 2)), Path("in.parquet"))
    new_part = files._new_part
    monkeypatch.setattr(files, "_new_part", lambda target: (lambda part, file: (part, Full(file, room)))(*new_part(target)))
    said = run("in.parquet", "-o", out, "--jobs", 1, "--quiet", code=1).stderr
    assert said == f"error: `{out}`: no space left on device\n"
    assert out.read_text() == "old" and {path.name for path in here.iterdir()} == {"a.csv", "in.parquet", out.name}


def test_a_device_that_is_full(here: Path) -> None:
    assert run("a.csv", "-o", "/dev/full", "--to", "csv", code=1).stderr.endswith("error: `/dev/full`: no space left on device\n")


def test_the_mode_of_a_file_stays(here: Path) -> None:
    Path("out.parquet").touch(0o600)
    Path("link.parquet").symlink_to("out.parquet")
    run("a.csv", "-o", "link.parquet")
    assert Path("out.parquet").stat().st_mode & 0o777 == 0o600 and Path("link.parquet").is_symlink()
    assert len(read(Path("out.parquet"))) == 2


def test_what_dead_runs_left_is_removed(here: Path) -> None:
    dead, other = Path(f".out.csv.12345678{files._PART}"), Path(f".other.csv.12345678{files._PART}")
    dead.write_text("half")
    other.write_text("half")
    alive = files.unfinished("out.csv")
    assert not dead.exists() and other.exists()
    run("a.csv", "-o", "out.csv")
    assert len([*here.glob(f".out.csv.*{files._PART}")]) == 1, "a living run's file stays"
    alive.abandon()


def large(rows: int) -> None:
    """A table with many rows of few companies."""
    Path("large.csv").write_text("id,gtm_motion,freemium_product\n" + "".join(f"{n},{m},{f}\n" for n, (m, f) in enumerate(itertools.islice(itertools.cycle(itertools.product(("hybrid", "sales_led", ""), ("yes", "no", "maybe"))), rows))))


def waiting(process: subprocess.Popen[bytes], here: Path) -> None:
    """Waits until a run is writing."""
    end = time.monotonic() + 60
    while not [path for path in here.glob(".out.*") if path.stat().st_size]:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)


def fed(here: Path, *words: object) -> subprocess.Popen[bytes]:
    """A run in the middle of its work: it waits for the rest of its input."""
    process = start("-", "--from", "csv", "-o", "out.csv", "--batch-size", 1000, *words, stdin=subprocess.PIPE)
    assert process.stdin is not None
    try:
        process.stdin.write(Path("large.csv").read_bytes() * 4)
        process.stdin.flush()
        waiting(process, here)
    except BaseException:
        process.kill()
        raise
    return process


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_leaves_nothing(here: Path, jobs: int) -> None:
    large(300_000)
    there = set(here.iterdir())
    process = fed(here, "--jobs", jobs)
    os.killpg(process.pid, signal.SIGINT)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 130 and b"Traceback" not in said, said
    assert set(here.iterdir()) == there


@pytest.mark.slow
def test_a_killed_run_leaves_the_old_file_and_no_worker(here: Path) -> None:
    large(300_000)
    Path("out.csv").write_text("old")
    process = fed(here, "--jobs", 2)
    children = workers_of(process.pid)
    process.kill()
    process.wait()
    assert Path("out.csv").read_text() == "old" and len(children) >= 2
    end = time.monotonic() + 20
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < end, "a worker lives on"
        time.sleep(0.05)
    run("a.csv", "-o", "out.csv")
    assert not [*here.glob(".out.*")]


def workers_of(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc")
def test_a_worker_that_dies_is_an_error(here: Path) -> None:
    large(300_000)
    there = set(here.iterdir())
    process = fed(here, "--jobs", 2)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.endswith(b"error: a worker process has died, perhaps for lack of memory; try fewer --jobs\n"), said
    assert set(here.iterdir()) == there


def test_nobody_reads_on(here: Path) -> None:
    large(100_000)
    process = start("large.csv", "-o", "-", "--to", "csv", "--quiet", stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None and b"Traceback" not in process.stderr.read()
    process.wait(60)


# --- jobs -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "arrow", "ndjson"])
def test_the_same_bytes_whatever_the_jobs(here: Path, kind: str) -> None:
    table = as_table(random_companies(300, 9))
    write(pa.concat_tables([table, table]), Path("in.parquet"))
    large(5)
    for jobs, size in ((1, 1000), (2, 100), (3, 77)):
        run("in.parquet", "-o", f"{jobs}.{kind}", "--keep", "id", "--jobs", jobs, "--batch-size", size, "--quiet")
    assert Path(f"1.{kind}").read_bytes() == Path(f"2.{kind}").read_bytes() == Path(f"3.{kind}").read_bytes()


def test_rejects_keep_their_order_with_jobs(here: Path) -> None:
    large(3000)
    for jobs in (1, 2):
        run("large.csv", "-o", "out.parquet", "--rejects", f"r{jobs}.csv", "--jobs", jobs, "--batch-size", 300, code=3)
    assert Path("r1.csv").read_bytes() == Path("r2.csv").read_bytes()
    assert len(Path("r1.csv").read_text().splitlines()) == 1001


def test_workers_speak_the_language(here: Path) -> None:
    large(300)
    said = CliRunner().invoke(main, ["evaluate", "large.csv", "-o", "out.csv", "--jobs", "2", "--batch-size", "100", "--lang", "id"]).stderr
    with dottedline.language.speaking("id"):
        assert dottedline.language._("it is yes or no") in said


def test_batches_of_one_size() -> None:
    table = pa.table({"a": range(100)})
    parts = [batch.slice(0, n) for batch in table.to_batches() for n in (0, 3, 50, 7, 100)]
    made = [*in_batches(parts, 32)]
    assert [batch.num_rows for batch in made] == [32, 32, 32, 32, 32]
    assert pa.Table.from_batches(made).equals(pa.Table.from_batches(parts))
    assert [*in_batches([], 5)] == []


# --- many files -----------------------------------------------------------------------------


def test_one_after_another(here: Path) -> None:
    Path("b.csv").write_text("freemium_product,gtm_motion,name\nno,sales_led,Gamma\n")
    run("a.csv", "b.csv", "-o", "out.parquet", "--keep", "name")
    assert [row["name"] for row in read(Path("out.parquet"))] == ["Acme", "Beta", "Gamma"]


@pytest.mark.slow
def test_resume(here: Path) -> None:
    Path("b.csv").write_text("gtm_motion\nhybrid\n")
    Path("c.csv").write_text("gtm_motion\nmoon\n")
    words = ("a.csv", "b.csv", "c.csv", "-o", "out/", "--to", "ndjson", "--resume")

    def done(*more: object) -> set[str]:
        """The files that are made anew."""
        before = {path: path.stat().st_ino for path in Path("out").glob("*.ndjson")}
        run(*words, *more, code=3)
        return {path.stem for path in Path("out").glob("*.ndjson") if before.get(path) != path.stat().st_ino}

    assert done() == {"a", "b", "c"}
    assert done() == {"c"}, "what had rejects is done again"
    Path("b.csv").write_text("gtm_motion\nself_serve\n")
    assert done() == {"b", "c"}
    Path("out/a.ndjson").write_text("broken")
    assert done() == {"a", "c"}
    assert done("--no-inferred") == {"a", "b", "c"}
    assert done("--no-inferred", "--jobs", 1) == {"c"}
    Path("out/.dottedline.json").write_text("broken")
    assert done("--no-inferred") == {"a", "b", "c"}
    assert "2 files were there already" in run(*words, "--no-inferred", code=3).stderr


# --- how it goes ----------------------------------------------------------------------------


def test_summary(here: Path) -> None:
    said = " ".join(run("a.csv", "-o", "out.parquet").stderr.split())
    assert "2 companies evaluated" in said
    assert "Lifecycle marketing Product Marketing 50 %" in said or "Lifecycle marketing Growth Marketing 50 %" in said
    assert "Inbound marketing Growth Marketing 100 %" in said and "\x1b" not in said
    assert run("a.csv", "-o", "out.parquet", "--quiet").stderr == ""


def test_summary_has_yes_and_no_in_words(here: Path) -> None:
    Path("c.csv").write_text("uses_agencies\nyes\n")
    assert "Uses contractors yes 100 %" in " ".join(run("c.csv", "-o", "out.parquet").stderr.split())


@pytest.mark.parametrize("columns", ["50", "80"])
def test_summary_is_never_cut(here: Path, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chinese has no spaces, so that a whole sentence would be one word that does not fit."""
    monkeypatch.setenv("COLUMNS", columns)
    assert "…" not in run("a.csv", "-o", "out.parquet", "--lang", "zh_Hant").stderr


def test_empty_tables(here: Path) -> None:
    Path("e.csv").write_text("gtm_motion\n")
    write(pa.table({"gtm_motion": pa.array([], pa.string())}), Path("e.parquet"))
    for path in ("e.csv", "e.parquet"):
        assert "0 companies evaluated" in run(path, "-o", "out.parquet").stderr
        assert pq.read_schema("out.parquet").metadata[b"dottedline.sha256"].decode() == BOOK.sha256


def test_without_pyarrow(here: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import dottedline\n"
        "from dottedline.cli import main\n"
        "try: dottedline.load().evaluate(None)\n"
        "except ModuleNotFoundError as error: print(error)\n"
        "main(['evaluate', 'a.csv', '-o', 'out.parquet'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "`pyarrow` is not installed; it comes with `pip install 'dottedline[batch]'`\n"
    assert done.stderr == "error: `pyarrow` is not installed\n  help: it comes with `pip install 'dottedline[batch]'`\n"
    assert done.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's own peak of memory")
def test_memory_does_not_grow_with_the_rows(here: Path) -> None:
    code = (
        "import re, sys; from dottedline.cli import main\n"
        "try: main(sys.argv[1:])\n"
        # What `getrusage` tells is at least what the process that started this one had.
        "except SystemExit: print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    most = {}
    for rows in (200_000, 1_000_000):
        large(rows)
        words = ["evaluate", "large.csv", "-o", "out.ndjson", "--jobs", "1", "--quiet", "--rejects", "r.parquet"]
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        most[rows] = int(done.stdout.split()[-1])
    assert most[1_000_000] < 1.3 * most[200_000], most


# --- from Python ----------------------------------------------------------------------------


def test_tables_and_readers() -> None:
    found = random_companies(50, 4)
    table = as_table(found)
    results = BOOK.evaluate(table, keep=["id"])
    assert isinstance(results, pa.Table)
    for row, company in zip(results.to_pylist(), found):
        assert_as_consulted(row, company)
    reader = BOOK.evaluate(table.to_reader(max_chunksize=7), keep=["id"])
    assert isinstance(reader, pa.RecordBatchReader) and reader.read_all().equals(results)


def test_readers_are_read_as_they_go() -> None:
    taken = []

    def batches() -> Iterator[pa.RecordBatch]:
        for n in range(10):
            taken.append(n)
            yield pa.record_batch({"gtm_motion": ["hybrid"] * 70_000})

    schema = pa.schema([("gtm_motion", pa.string())])
    reader = BOOK.evaluate(pa.RecordBatchReader.from_batches(schema, batches()))
    reader.read_next_batch()
    assert len(taken) < 4
    assert sum(batch.num_rows for batch in reader) + 65_536 == 700_000


@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_data_frames(library: str) -> None:
    module = pytest.importorskip(library)
    columns = {"Freemium product": [True, None, False], "gtm_motion": ["self_serve", None, "hybrid"], "content_goals": [["awareness"], [], None]}
    frame = {"polars": lambda: module.DataFrame(columns), "pandas": lambda: module.DataFrame(columns), "duckdb": lambda: module.from_arrow(pa.table(columns))}[library]()
    results = BOOK.evaluate(frame)
    assert results.equals(BOOK.evaluate(pa.table(columns)))


def test_rejects_in_python() -> None:
    table = pa.table({"gtm_motion": ["moon", "hybrid"], "n": [1, 2]})
    with pytest.raises(dottedline.ProfileError, match="row 1 of `table`: `gtm_motion` cannot be `moon`"):
        BOOK.evaluate(table)
    as_list: list[Any] = []
    called: list[Any] = []
    assert BOOK.evaluate(table, rejects=as_list, keep=["n"])["n"].to_pylist() == [2]
    BOOK.evaluate(table, rejects=called.append)
    assert as_list == called and (as_list[0].row, as_list[0].value, as_list[0].record) == (1, "moon", '{"gtm_motion": "moon", "n": 1}')


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="not dict"):
        BOOK.evaluate({"gtm_motion": ["hybrid"]})
    with pytest.raises(dottedline.InputError, match="did you mean `freemium_product`"):
        BOOK.evaluate(pa.table({"a": [1]}), columns={"a": "freemium"})
    with pytest.warns(UserWarning, match="is it `freemium_product`"):
        BOOK.evaluate(pa.table({"gtm_motion": ["hybrid"], "freemium_prodct": [True]}))


def test_rulebooks_go_to_other_processes() -> None:
    import pickle

    book = BOOK.without_inferred().in_language("id")
    again = pickle.loads(pickle.dumps(book))
    assert (again.sha256, again.language, again.data.with_inferred) == (book.sha256, "id", False)


# --- the docs -------------------------------------------------------------------------------


def test_reference_of_columns_is_fresh() -> None:
    columns = script(ROOT / "docs" / "columns.py")
    text = columns.PAGE.read_text(encoding="utf-8")
    assert text == columns.fresh(text), "run `python docs/columns.py`"


